import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Child, freePorts, listening } from './child.ts';
import { plainWorld } from './plain.wire.ts';
import type { System } from './system.ts';

/** Debian installs it in /usr/sbin, which is not in everybody's path. */
const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const program = places.map((folder) => join(folder, 'mosquitto')).find((path) => existsSync(path));

/** Queues without a bound and nothing on disk: as near to stock in-memory Aedes as it gets. */
const config = (port: number) => `listener ${port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
persistence false
log_dest stderr
log_type error
${process.getuid?.() === 0 ? 'user root\n' : ''}`;

/** Mosquitto, where installed: a broker in C, as a second point of reference. */
export const mosquitto: System = {
  name: 'mosquitto',
  label: 'Mosquitto',
  missing: () => (program === undefined ? 'mosquitto is not installed' : null),
  async start(world) {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-bench-mosquitto-'));
    const [port] = (await freePorts(1)) as [number];
    const file = join(folder, 'mosquitto.conf');
    await writeFile(file, config(port));
    const child = new Child(program!, ['-c', file]);
    await child.until(() => listening(port));
    return {
      target: {
        wire: 'plain',
        processes: [{ name: 'broker', pid: child.pid, ours: true }],
        ports: [port],
        collectsAtSignal: false,
        ...plainWorld(world.users, world.groups.length),
      },
      stop: async () => {
        await child.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};
