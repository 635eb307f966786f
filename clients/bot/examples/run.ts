import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileLock, openFileStorage } from '../../sdk/node.ts';
import { Bot, type Log } from '../index.ts';
import type { Example } from './example.ts';
import type { Options } from './options.ts';

/** One line of JSON for what went wrong, as programs that collect logs read it. */
const toStderr: Log = (level, message, { error, ...fields }) => {
  const why = error instanceof Error ? { error: error.message } : {};
  process.stderr.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields, ...why })}\n`,
  );
};

/** Runs until the signal aborts. @throws {UsageError} */
export async function run(
  example: Example,
  options: Options,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const { url, credentials, file, hearBots, values } = options;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const storage = openFileStorage(file);
  try {
    const lock = fileLock(`${file}.lock`);
    const bot = new Bot({ url, credentials, storage, lock, hearBots, log: toStderr });
    const running = await example.setUp(bot, { url, credentials, storage, values, env, log: toStderr });
    const over = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
      bot.client.on('signedOut', resolve);
    });
    let connected = false;
    bot.client.on('status', (status) => {
      if (status !== 'online' || connected) return;
      connected = true;
      process.stdout.write(`@${credentials.bot.username} is listening at ${url}\n`);
    });
    await bot.start();
    await running.started?.();
    if (!signal.aborted) await over;
    await running.stopping?.();
    await bot.stop();
  } finally {
    await storage.close();
  }
}
