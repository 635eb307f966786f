import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Child, freePorts, listening } from './child.ts';
import { disposeEngines, engine, missingEngines, processesOf } from './engines.ts';
import { plainWorld } from './plain.wire.ts';
import type { System } from './system.ts';

const server = fileURLToPath(new URL('../peers/aedes-redis.ts', import.meta.url));
const preload = new URL('./collect-at-signal.ts', import.meta.url).href;

/** Stock Aedes with its sessions in Redis, on so many nodes: what it takes without Dunlin to be away and to be many. */
export function aedesRedis(nodes: number): System {
  return {
    name: `aedes-redis-${nodes}`,
    label: `Aedes on Redis, ${nodes}`,
    missing: () => missingEngines(['redis']),
    async start(world) {
      const { url } = await engine('redis');
      const redis = new Redis(url);
      await redis.flushall();
      redis.disconnect();
      const ports = await freePorts(nodes);
      const children = ports.map(
        (port) => new Child(process.execPath, ['--import', preload, server, String(port), url]),
      );
      await Promise.all(children.map((child, i) => child.until(() => listening(ports[i]!))));
      return {
        target: {
          wire: 'plain',
          processes: [
            ...children.map(({ pid }) => ({ name: 'broker', pid, ours: true })),
            ...(await processesOf(['redis'])),
          ],
          ports,
          collectsAtSignal: true,
          ...plainWorld(world.users, world.groups.length),
        },
        stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
      };
    },
    dispose: disposeEngines,
  };
}
