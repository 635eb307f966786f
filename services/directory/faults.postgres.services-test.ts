import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { postgres } from '../../test/engines/postgres.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { sampleDevice, sampleUser } from '../accounts/store.samples.ts';
import { member, sampleGroup } from '../conversations/store.samples.ts';
import { openPostgresDirectory, type ServerDirectory } from './open.postgres.ts';

// It hurts its server, so it has one of its own; where there is no shared one there would be none either.
const { skip } = sharedEngine('postgres');
const DEADLINE_MS = 2_500;

const isUnavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';

describe('a directory in PostgreSQL in trouble', { skip, timeout: 120_000 }, () => {
  let server: RunningEngine;
  let directory: ServerDirectory;
  const user = sampleUser();
  const changes: boolean[] = [];
  const open = () =>
    openPostgresDirectory({
      url: server.url,
      deadlineMs: DEADLINE_MS,
      most: 100,
      connections: 5,
      onChange: (up) => changes.push(up),
    });
  before(async () => {
    server = await postgres.start();
    directory = await open();
    await directory.accounts.createUser(user, 'a hash', null);
  });
  after(async () => {
    server.thaw();
    await directory?.close();
    await server?.dispose();
  });
  beforeEach(async () => {
    await answers();
    changes.length = 0;
  });

  /** Resolves when it answers again: connections are made anew, and a killed server reads its log first. */
  async function answers(): Promise<void> {
    for (;;) {
      const found = await directory.accounts.user(user.id).catch((error: unknown) => {
        assert.ok(isUnavailable(error), String(error));
        return null;
      });
      if (found !== null) return;
      await pause(50);
    }
  }

  /** Reads, single changes and transactions, more than there are connections. */
  const callsOfAllKinds = () =>
    Array.from({ length: 15 }, (_, i) => {
      const group = sampleGroup();
      return [
        directory.accounts.user(user.id),
        directory.accounts.setContact(user.id, uuidv7(), null),
        directory.accounts.addDevice(sampleDevice(user.id), 1_000),
        directory.conversations.create(group, [member(user.id)], i + 1),
      ];
    }).flat();

  async function assertAllRefused(calls: Promise<unknown>[]): Promise<void> {
    for (const result of await Promise.allSettled(calls)) {
      assert.equal(result.status, 'rejected');
      assert.ok(isUnavailable(result.reason), String(result.reason));
    }
  }

  /** What was given up has ended too. */
  async function assertNothingUnderWay(): Promise<void> {
    while (directory.engine.underWay > 0) await pause(20);
    assert.equal(directory.engine.underWay, 0);
  }

  async function asOperator<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  it('refuses while the server is gone, and goes on when it is back', async () => {
    await server.kill();
    await assertAllRefused(callsOfAllKinds());
    assert.equal(directory.engine.up, false);
    await server.start();
    await answers();
    assert.equal(directory.engine.up, true);
    assert.deepEqual(changes, [false, true]);
  });

  it('is opened when the server comes up a little later', async () => {
    await server.kill();
    const opening = open();
    await pause(300);
    await server.start();
    const opened = await opening;
    assert.equal((await opened.accounts.user(user.id))?.id, user.id);
    await opened.close();
  });

  it('loses nothing that was done when the server is killed amid of it', async () => {
    const done: string[] = [];
    let killed = false;
    const working = Promise.all(
      Array.from({ length: 5 }, async () => {
        while (!killed || done.length === 0) {
          const group = sampleGroup();
          try {
            await directory.conversations.create(group, [member(user.id), member(uuidv7())], 1);
            done.push(group.id);
          } catch (error) {
            assert.ok(isUnavailable(error), String(error));
            await pause(5);
          }
        }
      }),
    );
    while (done.length < 50) await pause(5);
    await server.kill();
    killed = true;
    await working;
    await server.start();
    await answers();
    for (const id of done) assert.equal((await directory.conversations.members(id)).length, 2);
  });

  it('gives up on a server that hangs, and keeps nothing waiting', async () => {
    server.freeze();
    await assertAllRefused(callsOfAllKinds());
    await assertNothingUnderWay();
    await assertAllRefused(callsOfAllKinds());
    await assertNothingUnderWay();
    server.thaw();
    await answers();
    const device = sampleDevice(user.id);
    await directory.accounts.addDevice(device, 1_000);
    assert.deepEqual(await directory.accounts.device(device.id), device);
  });

  it('takes no more than it may have under way', async () => {
    server.freeze();
    const calls = Array.from({ length: 150 }, () => directory.accounts.user(user.id));
    const codes = await Promise.all(
      calls.map((call) => call.then(String, (error: Refused) => error.refusal.code)),
    );
    assert.deepEqual(new Set(codes.slice(0, 100)), new Set(['unavailable']));
    assert.deepEqual(new Set(codes.slice(100)), new Set(['overloaded']));
    server.thaw();
  });

  it('closes while the server hangs, to the last socket', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    const another = await open();
    await Promise.all([another.accounts.user(user.id), another.accounts.user(user.id)]);
    assert.equal(sockets(), before + 2);
    server.freeze();
    const call = assert.rejects(another.accounts.user(user.id), isUnavailable);
    await another.close();
    await call;
    assert.equal(sockets(), before);
    server.thaw();
  });

  it('does not wait for a lock that somebody keeps, and leaves none behind', async () => {
    await asOperator(async (client) => {
      await client.query('begin');
      await client.query('select id from users where id = $1 for update', [user.id]);
      await assert.rejects(directory.accounts.addDevice(sampleDevice(user.id), 1_000), isUnavailable);
      await client.query('rollback');
      const { rows } = await client.query(
        "select pid from pg_stat_activity where application_name = 'dunlin' and state <> 'idle'",
      );
      assert.deepEqual(rows, []);
    });
    await directory.accounts.addDevice(sampleDevice(user.id), 1_000);
  });

  it('goes on when its connections are ended', async () => {
    await Promise.all(callsOfAllKinds());
    const ended = await asOperator((client) =>
      client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dunlin'",
      ),
    );
    assert.equal(ended.rowCount, 5);
    await answers();
    await Promise.all(callsOfAllKinds());
  });

  it('takes up again what a deadlock has undone', async () => {
    // It waits for a lock longer than the server takes to see a deadlock, one second.
    const patient = await openPostgresDirectory({ url: server.url, deadlineMs: 20_000, most: 100 });
    const [first, second] = [uuidv7(), uuidv7()];
    for (const id of [first, second]) await patient.accounts.createUser(sampleUser({ id }), 'a hash', null);
    await asOperator(async (client) => {
      await client.query("set deadlock_timeout = '60s'");
      await client.query('begin');
      await client.query("update users set status = 'x' where id = $1", [second]);
      // It takes the first and waits for the second; then we want the first, and it is undone.
      const seen = [first, second].map((user) => ({ user, device: uuidv7(), at: 9 }));
      const calling = patient.accounts.setLastSeen(seen);
      const waiting = "select 1 from pg_locks where not granted and locktype = 'transactionid'";
      while ((await client.query(waiting)).rowCount === 0) await pause(5);
      await client.query("update users set status = 'x' where id = $1", [first]);
      await client.query('commit');
      await calling;
    });
    const found = await patient.accounts.users([first, second]);
    assert.deepEqual(
      [...found.values()].map(({ lastSeen, status }) => [lastSeen, status]),
      [
        [9, 'x'],
        [9, 'x'],
      ],
    );
    await patient.close();
  });
});
