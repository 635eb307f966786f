import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { freePorts } from '../harness/ports.ts';
import type { EngineKind, RunningEngine } from './engine.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = 'redis-server';

/** One node that has on its disk what it acknowledged: as an operator is advised to run it. */
export const redis: EngineKind = {
  name: 'redis',
  missing: () =>
    promisify(execFile)(PROGRAM, ['--version']).then(
      () => null,
      () => 'there is no redis-server (Debian: redis-server)',
    ),
  prepare: async () => {},
  start: () => startRedis(),
};

/** A node with further settings, e.g. `['--cluster-enabled', 'yes']`; those named twice are taken from here. */
export async function startRedis(settings: string[] = [], port?: number): Promise<RunningEngine> {
  port ??= (await freePorts(1))[0]!;
  return ServerProcess.started({
    name: 'redis',
    url: `redis://127.0.0.1:${port}`,
    command: (folder) => ({ program: PROGRAM, args: [...settingsOf(port, folder), ...settings] }),
    ping: () => pong(port),
  });
}

function settingsOf(port: number, folder: string): string[] {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

const PING_MS = 1_000;

/** Rejects as long as it is not there or still reads its files. */
export async function pong(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    const late = AbortSignal.timeout(PING_MS);
    await once(socket, 'connect', { signal: late });
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data', { signal: late })) as [Buffer];
    // A server with a password is there too.
    if (!/^(\+PONG|-NOAUTH)/.test(answer.toString())) throw new Error(answer.toString());
  } finally {
    socket.destroy();
  }
}
