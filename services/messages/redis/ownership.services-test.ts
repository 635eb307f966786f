import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningEngine } from '../../../test/engines/engine.ts';
import { startRedis } from '../../../test/engines/redis.ts';
import { sharedEngine } from '../../../test/engines/shared.ts';
import { entry } from '../log.conformance.ts';
import { RedisLog } from '../log.redis.ts';
import type { MemberTold } from './fixtures/member.ts';
import { openRedis } from './fixtures.ts';

const { skip } = sharedEngine('redis');
const PARTITIONS = 8;
const LEASE_MS = 1_500;

/** A process that consumes. */
class Member {
  readonly child: ChildProcess;
  readonly owned = new Set<number>();
  /** What was handed to it, in that order. */
  readonly handed: number[] = [];
  ready = false;

  constructor(url: string, onHanded: (positions: number[]) => void, mode = '') {
    const file = new URL('./fixtures/member.ts', import.meta.url);
    this.child = fork(file, [url, String(PARTITIONS), String(LEASE_MS), mode]);
    this.child.on('message', (told: MemberTold) => {
      if (told.did === 'handed') {
        this.handed.push(...told.positions);
        onHanded(told.positions);
      } else if (told.did === 'ready') this.ready = true;
      else
        for (const partition of told.partitions)
          if (told.did === 'gained') this.owned.add(partition);
          else this.owned.delete(partition);
    });
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.send('end');
    await ended;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await pause(20);
};

describe('Owners of the partitions of the log', { skip, timeout: 60_000 }, () => {
  let server: RunningEngine;
  let front: Awaited<ReturnType<typeof openRedis>>;
  let log: RedisLog;
  let members: Member[];
  /** Of each partition, in the order in which they were handed out for the first time. */
  let handled: Map<number, number[]>;
  let known: Set<number>;
  const accepted: number[] = [];

  beforeEach(async () => {
    server = await startRedis();
    front = await openRedis(server.url, 1_000);
    log = new RedisLog(front.redis, front.engine, { partitions: PARTITIONS });
    members = [];
    handled = new Map();
    known = new Set();
    accepted.length = 0;
  });
  afterEach(async () => {
    for (const { child } of members) child.kill('SIGCONT');
    await Promise.all(members.map((member) => member.kill()));
    await log.close();
    await front.redis.close();
    await server.dispose();
  });

  const join = async (mode = '') => {
    // What only fails has handled nothing.
    const member = new Member(server.url, mode === 'failing' ? () => {} : onHanded, mode);
    members.push(member);
    await until(() => member.ready);
    return member;
  };
  const onHanded = (positions: number[]) => {
    for (const position of positions) {
      if (known.has(position)) continue;
      known.add(position);
      const of = handled.get(position % PARTITIONS) ?? [];
      handled.set(position % PARTITIONS, [...of, position]);
    }
  };
  /** Sends until it is told to stop; a refusal is no promise. */
  const load = () => {
    let going = true;
    const ended = (async () => {
      while (going) {
        const some = Array.from({ length: 10 }, () => log.append(entry()));
        for (const outcome of await Promise.allSettled(some))
          if (outcome.status === 'fulfilled') accepted.push(outcome.value);
        await pause(10);
      }
    })();
    return async () => {
      going = false;
      await ended;
    };
  };
  const nothingIsLost = async () => {
    await until(() => accepted.every((position) => known.has(position)));
    for (const of of handled.values())
      assert.deepEqual(
        of,
        of.toSorted((a, b) => a - b),
      );
  };
  const sizes = () => members.map(({ owned }) => owned.size);
  /** No partition with two of them. */
  const apart = () => assert.equal(new Set(members.flatMap(({ owned }) => [...owned])).size, PARTITIONS);

  it('share them equally, take over from one that is killed, and hand over when one leaves', async () => {
    const first = await join();
    assert.deepEqual(sizes(), [8]);
    const stop = load();
    const second = await join();
    await until(() => first.owned.size === 4 && second.owned.size === 4);
    apart();
    const third = await join();
    await until(() => Math.max(...sizes()) === 3 && Math.min(...sizes()) === 2);
    apart();
    await second.kill();
    members.splice(members.indexOf(second), 1);
    await until(() => first.owned.size === 4 && third.owned.size === 4);
    apart();
    await first.end();
    members.splice(members.indexOf(first), 1);
    await until(() => third.owned.size === 8);
    await stop();
    await nothingIsLost();
  });

  it('hand nothing out any more when they wake and another has it: not even what they hold', async () => {
    const frozen = await join('failing');
    for (let i = 0; i < 100; i++) accepted.push(await log.append(entry()));
    // It holds a batch, and tries it again and again.
    await until(() => frozen.handed.length > 3);
    const tries = frozen.handed.length;
    await until(() => frozen.handed.length > tries);
    // Between two tries: when it wakes, the next one is due.
    await pause(50);
    frozen.child.kill('SIGSTOP');
    const second = await join();
    await until(() => second.owned.size === 8);
    await nothingIsLost();
    await pause(100);
    const before = frozen.handed.length;
    frozen.child.kill('SIGCONT');
    await until(() => frozen.owned.size === 4 && second.owned.size === 4);
    apart();
    const again = frozen.handed.slice(before).filter((position) => known.has(position));
    assert.deepEqual(again, []);
  });

  it('go on where they were when Redis was killed and is back, under load', async () => {
    await join();
    await join();
    const stop = load();
    for (let i = 0; i < 3; i++) {
      const before = accepted.length;
      await until(() => accepted.length > before + 100);
      await server.kill();
      await pause(200);
      await server.start();
    }
    const before = accepted.length;
    await until(() => accepted.length > before + 100);
    await stop();
    await nothingIsLost();
    await until(() => Math.max(...sizes()) === 4 && Math.min(...sizes()) === 4);
    apart();
  });

  it('find themselves without partitions after Redis was frozen for longer than a lease, and begin again', async () => {
    const member = await join();
    const stop = load();
    await until(() => known.size > 50);
    server.freeze();
    await pause(LEASE_MS * 1.5);
    server.thaw();
    const before = accepted.length;
    await until(() => accepted.length > before + 50);
    await stop();
    await nothingIsLost();
    await until(() => member.owned.size === 8);
  });
});
