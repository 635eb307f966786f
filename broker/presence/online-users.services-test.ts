import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { apart, type RedisNode, redisNode, redisNodes } from '../nodes/fixtures/redis-world.ts';
import { until } from '../nodes/fixtures/until.ts';
import { onlineUsersConformance } from './online-users.conformance.ts';
import type { OnlineUsers } from './online-users.ts';

const { url, skip } = sharedEngine('redis');
const PROGRAM = fileURLToPath(new URL('../nodes/fixtures/node-process.ts', import.meta.url));

if (skip) describe('who is online: Redis', { skip }, () => {});
else
  onlineUsersConformance('Redis', async (count) => {
    const { nodes, close } = await redisNodes(url, count);
    return { nodes: nodes.map(({ online }) => online), close };
  });

describe('who is online, when nodes and Redis fail', { skip }, () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  /** A node in a process of its own. */
  async function child(place: string) {
    const process_ = spawn(process.execPath, [PROGRAM, place], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(process_);
    await once(process_.stdout!, 'data');
    return {
      process: process_,
      came: (users: string[]) => process_.stdin!.write(users.map((user) => `came ${user}\n`).join('')),
      left: (user: string) => process_.stdin!.write(`left ${user}\n`),
    };
  }
  const seen = (by: OnlineUsers, online: boolean, who: string) =>
    until(async () => (await by.online(who)) === online, `${who} ${online ? 'online' : 'offline'}`);
  const changesOf = ({ online }: RedisNode) => {
    const list: [string, boolean][] = [];
    online.onChange((who, is) => list.push([who, is]));
    return list;
  };

  it('a node that is killed takes its users with it, and nobody else; each is told of once', async () => {
    const place = apart(url);
    const nodes = [await redisNode(place), await redisNode(place)] as const;
    const dying = await child(place);
    const users = Array.from({ length: 500 }, () => uuidv7());
    const elsewhere = users[7]!;
    const changes = nodes.map(changesOf);
    for (const node of nodes)
      for (const user of users) {
        node.online.watch(user);
        await node.online.online(user);
      }
    dying.came(users);
    for (const user of users) await seen(nodes[0].online, true, user);
    nodes[1].online.came(elsewhere);
    for (const node of nodes) await seen(node.online, true, elsewhere);
    dying.process.kill('SIGKILL');
    for (const user of users)
      if (user !== elsewhere) for (const node of nodes) await seen(node.online, false, user);
    assert.equal(await nodes[0].online.online(elsewhere), true);
    for (const list of changes) {
      const away = list.filter(([, online]) => !online).map(([who]) => who);
      assert.equal(away.length, users.length - 1);
      assert.equal(new Set(away).size, users.length - 1);
    }
    // Nothing of the dead node is left.
    const { client, prefix } = nodes[0].connection;
    await until(async () => (await client.zcard(`${prefix}{nodes}:dead`)) === 0);
    assert.deepEqual(await client.keys(`${prefix}node:*`), [
      `${prefix}node:${await client.hkeys(`${prefix}online:${elsewhere}`)}:users`,
    ]);
    for (const key of await client.keys(`${prefix}*`))
      assert.ok((await client.pttl(key)) > 0, `${key} has no end`);
    for (const node of nodes) await node.stop();
  });

  it('a node that was frozen for longer than its lease announces its users again when it wakes', async () => {
    const place = apart(url);
    const node = await redisNode(place);
    const frozen = await child(place);
    const users = Array.from({ length: 50 }, () => uuidv7());
    const [gone] = users as [string];
    const changes = changesOf(node);
    for (const user of users) {
      node.online.watch(user);
      await node.online.online(user);
    }
    frozen.came(users);
    for (const user of users) await seen(node.online, true, user);
    frozen.process.kill('SIGSTOP');
    for (const user of users) await seen(node.online, false, user);
    // What it reads first when it wakes: it knows better than what it said before.
    frozen.left(gone);
    frozen.process.kill('SIGCONT');
    for (const user of users) if (user !== gone) await seen(node.online, true, user);
    // It is alive, and stays: what a later look says is the same.
    frozen.left(users[1]!);
    await seen(node.online, false, users[1]!);
    assert.equal(await node.online.online(gone), false);
    for (const user of users.slice(2)) assert.equal(await node.online.online(user), true);
    assert.ok(changes.length >= users.length * 3 - 1);
    frozen.process.kill('SIGKILL');
    for (const user of users) await seen(node.online, false, user);
    await node.stop();
  });

  it('Redis may be away: own users are known, others as they were; what happened meanwhile is told when it is back', async () => {
    const redis = await startRedis();
    const place = apart(redis.url);
    const [a, b] = [await redisNode(place), await redisNode(place)];
    const [here, there, leaving, coming] = Array.from({ length: 4 }, () => uuidv7()) as [
      string,
      string,
      string,
      string,
    ];
    const changes = changesOf(b);
    for (const who of [here, there, leaving, coming]) {
      b.online.watch(who);
      await b.online.online(who);
    }
    b.online.came(here);
    for (const who of [there, leaving]) a.online.came(who);
    for (const who of [there, leaving]) await seen(b.online, true, who);
    await redis.kill();
    await until(() => [a, b].every(({ connection }) => connection.client.status !== 'ready'));
    a.online.left(leaving);
    a.online.came(coming);
    assert.equal(a.online.online(coming), true);
    assert.deepEqual(await Promise.all([here, there, leaving, coming].map((who) => b.online.online(who))), [
      true,
      true,
      true,
      false,
    ]);
    assert.equal(await b.online.online(uuidv7()), false);
    await redis.start();
    await seen(b.online, false, leaving);
    await seen(b.online, true, coming);
    assert.deepEqual(await Promise.all([here, there].map((who) => b.online.online(who))), [true, true]);
    // Nobody who stayed was told of as away.
    assert.deepEqual(
      changes.filter(([who]) => who === here || who === there),
      [
        [here, true],
        [there, true],
      ],
    );
    for (const node of [a, b]) await node.stop();
    await redis.dispose();
  });

  it('Redis may lose everything: all is announced again', async () => {
    const redis = await startRedis(['--appendonly', 'no']);
    const place = apart(redis.url);
    const [a, b] = [await redisNode(place), await redisNode(place)];
    const users = Array.from({ length: 300 }, () => uuidv7());
    const changes = changesOf(b);
    for (const user of users) {
      b.online.watch(user);
      await b.online.online(user);
      a.online.came(user);
    }
    for (const user of users) await seen(b.online, true, user);
    changes.length = 0;
    await redis.kill();
    await redis.start();
    const { client, prefix } = b.connection;
    await until(
      async () =>
        client.status === 'ready' && (await client.keys(`${prefix}online:0*`)).length === users.length,
    );
    // And without a connection that breaks.
    await client.flushall();
    await until(async () => (await client.keys(`${prefix}online:0*`)).length === users.length);
    for (const user of users) assert.equal(await b.online.online(user), true);
    assert.deepEqual(changes, []);
    a.online.left(users[0]!);
    await seen(b.online, false, users[0]!);
    for (const node of [a, b]) await node.stop();
    await redis.dispose();
  });
});
