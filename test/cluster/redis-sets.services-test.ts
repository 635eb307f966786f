/** The program on a Redis that is several servers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import { startRedisCluster, startRedisSentinel } from '../engines/redis-sets.ts';
import type { ServerSet } from '../engines/server-set.ts';
import type { Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { eventually, inhabited } from './inhabited.ts';

const skip = (await missingEngines('redis')) ?? false;
const LONG_MS = 60_000;
const small = { brokers: 2, messages: 1, gateways: 1, log: 'redis' } as const;
const flags = ['--presence.graceSeconds=0', '--engines.deadlineMs=2000'];

/** As it was told to this person last. */
const presenceOf = (of: Person, to: Person) =>
  to.device.other.findLast(([topic]) => topic === topics.presence(of.user))?.[1]?.online;

/** What is said comes to the other, who is at another node, and that it was delivered comes back. Until it does: it is said again as what it is. */
async function chats(from: Person, to: Person, text: string): Promise<void> {
  const said = await eventually(
    () => from.says({ user: to.user }, text),
    `that it is accepted: ${text}`,
    LONG_MS,
  );
  const { conversation, seq } = said;
  await eventually(
    () => to.device.inbox.find((p) => p.conversation === conversation && p.seq === seq),
    `that it is heard: ${text}`,
    LONG_MS,
  );
  await eventually(
    () =>
      from.device.inbox.find(
        (p) =>
          p.type === 'receipts' &&
          p.conversation === conversation &&
          p.receipts.some(
            (r: { user: string; delivered?: number }) => r.user === to.user && r.delivered! >= seq,
          ),
      ),
    `that it was delivered: ${text}`,
    LONG_MS,
  );
}

async function watches(who: Person, whom: Person): Promise<void> {
  await who.device.client.subscribeAsync(topics.presence(whom.user), { qos: 0 });
}
const sees = (who: Person, whom: Person, online: boolean) =>
  eventually(
    () => presenceOf(whom, who) === online,
    `that ${whom.device.account.username} is ${online ? 'online' : 'offline'}`,
    LONG_MS,
  );

describe('the program on a Redis Cluster', { skip, timeout: 240_000 }, () => {
  const on = inhabited({ ...small, flags, engines: { redis: startRedisCluster } });

  it('chats across nodes, knows who is there, and goes on after a node of it was away', async () => {
    const [alice, bob] = [await on.meet(0, 'alice'), await on.meet(1, 'bob')];
    await chats(alice, bob, 'hello');
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await watches(one, other);
      await sees(one, other, true);
    }
    const { nodes } = on.cluster.engines.redis as ServerSet;
    await nodes[1]!.kill();
    // A part of what is kept is away, then all of it: those who are here stay, and whoever asks is answered.
    await eventually(
      async () =>
        (await fetch(`${on.cluster.brokers[0]!.metrics}/readyz`))
          .text()
          .then((text) => text.includes('redis')),
      'that the program says so',
      LONG_MS,
    );
    await nodes[1]!.start();
    await chats(bob, alice, 'again');
    assert.ok(alice.device.client.connected && bob.device.client.connected);
    const carol = await eventually(() => on.meet(1, 'carol'), 'somebody new', LONG_MS);
    await chats(carol, alice, 'from afar');
    await watches(alice, carol);
    await sees(alice, carol, true);
    carol.drop();
    await sees(alice, carol, false);
  });
});

describe('the program on a Redis behind a sentinel', { skip, timeout: 240_000 }, () => {
  const on = inhabited({ ...small, flags, engines: { redis: startRedisSentinel } });

  it('goes on when the master is killed and its replica takes its place', async () => {
    const [alice, bob] = [await on.meet(0, 'alice'), await on.meet(1, 'bob')];
    await chats(alice, bob, 'hello');
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const)
      await watches(one, other);
    await sees(alice, bob, true);
    const { nodes } = on.cluster.engines.redis as ServerSet;
    await nodes[0]!.kill();
    await chats(alice, bob, 'still here');
    await chats(bob, alice, 'so am I');
    // Nobody had to connect again.
    assert.ok(alice.device.client.connected && bob.device.client.connected);
    const carol = await eventually(() => on.meet(1, 'carol'), 'somebody new', LONG_MS);
    await chats(carol, alice, 'I am new');
    await watches(alice, carol);
    await sees(alice, carol, true);
    for (const gone of [bob, carol]) {
      gone.drop();
      await sees(alice, gone, false);
    }
    // As a replica of the one that was its own.
    await nodes[0]!.start();
    await chats(await on.moves(bob, 0), alice, 'back');
    await sees(alice, bob, true);
  });
});
