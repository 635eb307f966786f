import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { freePorts } from '../harness/ports.ts';
import type { RunningEngine } from './engine.ts';
import { pong, startRedis } from './redis.ts';
import { ServerProcess } from './server-process.ts';
import { ServerSet } from './server-set.ts';

const portOf = ({ url }: RunningEngine) => Number(new URL(url).port);
const run = promisify(execFile);

/** Three masters without replicas. */
export async function startRedisCluster(): Promise<ServerSet> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'];
  // The port of their talk with each other is given too: 10,000 above may be no port at all.
  const ports = await freePorts(6);
  const nodes = await Promise.all(
    ports
      .slice(0, 3)
      .map((port, i) => startRedis([...settings, '--cluster-port', String(ports[i + 3])], port)),
  );
  const hosts = nodes.map((node) => `127.0.0.1:${portOf(node)}`);
  const set = new ServerSet(`redis+cluster://${hosts.join(',')}`, nodes);
  try {
    await run('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes']);
    for (const node of nodes) await clusterIsUp(node);
  } catch (error) {
    await set.dispose();
    throw error;
  }
  return set;
}

async function clusterIsUp(node: RunningEngine): Promise<void> {
  const client = new Redis(node.url);
  while (!String(await client.cluster('INFO')).includes('cluster_state:ok')) await pause(50);
  client.disconnect();
}

/** A master, a replica, and a sentinel, in this order, that makes the replica the master when the master is gone for a second. */
export async function startRedisSentinel(): Promise<ServerSet> {
  const master = await startRedis();
  const nodes: RunningEngine[] = [master];
  try {
    nodes.push(await startRedis(['--replicaof', '127.0.0.1', String(portOf(master))]));
    await replicaFollows(nodes[1]!);
    const [port] = await freePorts(1);
    const sentinel = await ServerProcess.started({
      name: 'redis-sentinel',
      url: `redis+sentinel://127.0.0.1:${port}/first`,
      command: () => ({
        program: 'sh',
        args: [
          '-c',
          `${SENTINEL} exec redis-server sentinel.conf --sentinel`,
          'sh',
          String(port),
          String(portOf(master)),
        ],
      }),
      ping: () => pong(port!),
    });
    nodes.push(sentinel);
    await sentinelKnows(sentinel);
    return new ServerSet(sentinel.url, nodes);
  } catch (error) {
    await new ServerSet('', nodes).dispose();
    throw error;
  }
}

/** Until then it has nothing, and may be made the master all the same. */
async function replicaFollows(replica: RunningEngine): Promise<void> {
  const client = new Redis(replica.url);
  while (!(await client.info('replication')).includes('master_link_status:up')) await pause(50);
  client.disconnect();
}

/** A sentinel writes to its configuration, so it has to have one. */
const SENTINEL = `[ -e sentinel.conf ] || printf '%s\\n' "port $1" "bind 127.0.0.1" \
"sentinel monitor first 127.0.0.1 $2 1" "sentinel down-after-milliseconds first 1000" \
"sentinel failover-timeout first 5000" > sentinel.conf;`;

async function sentinelKnows(sentinel: RunningEngine): Promise<void> {
  const client = new Redis(portOf({ ...sentinel, url: sentinel.url.replace('redis+sentinel', 'http') }));
  while (((await client.call('SENTINEL', 'replicas', 'first')) as unknown[]).length === 0) await pause(50);
  client.disconnect();
}
