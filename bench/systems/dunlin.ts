import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, freePorts } from './child.ts';
import { type Account, createGroup, limits, program, register } from './dunlin.parts.ts';
import type { Running, System, Target, World } from './system.ts';

const preload = new URL('./collect-at-signal.ts', import.meta.url).href;

/** Registering costs a password hash each, so accounts are made once and every start gets a copy of the folder. */
interface Seed {
  folder: string;
  accounts: Account[];
}

let seed: Seed | null = null;

async function serve(folder: string) {
  const [mqtt, http, metrics] = (await freePorts(3)) as [number, number, number];
  const child = new Child(
    process.execPath,
    [
      '--import',
      preload,
      program,
      'serve',
      `--data.folder=${join(folder, 'data')}`,
      `--mqtt.port=${mqtt}`,
      `--http.port=${http}`,
      `--metrics.port=${metrics}`,
      ...limits,
    ],
    { cwd: folder },
  );
  const url = `http://127.0.0.1:${http}`;
  await child.until(() =>
    fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  return { child, mqtt, url };
}

/** A folder with at least so many users. */
async function seeded(users: number): Promise<Seed> {
  seed ??= { folder: await mkdtemp(join(tmpdir(), 'dunlin-bench-seed-')), accounts: [] };
  if (seed.accounts.length >= users) return seed;
  const { child, url } = await serve(seed.folder);
  try {
    await register(url, seed.accounts, users);
  } finally {
    await child.stop();
  }
  return seed;
}

/** Dunlin as `npm start` runs it, on a folder of its own. */
export const dunlin: System = {
  name: 'dunlin',
  label: 'Dunlin',
  missing: () => (existsSync(program) ? null : 'bin/dunlin.ts is not there'),

  async start(world: World): Promise<Running> {
    const { folder: from, accounts } = await seeded(world.users);
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-bench-'));
    await cp(from, folder, { recursive: true });
    const { child, mqtt, url } = await serve(folder);
    const groups: string[] = [];
    for (const members of world.groups) groups.push(await createGroup(url, accounts, members));
    const used = accounts.slice(0, world.users);
    const target: Target = {
      wire: 'dunlin',
      processes: [{ name: 'broker', pid: child.pid, ours: true }],
      ports: [mqtt],
      users: used,
      groups,
      collectsAtSignal: true,
      http: url,
      accessTokens: used.map((account) => account.accessToken),
    };
    return {
      target,
      stop: async () => {
        await child.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },

  async dispose() {
    if (seed !== null) await rm(seed.folder, { recursive: true, force: true });
    seed = null;
  },
};
