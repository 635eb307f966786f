import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Engine, type EngineParts } from '../../platform/engine.ts';
import { openKyselyPostgres } from '../../platform/postgres/kysely.ts';
import type { PoolTimes } from '../../platform/postgres/pool.ts';
import { throughEngine } from '../../platform/postgres/through-engine.ts';
import { isPostgresTrouble, NoAnswer, stateOf } from '../../platform/postgres/trouble.ts';
import { type PostgresAddress, parsePostgresUrl, placeOf } from '../../platform/postgres/url.ts';
import type { Directory, DirectoryStores } from './directory.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';
import { kyselyStores } from './stores.ts';

export interface PostgresDirectoryOptions extends Omit<EngineParts, 'name' | 'isTrouble'> {
  /** See {@link parsePostgresUrl}. */
  url: string;
  /** Connections of this process at most; all processes together stay below the server's `max_connections`. */
  connections?: number;
  /** Milliseconds to wait at start until the server answers; default 10,000. */
  startMs?: number;
}

/** A directory on a server: it may go away and come back, and calls are refused as long as it does not answer. */
export interface ServerDirectory extends Directory {
  readonly engine: Engine;
}

const CONNECTIONS = 20;
const START_MS = 10_000;
const AGAIN_MS = 200;

/** Of what may be answered to a new connection: nothing, or that the server starts or stops, or has no room for another one. */
const STARTING = /^($|57P|53)/;

/** Migrations may take long, and wait for another process that makes them. */
const MIGRATION: PoolTimes = {
  connectMs: 5_000,
  lockMs: 600_000,
  statementMs: 600_000,
  answerMs: 610_000,
  holdMs: 3_600_000,
};

/**
 * Opens the directory in PostgreSQL, making or migrating it; of several processes that start together one does, and the others wait.
 * @throws {TypeError} the URL is none
 * @throws {Error} the server does not answer or let us in, or a newer Dunlin has written it; never with the password
 */
export async function openPostgresDirectory(options: PostgresDirectoryOptions): Promise<ServerDirectory> {
  const { url, connections = CONNECTIONS, startMs = START_MS, ...limits } = options;
  const address = parsePostgresUrl(url);
  await migrate(address, startMs);
  const engine = new Engine({ ...limits, name: 'directory', isTrouble: isPostgresTrouble });
  const { db, close } = openKyselyPostgres<DirectoryTables>(address, {
    connections,
    times: timesWithin(limits.deadlineMs),
  });
  return {
    ...eachThrough(kyselyStores(db), engine),
    engine,
    close,
  };
}

function eachThrough(stores: DirectoryStores, engine: Engine): DirectoryStores {
  const guarded = Object.entries(stores).map(([name, store]) => [name, throughEngine(store, engine)]);
  return Object.fromEntries(guarded) as DirectoryStores;
}

/** Whoever starts everything together starts us before the server answers. */
async function migrate(address: PostgresAddress, startMs: number): Promise<void> {
  const { db, close } = openKyselyPostgres<DirectoryTables>(address, { connections: 1, times: MIGRATION });
  const place = placeOf(address);
  const until = performance.now() + startMs;
  try {
    while (!(await migrated(db, place, performance.now() < until))) await pause(AGAIN_MS);
  } catch (error) {
    if (isPostgresTrouble(error)) throw new Error(`PostgreSQL (${place}): ${(error as Error).message}`);
    throw error;
  } finally {
    await close();
  }
}

/** False: there is no answer yet, and somebody waits for it. What the server itself says against us does not change by waiting. */
async function migrated(db: Kysely<DirectoryTables>, place: string, waits: boolean): Promise<boolean> {
  try {
    await migrateDirectory(db, place);
    return true;
  } catch (error) {
    if (waits && error instanceof NoAnswer && STARTING.test(stateOf(error.cause))) return false;
    throw error;
  }
}

/** What is asked of the server ends before the call that asked is given up, or soon after. */
function timesWithin(deadlineMs: number): PoolTimes {
  const part = (share: number) => Math.ceil(deadlineMs * share);
  return {
    connectMs: part(0.5),
    lockMs: part(0.5),
    statementMs: part(0.8),
    answerMs: part(0.9),
    holdMs: deadlineMs,
  };
}
