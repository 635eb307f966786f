import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../../platform/config/load.ts';
import type { Config } from '../../platform/config/schema.ts';
import { type DataFolder, openDataFolder } from '../../platform/data-folder.ts';
import { createLogger, type Logger } from '../../platform/logging.ts';
import { Closing } from '../../server/closing.ts';
import { openMessagesDatabase } from '../../services/messages/sqlite.ts';
import { installationOf } from '../../services/migration/installation.ts';
import { type Begun, begin, carryOut, type Progress } from '../../services/migration/move.ts';
import { noteMovedAway } from '../../services/migration/moved-away.ts';
import { comparisonTable, differenceLines, tellProgress } from '../../services/migration/telling.ts';
import { openDestinations } from '../migration/destinations.ts';
import { workOffLog } from '../migration/work-off.ts';

const USAGE =
  'Usage: dunlin migrate --data.folder=FOLDER [--engines.directory=URL] [--engines.history=URL] [--engines.redis=URL]';

/** Moves the data of an embedded installation, which must not run, to the servers that the configuration names. */
export async function migrate(args: string[]): Promise<number> {
  const { config } = loadConfig(args, process.env);
  const { directory, history, redis } = config.engines;
  if (directory === '' && history === '' && redis === '') throw new Error(USAGE);
  const path = resolve(config.data.folder);
  if (!existsSync(`${path}/messages.db`) || !existsSync(`${path}/directory.db`))
    throw new Error(`${path} holds no embedded installation: directory.db and messages.db are missing`);
  const folder = openDataFolder(path);
  const logger = createLogger(config.log.level === 'info' ? 'warn' : config.log.level);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  try {
    return await migrateFolder(config, folder, logger, say);
  } finally {
    folder.release();
  }
}

async function migrateFolder(
  config: Config,
  folder: DataFolder,
  logger: Logger,
  say: (line: string) => void,
): Promise<number> {
  const waiting = await waitingIn(folder);
  if (waiting > 0) {
    say(`${commands(waiting)} accepted and not handled yet: that is done first.`);
    await workOffLog(config, folder, logger);
    const left = await waitingIn(folder);
    if (left > 0)
      throw new Error(
        `${commands(left)} accepted and could not be handled: start the server once more, stop it, and try again.`,
      );
  }
  const installation = installationOf(folder.path);
  const closing = new Closing(logger);
  const differences: string[] = [];
  try {
    const messages = closing.add(await openMessagesDatabase(folder.file('messages.db')), (m) => m.close());
    const parts = { config, folder, messages: messages.exporting, closing, logger };
    const progress = tellProgress(say);
    const begun: Begun[] = [];
    for (const destination of await openDestinations(parts)) {
      say(`${destination.name}: what the data folder has for it`);
      begun.push(await begin(destination, installation, progress));
    }
    for (const one of begun) differences.push(...(await moveTo(one, progress, say)));
    if (differences.length === 0)
      noteMovedAway(
        folder.path,
        begun.map(({ destination }) => destination.name),
        Date.now(),
      );
  } finally {
    await closing.closeAll();
  }
  if (differences.length > 0) {
    process.stderr.write(`The servers do not hold what the data folder holds:\n`);
    for (const line of differences) process.stderr.write(`  ${line}\n`);
    return 1;
  }
  for (const line of afterwards(config, folder)) say(line);
  return 0;
}

async function moveTo(begun: Begun, progress: Progress, say: (line: string) => void): Promise<string[]> {
  const { name } = begun.destination;
  say(`${name}:`);
  const comparisons = await carryOut(begun, progress);
  say(comparisonTable(name, comparisons));
  return differenceLines(name, comparisons);
}

const commands = (count: number) => `${count} ${count === 1 ? 'command was' : 'commands were'}`;

async function waitingIn(folder: DataFolder): Promise<number> {
  const messages = await openMessagesDatabase(folder.file('messages.db'));
  try {
    return await messages.exporting.waiting();
  } finally {
    await messages.close();
  }
}

/** What a person does next. */
function afterwards({ engines }: Config, folder: DataFolder): string[] {
  const stays = [
    engines.directory === '' ? 'the directory' : null,
    engines.history === '' ? 'the history' : null,
    engines.redis === '' ? 'cursors, receipts and MQTT sessions' : null,
  ].filter((one) => one !== null);
  const lines = ['Both sides hold the same. Do not start this data folder without the servers again.'];
  if (stays.length > 0) lines.push(`Not moved, as no server was given: ${stays.join('; ')}.`);
  const key = folder.file('signing-key.pem');
  if (existsSync(key))
    lines.push(
      `Devices stay signed in with the key of this installation: give every process DUNLIN_TOKENS_SIGNING_KEY_FILE=${key}, or a copy of that file.`,
    );
  return lines;
}
