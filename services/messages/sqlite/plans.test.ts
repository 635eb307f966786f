import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { jobs, migrations } from '../messages.worker.ts';

/** All statements that the jobs prepare, on a database with statistics-free plans, as in production. */
function statements(): { db: DatabaseSync; all: string[] } {
  const db = new DatabaseSync(':memory:');
  for (const script of migrations) db.exec(script);
  const all: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = (sql: string) => {
    all.push(sql);
    return prepare(sql);
  };
  jobs(db);
  return { db, all: [...all] };
}

it('walks no table and no whole stream: every statement goes by a key or as much of an index as it needs', () => {
  const { db, all } = statements();
  assert.ok(all.length > 30);
  for (const sql of all) {
    const onlyTheLast = /ORDER BY n DESC LIMIT 1$/.test(sql);
    for (const row of db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()) {
      const detail = String(row.detail);
      const table = /^SCAN (names|log|events|edits|reactions|cursors|receipts|[edrsu])\b/.test(detail);
      const stream = / INDEX \w+ \(stream=\?\)$/.test(detail) && !/COVERING/.test(detail);
      assert.ok(onlyTheLast || !(table || stream), `${detail}: ${sql}`);
    }
  }
});
