import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { write } from './fixtures/sample.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';
import { insertRows, keyOf, readRows, type TableName, type TableRow, tables } from './tables.ts';

describe('The tables of the directory, as a whole', () => {
  const withFolder = async (run: (folder: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-tables-'));
    try {
      await run(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it('are all that the migrations make, by their primary keys, those referred to first', () =>
    withFolder(async (folder) => {
      await using directory = await opened(join(folder, 'directory.db'));
      const { db } = directory;
      await migrateDirectory(db, 'directory.db');
      const made = (await db.introspection.getTables()).map(({ name }) => name);
      assert.deepEqual(made.toSorted(), Object.keys(tables).toSorted());
      const names = Object.keys(tables);
      for (const [table, key] of Object.entries(tables)) {
        const { rows } = await sql<{ name: string; pk: number }>`
          select name, pk from pragma_table_info(${table}) where pk > 0 order by pk`.execute(db);
        assert.deepEqual(
          rows.map(({ name }) => name),
          key,
        );
        const references = await sql<{ table: string }>`
          select "table" from pragma_foreign_key_list(${table})`.execute(db);
        for (const { table: other } of references.rows)
          assert.ok(names.indexOf(other) < names.indexOf(table), `${table} comes before ${other}`);
      }
    }));

  it('come page by page, and go elsewhere, again without a change', () =>
    withFolder(async (folder) => {
      await write(join(folder, 'from.db'));
      await using from = await opened(join(folder, 'from.db'));
      await using to = await opened(join(folder, 'to.db'));
      await migrateDirectory(to.db, 'to.db');
      for (let times = 0; times < 2; times++) {
        for (const table of Object.keys(tables) as TableName[]) {
          const rows = await allOf(from.db, table);
          assert.ok(rows.length > 0, `${table} is empty`);
          await insertRows(to.db, table, rows);
          assert.deepEqual(await allOf(to.db, table), rows);
        }
      }
      // What is there is left as it is there.
      const [user] = await allOf(from.db, 'users');
      await insertRows(to.db, 'users', [{ ...user!, name: 'Mallory' }]);
      assert.deepEqual((await allOf(to.db, 'users'))[0], user);
    }));
});

/** Closed also where a test fails: an open database would keep the process. */
async function opened(path: string) {
  const database = await openKyselySqlite<DirectoryTables>(path);
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

async function allOf(db: Kysely<DirectoryTables>, table: TableName): Promise<TableRow[]> {
  const all: TableRow[] = [];
  for (let after: (string | number)[] | null = null; ; ) {
    const [row] = await readRows(db, table, after, 1);
    if (row === undefined) return all;
    all.push({ ...row });
    after = keyOf(table, row);
  }
}
