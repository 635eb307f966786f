import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openSqlite } from '../../platform/sqlite/database.ts';
import { Refused } from '../../protocol/errors.ts';
import { message, missing, sequences, store, streams } from './fixtures/traffic.ts';
import { SqliteHistory } from './history.sqlite.ts';
import { SqliteLog } from './log.sqlite.ts';
import { says } from './samples.ts';
import { messagesClient } from './sqlite/client.ts';
import { type MessagesDatabase, openMessagesDatabase } from './sqlite.ts';

const isFull = (error: unknown) => error instanceof Refused && error.refusal.code === 'storage_full';

/** Fills a database, sees it refuse, makes room, and sees it go on as if nothing had been. */
async function fillAndRecover(
  database: Pick<MessagesDatabase, 'log' | 'history'>,
  makeRoom: () => Promise<void>,
): Promise<void> {
  const accepted: string[] = [];
  let refused = 0;
  for (let i = 0; refused < 20; i += 20) {
    const entries = Array.from({ length: 20 }, (_, k) => message(i + k, 'x'.repeat(2_000)));
    for (const [k, result] of (
      await Promise.allSettled(entries.map((one) => database.log.append(one)))
    ).entries()) {
      if (result.status === 'fulfilled') accepted.push(entries[k]!.command.id);
      else {
        assert.ok(isFull(result.reason), String(result.reason));
        refused++;
      }
    }
    assert.ok(i < 100_000, 'never full');
  }
  const drafts = Array.from({ length: 40 }, () => says(streams[0]!, 'y'.repeat(2_000)));
  await assert.rejects(database.history.append(drafts), isFull);
  assert.deepEqual(
    await database.history.read(streams[0]!, 0, 10, 1e6),
    [],
    'reading goes on, and nothing is half there',
  );

  await makeRoom();
  const [again] = await database.history.append([drafts[0]!]);
  assert.deepEqual(again, { duplicate: false, seq: 1 });
  const last = message(0);
  await database.log.append(last);
  accepted.push(last.command.id);
  const consumer = await database.log.consume(store(database));
  await consumer.drained();
  assert.deepEqual(await missing(database, accepted), []);
  const all = [...(await sequences(database)).values()].flat();
  assert.equal(all.length, accepted.length + 1, 'what was refused was not kept');
}

describe('messages.db without room', { timeout: 60_000 }, () => {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  after(async () => {
    for (const step of undo.toReversed()) await step();
  });

  async function temporaryFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-full-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  it('refuses with storage_full at the page limit, and recovers', async () => {
    const path = join(await temporaryFolder(), 'messages.db');
    const sqlite = await openSqlite({ path, module: new URL('./fixtures/small.worker.ts', import.meta.url) });
    undo.push(() => sqlite.close());
    const client = messagesClient(sqlite);
    const log = new SqliteLog(client);
    undo.push(() => log.close());
    await fillAndRecover({ log, history: new SqliteHistory(client) }, () => sqlite.write('test.grow', null));
  });

  it('refuses with storage_full on a full disk, and recovers', async (t) => {
    const folder = await temporaryFolder();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
    if (mount.status !== 0) return t.skip('this user may not mount a small file system');
    undo.push(() => spawnSync('umount', [folder]));
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(20 << 20));
    const database = await openMessagesDatabase(join(folder, 'messages.db'));
    undo.push(() => database.close());
    await fillAndRecover(database, () => rm(filler));
  });
});
