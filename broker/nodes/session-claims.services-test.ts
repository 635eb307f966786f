import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { uuidv7 } from 'uuidv7';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { apart, redisNode, redisNodes } from './fixtures/redis-world.ts';
import { until } from './fixtures/until.ts';
import { sessionClaimsConformance } from './session-claims.conformance.ts';

const { url, skip } = sharedEngine('redis');
const PROGRAM = fileURLToPath(new URL('./fixtures/node-process.ts', import.meta.url));

if (skip) describe('which node has a device: Redis', { skip }, () => {});
else
  sessionClaimsConformance('Redis', async (count) => {
    const { nodes, close } = await redisNodes(url, count);
    return { nodes: nodes.map(({ claims }) => claims), close };
  });

describe('which node has a device, when nodes and Redis fail', { skip }, () => {
  it('a device may connect while Redis is away; when it is back the newest connection stays', async () => {
    const redis = await startRedis();
    const place = apart(redis.url);
    const nodes = [await redisNode(place), await redisNode(place)] as const;
    const [a, b] = nodes;
    const lost: string[] = [];
    const device = uuidv7();
    const early = uuidv7();
    const connect = (node: typeof a, name: string, who = device) =>
      node.claims.claim(who, async () => void lost.push(name));
    // Redis knows of this one, and of the next it will hear too late.
    await connect(a, 'early at a', early);
    await redis.kill();
    await until(() => nodes.every(({ connection }) => connection.client.status !== 'ready'));
    const names = ['first at a', 'second at b', 'third at a'] as const;
    for (const name of names) {
      assert.ok((await connect(name.endsWith('a') ? a : b, name)) !== null);
      // In different milliseconds: by the clock is all that is left to tell who came later.
      await pause(5);
    }
    assert.ok((await connect(b, 'late at b', early)) !== null);
    assert.deepEqual(lost, []);
    await redis.start();
    await until(() => lost.length === 2);
    assert.deepEqual(lost.toSorted(), ['early at a', 'second at b']);
    // Those that stayed are known, and are found.
    assert.ok((await connect(b, 'fourth at b')) !== null);
    await until(() => lost.length > 2);
    assert.deepEqual(lost.slice(2), ['third at a']);
    for (const node of nodes) await node.stop();
    await redis.dispose();
  });

  it('a node that was frozen learns when it wakes what it has lost', async () => {
    const place = apart(url);
    const node = await redisNode(place);
    const child = spawn(process.execPath, [PROGRAM, place], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      await until(() => said.includes('ready'));
      const [moved, stays] = [uuidv7(), uuidv7()];
      child.stdin.write(`claim ${moved}\nclaim ${stays}\n`);
      await until(() => said.includes(`claimed ${moved}`) && said.includes(`claimed ${stays}`));
      child.kill('SIGSTOP');
      // What is said to it now it does not hear: its connection for that is taken from it.
      const { client } = node.connection;
      const deaf = async () => {
        const list = String(await (client as Redis).client('LIST', 'TYPE', 'PUBSUB')).split('\n');
        for (const line of list) {
          const id = /^id=(\d+) .*?name=dunlin-nodes-heard/.exec(line)?.[1];
          if (id !== undefined) await (client as Redis).client('KILL', 'ID', id);
        }
      };
      await deaf();
      const mine = await node.claims.claim(moved, async () => assert.fail('the newest was closed'));
      assert.ok(mine !== null);
      child.kill('SIGCONT');
      await until(() => said.includes(`lost ${moved}`));
      assert.ok(!said.includes(`lost ${stays}`));
    } finally {
      child.kill('SIGKILL');
      await node.stop();
    }
  });

  it('a node that was killed holds up nobody, and its claims end', async () => {
    const place = apart(url);
    const node = await redisNode(place);
    const child = spawn(process.execPath, [PROGRAM, place], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      await until(() => said.includes('ready'));
      const [device, other] = [uuidv7(), uuidv7()];
      child.stdin.write(`claim ${device}\nclaim ${other}\n`);
      await until(() => said.includes(`claimed ${other}`));
      child.kill('SIGKILL');
      const claim = await node.claims.claim(device, async () => {});
      assert.ok(claim !== null);
      const { client, prefix } = node.connection;
      assert.ok((await client.pttl(`${prefix}claim:${other}`)) > 0);
      claim.release();
      await until(async () => (await client.exists(`${prefix}claim:${device}`)) === 0);
    } finally {
      child.kill('SIGKILL');
      await node.stop();
    }
  });
});
