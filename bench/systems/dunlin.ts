import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { Child, freePorts } from './child.ts';
import type { Credentials, Running, System, Target, World } from './system.ts';

const program = fileURLToPath(new URL('../../bin/dunlin.ts', import.meta.url));
const preload = new URL('./collect-at-signal.ts', import.meta.url).href;

/** The limits protect a server from one machine that does what the load generator does: raised, not switched off. */
const limits = [
  '--log.level=warn',
  '--tokens.accessSeconds=86400',
  '--limits.registrationsPerHourIp=0',
  '--limits.httpRequestsPerMinuteIp=0',
  '--limits.connectsPerMinuteIp=0',
  '--limits.connectsPerSecond=0',
  '--limits.commandsPerSecondDevice=1000000',
  '--limits.commandBurstDevice=1000000',
  '--limits.commandsPerSecondUser=1000000',
  '--limits.commandBurstUser=1000000',
  '--limits.keepAliveMaxSeconds=3600',
];

interface Account extends Credentials {
  accessToken: string;
}

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

async function post(url: string, body: object, token?: string): Promise<unknown> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

async function register(url: string, index: number): Promise<Account> {
  const session = (await post(`${url}/register`, {
    username: `bench-${index}`,
    password: `bench password ${index}`,
  })) as { user: { id: string }; device: { id: string }; device_token: string; access_token: string };
  return {
    user: session.user.id,
    clientId: session.device.id,
    username: session.user.id,
    password: session.device_token,
    accessToken: session.access_token,
  };
}

/** A folder with at least so many users. */
async function seeded(users: number): Promise<Seed> {
  seed ??= { folder: await mkdtemp(join(tmpdir(), 'dunlin-bench-seed-')), accounts: [] };
  if (seed.accounts.length >= users) return seed;
  const { child, url } = await serve(seed.folder);
  try {
    while (seed.accounts.length < users) {
      const first = seed.accounts.length;
      const some = Array.from({ length: Math.min(8, users - first) }, (_, i) => register(url, first + i));
      seed.accounts.push(...(await Promise.all(some)));
    }
  } finally {
    await child.stop();
  }
  return seed;
}

/** Makes the group and returns its conversation. */
async function createGroup(url: string, accounts: Account[], members: number[]): Promise<string> {
  const owner = accounts[members[0]!]!;
  const group = (await post(
    `${url}/groups/create`,
    { id: uuidv7(), name: 'bench', members: members.slice(1).map((member) => accounts[member]!.user) },
    owner.accessToken,
  )) as { conversation: string };
  return group.conversation;
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
      system: 'dunlin',
      pid: child.pid,
      port: mqtt,
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
