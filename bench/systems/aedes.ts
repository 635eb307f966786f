import { fileURLToPath } from 'node:url';
import { Child, freePorts, listening } from './child.ts';
import { plainWorld } from './plain.wire.ts';
import type { System } from './system.ts';

const server = fileURLToPath(new URL('../peers/aedes.ts', import.meta.url));
const preload = new URL('./collect-at-signal.ts', import.meta.url).href;

/** Stock in-memory Aedes on the runtime that Dunlin uses: what the ratios are against. */
export const aedes: System = {
  name: 'aedes',
  label: 'Aedes (in memory)',
  missing: () => null,
  async start(world) {
    const [port] = (await freePorts(1)) as [number];
    const child = new Child(process.execPath, ['--import', preload, server, String(port)]);
    await child.until(() => listening(port));
    return {
      target: {
        wire: 'plain',
        processes: [{ name: 'broker', pid: child.pid, ours: true }],
        ports: [port],
        collectsAtSignal: true,
        ...plainWorld(world.users, world.groups.length),
      },
      stop: () => child.stop(),
    };
  },
};
