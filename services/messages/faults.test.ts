import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing, sequences, store } from './fixtures/traffic.ts';
import { openMessagesDatabase } from './sqlite.ts';

const KILLS = 6;
const COPIES = 4;

describe('messages.db under a process that dies', () => {
  let folder: string;
  let child: ChildProcess;
  let acknowledged: { log: string[]; event: string[] };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-faults-'));
    acknowledged = { log: [], event: [] };
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}-copy`, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    const writer = new URL('./fixtures/writer.ts', import.meta.url).pathname;
    child = spawn(process.execPath, [writer, join(folder, 'messages.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ready = Promise.withResolvers<void>();
    let rest = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const [what, id] = line.split(' ');
        if (what === 'log' || what === 'event') acknowledged[what].push(id!);
        else ready.resolve();
      }
    });
    child.once('exit', () => ready.reject(new Error('the writer ended')));
    await ready.promise;
  }

  /** Opens the file, lets the log run dry, and holds everything against what had been acknowledged. */
  async function verify(path: string, { log, event }: typeof acknowledged): Promise<Map<string, string[]>> {
    const check = new DatabaseSync(path);
    assert.deepEqual(
      check
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => row.integrity_check),
      ['ok'],
    );
    check.close();
    const database = await openMessagesDatabase(path);
    try {
      assert.deepEqual(await missing(database, event), [], 'an event was reported as durable and is gone');
      const consumer = await database.log.consume(store(database));
      await consumer.drained();
      assert.deepEqual(await missing(database, log), [], 'a command was acknowledged and is gone');
      const all = await sequences(database);
      const ids = [...all.values()].flat();
      assert.equal(new Set(ids).size, ids.length, 'a command is there twice');
      return all;
    } finally {
      await database.close();
    }
  }

  it('keeps everything acknowledged, once and without gaps, through kill -9 at random moments', async () => {
    let before = new Map<string, string[]>();
    for (let kill = 0; kill < KILLS; kill++) {
      await start();
      await sleep(20 + Math.random() * 250);
      child.kill('SIGKILL');
      await once(child, 'close');
      const after = await verify(join(folder, 'messages.db'), acknowledged);
      for (const [stream, ids] of before) assert.deepEqual(after.get(stream)!.slice(0, ids.length), ids);
      before = after;
    }
    assert.ok(acknowledged.log.length > KILLS && acknowledged.event.length > KILLS);
  });

  it('leaves a folder that can be copied at any instant', async () => {
    await start();
    for (let copy = 0; copy < COPIES; copy++) {
      await sleep(20 + Math.random() * 150);
      // What has been read by now was acknowledged before the process stopped.
      const before = { log: [...acknowledged.log], event: [...acknowledged.event] };
      child.kill('SIGSTOP');
      await sleep(10);
      const copied = `${folder}-copy`;
      await cp(folder, copied, { recursive: true });
      child.kill('SIGCONT');
      await verify(join(copied, 'messages.db'), before);
      await rm(copied, { recursive: true });
    }
    assert.ok(acknowledged.event.length > 0);
  });
});
