import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Migrator, sql } from 'kysely';
import { Refused } from '../../protocol/errors.ts';
import { type KyselySqlite, openKyselySqlite } from './kysely.ts';

interface Tables {
  counters: { name: string; value: number };
}

describe('Kysely over a SQLite thread', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-kysely-'));
  let opened: KyselySqlite<Tables>;
  before(async () => {
    opened = await openKyselySqlite<Tables>(join(folder, 'a.db'));
    await opened.db.schema
      .createTable('counters')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('value', 'integer')
      .execute();
    await opened.db.insertInto('counters').values({ name: 'a', value: 0 }).execute();
  });
  after(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });
  const value = async () =>
    (await opened.db.selectFrom('counters').select('value').executeTakeFirstOrThrow()).value;

  it('keeps concurrent transactions apart', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        opened.db.transaction().execute(async (tx) => {
          const { value } = await tx.selectFrom('counters').select('value').executeTakeFirstOrThrow();
          await tx
            .updateTable('counters')
            .set({ value: value + 1 })
            .execute();
        }),
      ),
    );
    assert.equal(await value(), 20);
  });

  it('takes everything back when a transaction throws', async () => {
    const failing = opened.db.transaction().execute(async (tx) => {
      await tx.updateTable('counters').set({ value: 99 }).execute();
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    assert.equal(await value(), 20);
  });

  it('says how many rows changed, and returns rows', async () => {
    const { numUpdatedRows } = await opened.db.updateTable('counters').set({ value: 21 }).executeTakeFirst();
    assert.equal(numUpdatedRows, 1n);
    const row = await opened.db
      .updateTable('counters')
      .set({ value: 20 })
      .returning('name')
      .executeTakeFirst();
    assert.deepEqual(row, { name: 'a' });
  });

  it('makes a copy that opens', async () => {
    await opened.backup(join(folder, 'copy.db'));
    const copy = await openKyselySqlite<Tables>(join(folder, 'copy.db'));
    assert.equal((await copy.db.selectFrom('counters').selectAll().execute()).length, 1);
    await copy.close();
  });

  it('makes a copy between transactions, never inside one', async (t) => {
    const target = join(folder, 'between.db');
    const begun = Promise.withResolvers<void>();
    const transaction = opened.db.transaction().execute(async (tx) => {
      begun.resolve();
      for (let i = 0; i < 5; i++) await tx.updateTable('counters').set({ value: 30 }).execute();
    });
    await begun.promise;
    await Promise.all([transaction, opened.backup(target)]);
    const copy = await openKyselySqlite<Tables>(target);
    t.after(() => copy.close());
    const row = await copy.db.selectFrom('counters').select('value').executeTakeFirst();
    assert.deepEqual(row, { value: 30 });
  });

  it('finishes what was called before it closes', async () => {
    const file = await openKyselySqlite<Tables>(join(folder, 'closing.db'));
    const transaction = file.db.transaction().execute(async (tx) => {
      await sql`create table a (n integer)`.execute(tx);
      for (let i = 0; i < 5; i++) await sql`insert into a values (${i})`.execute(tx);
    });
    await Promise.all([transaction, file.close()]);
    assert.equal(await file.ended, null);
  });

  it('takes a failed migration back as a whole', async () => {
    const up = async () => {
      throw new Error('half way');
    };
    const provider = {
      getMigrations: async () => ({
        '1': {
          up: async (db: typeof opened.db) =>
            db.schema.createTable('half').addColumn('n', 'integer').execute(),
        },
        '2': { up },
      }),
    };
    const { error } = await new Migrator({ db: opened.db, provider }).migrateToLatest();
    assert.match(String(error), /half way/);
    const tables = await opened.db.introspection.getTables();
    assert.ok(!tables.some(({ name }) => name === 'half'));
  });

  it('refuses while the disk is full, in transactions too, and goes on when there is room', async (t) => {
    const file = await openKyselySqlite<Tables>(join(folder, 'full.db'));
    t.after(() => file.close());
    await sql`create table a (text text)`.execute(file.db);
    await sql`pragma max_page_count = 20`.execute(file.db);
    const large = 'x'.repeat(200_000);
    const isFull = (error: unknown) => error instanceof Refused && error.refusal.code === 'storage_full';
    await assert.rejects(sql`insert into a values (${large})`.execute(file.db), isFull);
    const transaction = file.db.transaction().execute(async (tx) => {
      await sql`insert into a values ('small')`.execute(tx);
      await sql`insert into a values (${large})`.execute(tx);
    });
    await assert.rejects(transaction, isFull);
    await sql`pragma max_page_count = 1000`.execute(file.db);
    await sql`insert into a values (${large})`.execute(file.db);
    const { rows } = await sql<{ n: number }>`select count(*) as n from a`.execute(file.db);
    assert.deepEqual(rows, [{ n: 1 }], 'nothing of what was refused was kept');
  });
});
