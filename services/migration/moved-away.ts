import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'moved-away.json';

/** What of a data folder has been moved to servers: the folder's own copy of it is history. */
export interface MovedAway {
  /** When each was, ms since the epoch, by the name of the engine: `directory`, `history`, `redis`. */
  engines: Record<string, number>;
}

/** Notes it in the data folder, beside what was noted before. Durable when it returns. */
export function noteMovedAway(folder: string, engines: readonly string[], now: number): void {
  const noted: MovedAway = movedAway(folder) ?? { engines: {} };
  for (const engine of engines) noted.engines[engine] ??= now;
  const unfinished = join(folder, `${FILE}.unfinished`);
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(noted)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, join(folder, FILE));
}

/** Null: nothing of this folder ever was. */
export function movedAway(folder: string): MovedAway | null {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as MovedAway;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * A line for each part that was moved away and is used in the folder again.
 * @param embedded the engines that have no server now
 */
export function usedAgain(folder: string, embedded: readonly string[]): string[] {
  const { engines } = movedAway(folder) ?? { engines: {} };
  return embedded
    .filter((engine) => engines[engine] !== undefined)
    .map(
      (engine) =>
        `${folder}: engines.${engine} was moved to a server on ${new Date(engines[engine]!).toISOString()}, and this folder is used for it ` +
        'again: what is written here from now on is not on the server, and new messages get numbers that the server gives too. ' +
        `Stop it, and start it with engines.${engine}; remove ${FILE} if the migration was given up`,
    );
}
