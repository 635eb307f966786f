import type { Kysely } from 'kysely';
import { Engine, type EngineLimits } from '../../platform/engine.ts';
import { openKyselyPostgres } from '../../platform/postgres/kysely.ts';
import type { PoolTimes } from '../../platform/postgres/pool.ts';
import { isPostgresTrouble, stateOf } from '../../platform/postgres/trouble.ts';
import { parsePostgresUrl } from '../../platform/postgres/url.ts';
import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import type { Mark, MarkStore } from '../migration/mark.ts';
import type { Destination } from '../migration/move.ts';
import { PAGE, type Part, pageOf } from '../migration/part.ts';
import { migrateDirectory } from './migrate.ts';
import { openPostgresDirectory } from './open.postgres.ts';
import type { DirectoryTables } from './schema.ts';
import { insertRows, keyOf, readRows, type TableName, type TableRow, tables } from './tables.ts';

/** The table of the mark, apart from those of the directory: it is made when something is moved there. */
interface MarkTable {
  migration: { one: number; mark: string };
}

/** SQLSTATE undefined_table. */
const NO_TABLE = '42P01';

const MAKE_MARK = (db: Kysely<MarkTable>) =>
  db.schema
    .createTable('migration')
    .ifNotExists()
    .addColumn('one', 'integer', (c) => c.primaryKey())
    .addColumn('mark', 'text', (c) => c.notNull())
    .execute();

/**
 * The way from a directory.db, which nobody else may have open, to PostgreSQL.
 * @throws {TypeError | Error} see {@link openPostgresDirectory}
 */
export async function directoryDestination(
  path: string,
  { url, ...limits }: EngineLimits & { url: string },
): Promise<Destination & { close(): Promise<void> }> {
  const engine = new Engine({ ...limits, name: 'directory', isTrouble: isPostgresTrouble });
  // It brings the tables up to what this program knows.
  await (await openPostgresDirectory({ ...limits, url })).close();
  const source = await openKyselySqlite<DirectoryTables>(path);
  try {
    await migrateDirectory(source.db, path);
  } catch (error) {
    await source.close();
    throw error;
  }
  const target = openKyselyPostgres<DirectoryTables & MarkTable>(parsePostgresUrl(url), {
    connections: 2,
    times: timesWithin(limits.deadlineMs),
  });
  const there = target.db as unknown as Kysely<DirectoryTables>;
  const names = Object.keys(tables) as TableName[];
  return {
    name: 'directory',
    parts: names.map((table) => tablePart(table, source.db, there, engine)),
    mark: markTable(target.db as unknown as Kysely<MarkTable>, engine),
    async isEmpty() {
      for (const table of names) {
        const [row] = await engine.run(() => readRows(there, table, null, 1));
        if (row !== undefined) return false;
      }
      return true;
    },
    async close() {
      await source.close();
      await target.close();
    },
  };
}

/** The mark of a migration to this directory, for whoever only looks: it is not made. */
export function directoryMark({ url, ...limits }: EngineLimits & { url: string }): {
  mark: Pick<MarkStore, 'read'>;
  close(): Promise<void>;
} {
  const engine = new Engine({ ...limits, name: 'directory', isTrouble: isPostgresTrouble });
  const { db, close } = openKyselyPostgres<MarkTable>(parsePostgresUrl(url), {
    connections: 1,
    times: timesWithin(limits.deadlineMs),
  });
  return { mark: markTable(db, engine), close };
}

/** What is asked of the server ends before the call that asked is given up, or soon after. */
const timesWithin = (deadlineMs: number): PoolTimes => ({
  connectMs: deadlineMs / 2,
  lockMs: deadlineMs / 2,
  statementMs: deadlineMs * 0.8,
  answerMs: deadlineMs * 0.9,
  holdMs: deadlineMs,
});

function tablePart(
  table: TableName,
  here: Kysely<DirectoryTables>,
  there: Kysely<DirectoryTables>,
  engine: Engine,
): Part<TableRow> {
  const compared = (row: TableRow) => ({ key: keyOf(table, row).join(' '), value: row });
  const keyIn = (after: unknown) => after as (string | number)[] | null;
  const placeOf = (row: TableRow) => keyOf(table, row);
  return {
    name: table,
    compared,
    read: async (after) => pageOf(await readRows(here, table, keyIn(after), PAGE), PAGE, placeOf),
    write: (rows) => engine.run(() => insertRows(there, table, rows)),
    async readBack(after) {
      const rows = await engine.run(() => readRows(there, table, keyIn(after), PAGE));
      const page = pageOf(rows, PAGE, placeOf);
      return { rows: rows.map(compared), next: page.next };
    },
  };
}

function markTable(db: Kysely<MarkTable>, engine: Engine): MarkStore {
  return {
    async read() {
      const row = await engine.run(async () => {
        try {
          return await db.selectFrom('migration').select('mark').executeTakeFirst();
        } catch (error) {
          if (stateOf(error) === NO_TABLE) return undefined;
          throw error;
        }
      });
      return row === undefined ? null : (JSON.parse(row.mark) as Mark);
    },
    async begin(mark) {
      await engine.run(() => MAKE_MARK(db));
      const row = { one: 1, mark: JSON.stringify(mark) };
      await engine.run(() =>
        db
          .insertInto('migration')
          .values(row)
          .onConflict((conflict) => conflict.column('one').doNothing())
          .execute(),
      );
    },
    async save(mark) {
      await engine.run(() =>
        db
          .updateTable('migration')
          .set({ mark: JSON.stringify(mark) })
          .where('one', '=', 1)
          .execute(),
      );
    },
  };
}
