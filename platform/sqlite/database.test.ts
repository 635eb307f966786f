import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { openSqlite, type SqliteOptions } from './database.ts';

const module = new URL('./fixtures/notes.worker.ts', import.meta.url);

describe('SQLite threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-sqlite-'));
  let files = 0;
  const path = () => join(folder, `${++files}.db`);
  const open = (more: Partial<SqliteOptions> = {}) => openSqlite({ path: path(), module, ...more });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('commits what was called together in few transactions, and reads what it wrote', async () => {
    let commits = 0;
    let jobs = 0;
    const db = await open({
      onCommit: (n) => {
        commits++;
        jobs += n;
      },
    });
    const numbers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => db.write<number>('add', `${i}`)),
    );
    assert.deepEqual(
      numbers,
      Array.from({ length: 1_000 }, (_, i) => i + 1),
    );
    assert.equal(jobs, 1_000);
    assert.ok(commits < 50, `${commits} commits`);
    assert.equal(await db.read('count', null), 1_000);
    await db.close();
  });

  it('fails a job that throws, and none of those around it', async () => {
    const db = await open();
    const results = await Promise.allSettled([
      db.write('add', 'a'),
      db.write('addAndFail', 'b'),
      db.write('add', 'c'),
    ]);
    assert.deepEqual(
      results.map((r) => r.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const { reason } = results[1] as PromiseRejectedResult;
    assert.equal(reason.message, 'as asked');
    assert.equal(reason.code, 'asked');
    assert.equal(await db.read('count', null), 2);
    await db.close();
  });

  it('refuses while the disk is full, keeps what it has, and goes on when there is room', async () => {
    const db = await open();
    await db.write('add', 'kept');
    await db.write('limitPages', 3);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => db.write('add', 'x'.repeat(4_000))),
    );
    assert.ok(results.every((r) => r.status === 'rejected' && r.reason.code === 'storage_full'));
    assert.equal(await db.read('count', null), 1);
    await db.write('limitPages', 1_000_000);
    await db.write('add', 'again');
    assert.equal(await db.read('count', null), 2);
    await db.close();
  });

  it('refuses more than may wait', async () => {
    const db = await open({ maxQueued: 10 });
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => db.write('add', 'x')));
    const refused = results.filter((r) => r.status === 'rejected');
    assert.equal(refused.length, 20);
    assert.ok(refused.every((r) => (r as PromiseRejectedResult).reason.code === 'overloaded'));
    await db.close();
  });

  it('makes a sound copy while it is written to', async () => {
    const db = await open();
    await db.write('add', 'first');
    const target = path();
    const writes = Array.from({ length: 200 }, (_, i) => db.write('add', `${i}`));
    await db.backup(target);
    await Promise.all(writes);
    const copy = new DatabaseSync(target, { readOnly: true });
    assert.equal(
      (copy.prepare('PRAGMA integrity_check').get() as { integrity_check: string }).integrity_check,
      'ok',
    );
    assert.ok((copy.prepare('SELECT count(*) AS n FROM notes').get() as { n: number }).n >= 1);
    copy.close();
    await assert.rejects(db.backup(target), /exists already/);
    await db.close();
  });

  it('refuses a file of a newer schema', async () => {
    const file = path();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 7');
    newer.close();
    await assert.rejects(openSqlite({ path: file, module }), /written by a newer Dunlin/);
  });

  it('has everything it acknowledged after kill -9', async () => {
    const file = path();
    const child = spawn(process.execPath, [new URL('./fixtures/writer.ts', import.meta.url).pathname, file]);
    let output = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.length > 20_000) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const acknowledged = output.slice(0, output.lastIndexOf('\n')).split('\n').map(Number);
    const db = await openSqlite({ path: file, module });
    const count = await db.read<number>('count', null);
    assert.ok(
      acknowledged.length > 100 && count >= Math.max(...acknowledged),
      `${count} of ${Math.max(...acknowledged)}`,
    );
    await db.close();
  });
});
