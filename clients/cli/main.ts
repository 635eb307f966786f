import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ReadStream, WriteStream } from 'node:tty';
import { DunlinClient, RefusedError, Sessions } from '../sdk/index.ts';
import { openFileStorage } from '../sdk/storage.node.ts';
import { App } from './app.ts';
import { openLines } from './lines.ts';
import { readOptions, USAGE } from './options.ts';
import { openScreen } from './screen.ts';
import { signIn } from './sign-in.ts';

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
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
    const client = new DunlinClient({ url: options.mqtt, session, sessions, storage });
    const app = new App(client, storage);
    await app.load();
    await client.connect();
    const { stdin, stdout } = process;
    if (stdin instanceof ReadStream && stdout instanceof WriteStream) await openScreen(app, stdin, stdout);
    else await openLines(app, createInterface({ input: stdin }), stdout);
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

process.exitCode = await main();
