import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
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
});
