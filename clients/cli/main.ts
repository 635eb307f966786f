import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ReadStream, WriteStream } from 'node:tty';
import { ChatStore, DunlinClient, type Lock, Media, RefusedError, Sessions } from '../sdk/index.ts';
import { fileLock, openFileStorage, openPathFiles } from '../sdk/node.ts';
import { App } from './app.ts';
import { openLines } from './lines.ts';
import { Names } from './names.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { powersOf } from './powers.ts';
import { openScreen } from './screen/screen.ts';
import { signIn } from './sign-in.ts';

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help || options.user === '') {
    process.stdout.write(`${USAGE}\n`);
    return options.help ? 0 : 2;
  }
  // One folder a server and user: two people at one machine do not share messages.
  const folder = join(
    options.folder,
    encodeURIComponent(new URL(options.server).host),
    encodeURIComponent(options.user),
  );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const storage = openFileStorage(join(folder, 'chat.db'));
  const sessions = new Sessions(options.server, storage);
  try {
    const session = (await sessions.stored()) ?? (await signIn(sessions, options));
    const lock = new WatchedLock(join(folder, 'lock.db'));
    const client = new DunlinClient({ url: options.mqtt, session, sessions, storage, lock });
    const media = new Media({ server: options.server, session, sessions });
    const files = openPathFiles(storage);
    const store = new ChatStore({ client, storage, media, files });
    const names = new Names(client, storage);
    const powers = powersOf(options.server, sessions);
    const app = new App({ client, store, names, powers, files: { media, open: files.open } });
    lock.onChange = (waiting) => {
      app.standby = waiting;
      app.onChange();
    };
    await app.load();
    await client.connect();
    await lock.looked;
    const { stdin, stdout } = process;
    if (stdin instanceof ReadStream && stdout instanceof WriteStream)
      await openScreen(app, stdin, stdout, { bell: options.bell, colors: stdout.hasColors() });
    else await openLines(app, createInterface({ input: stdin }), stdout);
    app.close();
    await client.close();
    return 0;
  } catch (error) {
    process.stderr.write(
      error instanceof RefusedError
        ? `${error.message}\n`
        : `Cannot reach ${options.server}: ${(error as Error).message}\n`,
    );
    return 1;
  } finally {
    await storage.close();
  }
}

/** Two terminals of one device: the first has the connection, the second takes over when it ends. */
class WatchedLock implements Lock {
  readonly #lock: Lock;
  readonly #looked = Promise.withResolvers<void>();
  /** Whether another has it has been seen. */
  readonly looked: Promise<void> = this.#looked.promise;
  onChange: (waiting: boolean) => void = () => {};

  constructor(path: string) {
    this.#lock = fileLock(path);
  }

  async acquire(signal: AbortSignal): Promise<() => void> {
    const acquiring = this.#lock.acquire(signal);
    const first = await Promise.race([
      acquiring,
      new Promise<null>((resolve) => setImmediate(resolve, null)),
    ]);
    if (first === null) this.onChange(true);
    this.#looked.resolve();
    const release = await acquiring;
    this.onChange(false);
    return release;
  }
}

process.exitCode = await main();
