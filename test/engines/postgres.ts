import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from '../harness/ports.ts';
import type { EngineKind, RunningEngine } from './engine.ts';
import { ServerProcess } from './server-process.ts';

const run = promisify(execFile);

/** Where Debian puts each version: `<number>/bin`. */
const VERSIONS = '/usr/lib/postgresql';
/** As whom it runs when the tests are root's: PostgreSQL refuses to be root. */
const UNPRIVILEGED = ['postgres', 'nobody'];
const USER = 'dunlin';
/** Every test is one of what these characters do to a URL. */
const PASSWORD = 'a/secret:of@tests';

interface Account {
  uid: number;
  gid: number;
}

export const postgres: EngineKind = {
  name: 'postgres',
  async missing() {
    return (await programs()) === null ? `there is nothing in ${VERSIONS} (Debian: postgresql)` : null;
  },
  prepare: async () => {},
  start: () => startPostgres(),
};

/** A server with further settings, e.g. `['-c', 'max_connections=5']`. */
export async function startPostgres(settings: string[] = []): Promise<RunningEngine> {
  const bin = await programs();
  if (bin === null) throw new Error(`there is nothing in ${VERSIONS}`);
  const as = await unprivileged();
  const [port] = await freePorts(1);
  const url = `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  let data = '';
  const server = await ServerProcess.started({
    name: 'postgres',
    url,
    async initialise(folder) {
      data = join(folder, 'data');
      await initialise(bin, folder, data, as);
    },
    command: () => ({
      program: join(bin, 'postgres'),
      args: [
        '-D',
        data,
        ...given({ port, listen_addresses: '127.0.0.1', max_connections: 200 }),
        ...settings,
      ],
      ...as,
    }),
    ping: () => ping(url),
  });
  return new RunningPostgres(server, data);
}

const given = (settings: Record<string, unknown>) =>
  Object.entries({ ...settings, unix_socket_directories: '' }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);

/** The newest version that is installed; null: none. */
async function programs(): Promise<string | null> {
  const versions = (await readdir(VERSIONS).catch(() => [])).map(Number).filter(Number.isFinite);
  return versions.length === 0 ? null : join(VERSIONS, String(Math.max(...versions)), 'bin');
}

/** As whom it runs. Null when we are not root: then as we do. */
export async function unprivileged(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of UNPRIVILEGED) {
    const ids = await Promise.all(
      ['-u', '-g'].map((flag) => run('id', [flag, name]).then(({ stdout }) => Number(stdout))),
    ).catch(() => null);
    if (ids !== null) return { uid: ids[0]!, gid: ids[1]! };
  }
  throw new Error(`PostgreSQL does not run as root, and there is none of ${UNPRIVILEGED.join(', ')}`);
}

async function initialise(bin: string, folder: string, data: string, as: Account | null): Promise<void> {
  const password = join(folder, 'password');
  await writeFile(password, PASSWORD);
  if (as !== null) for (const path of [folder, password]) await chown(path, as.uid, as.gid);
  await chmod(folder, 0o700);
  const settings = ['--auth=scram-sha-256', `--pwfile=${password}`, '--encoding=UTF8', '--locale=C.UTF-8'];
  await run(join(bin, 'initdb'), ['-D', data, '-U', USER, ...settings], { cwd: folder, ...as });
}

const PING_MS = 1_000;

async function ping(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PING_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => {});
  }
}

/** A postmaster with its children: each connection has a process of its own, in a group of its own. */
class RunningPostgres implements RunningEngine {
  readonly #server: ServerProcess;
  readonly #lockFile: string;
  #frozen: number[] = [];

  constructor(server: ServerProcess, data: string) {
    this.#server = server;
    this.#lockFile = join(data, 'postmaster.pid');
  }

  get url(): string {
    return this.#server.url;
  }
  get pid(): number | null {
    return this.#server.pid;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async kill(): Promise<void> {
    const children = this.#children();
    await this.#server.kill();
    for (const pid of children) signal(pid, 'SIGKILL');
    // A new one refuses to start while one of the old is there.
    for (const pid of children) while (runs(pid)) await pause(10);
    await rm(this.#lockFile, { force: true });
  }

  freeze(): void {
    // First the one that makes others.
    this.#server.freeze();
    this.#frozen = this.#children();
    for (const pid of this.#frozen) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.#frozen.splice(0)) signal(pid, 'SIGCONT');
    this.#server.thaw();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await this.#server.dispose();
  }

  #children(): number[] {
    try {
      return childrenOf(Number.parseInt(readFileSync(this.#lockFile, 'utf8'), 10));
    } catch {
      return [];
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** One that has ended may still be listed, until somebody asks how. */
function runs(pid: number): boolean {
  const state = statOf(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function statOf(pid: number): { state: string; parent: number } | null {
  try {
    // proc(5): `pid (name) state ppid …`, and a name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: state!, parent: Number(parent) };
  } catch {
    return null;
  }
}
