/**
 * Push, on the real program: one message to a group of 10,000 members who are away, until a vendor has them all; and what push costs where everybody is
 * connected. `node bench/push.ts [members]` prints, with `--write` it writes bench/RESULTS.push.md.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createLogger } from '../platform/logging.ts';
import { openDirectory } from '../services/directory/open.ts';
import { KeptBatch } from '../services/messages/kept-places.ts';
import { createGrace } from '../services/push/grace.ts';
import { createNoticing } from '../services/push/noticing.ts';
import { createReach } from '../services/push/reach.ts';
import { samplePerson } from '../services/push/store.samples.ts';
import { type Account, post, register, request } from '../test/harness/account.ts';
import { Device } from '../test/harness/device.ts';
import { Server } from '../test/harness/server.ts';
import { machine } from './machine.ts';
import { cpuMicros, residentBytes } from './proc.ts';

const members = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 10_000);
const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
/** The vendor answers after this, milliseconds. */
const VENDOR_MS = 20;
const CONNECTED = 20;
const MESSAGES = 2_000;
const WINDOW = 100;
const ROUNDS = 5;

/** A vendor that counts what it takes, in this process: the server has its own. */
async function vendor() {
  const counts = new Map<string, number>();
  let reached = Promise.withResolvers<void>();
  let wanted = Number.POSITIVE_INFINITY;
  const server = createServer((incoming, outgoing) => {
    const id = String(incoming.headers['webhook-id']);
    incoming.resume();
    incoming.on('end', () => {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (counts.size >= wanted) reached.resolve();
      setTimeout(() => outgoing.writeHead(204).end(), VENDOR_MS);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    counts,
    async until(count: number): Promise<void> {
      wanted = count;
      if (counts.size < count) await reached.promise;
      reached = Promise.withResolvers();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const flags = (port: number, more: string[] = []) => [
  '--outbound.allowPrivate=127.0.0.1',
  `--outbound.ports=[${port}]`,
  '--limits.commandsPerSecondUser=0',
  '--limits.commandsPerSecondDevice=0',
  '--limits.httpRequestsPerMinuteIp=0',
  '--limits.registrationsPerHourIp=0',
  '--push.perSecondPerProvider=0',
  ...more,
];
const target = (port: number) => ({
  ...{ kind: 'webhook', endpoint: `http://127.0.0.1:${port}/told`, secret: SECRET },
});

async function groupOf(server: Server, owner: Account, users: string[]): Promise<string> {
  const made = await post(server, '/groups/create', { name: 'Bench', members: users }, owner.accessToken);
  return ((await made.json()) as { conversation: string }).conversation;
}

/** The crowd straight into the directory of a server that stands still: registering them would take the time of their passwords. */
async function fill(server: Server, group: string, port: number): Promise<void> {
  const directory = await openDirectory(join(server.folder, 'data/directory.db'));
  const users: string[] = [];
  for (let i = 0; i < members; i++) {
    const [user, device] = [randomUUID(), randomUUID()];
    users.push(user);
    await directory.accounts.createUser(samplePerson(user), 'x', null);
    const named = { id: device, user, name: null, createdAt: 1, lastSeen: null, revokedAt: null };
    await directory.accounts.addDevice(named, 10);
    const routes = [{ id: randomUUID(), target: target(port) as never, registeredAt: 1 }];
    await directory.push.putRoutes({ device, user, routes, key: null }, new Map());
  }
  const added = users.map((user) => ({ user, role: 'member' as const }));
  await directory.conversations.add(group, added, 1, 1);
  await directory.close();
}

async function bigGroup(): Promise<string[]> {
  const fake = await vendor();
  const server = await Server.started({ flags: flags(fake.port) });
  try {
    const owner = await register(server, 'owner');
    const group = await groupOf(server, owner, []);
    await server.stop();
    await fill(server, group, fake.port);
    await server.start();
    const before = residentBytes(server.pid);
    let most = before;
    const watching = setInterval(() => {
      most = Math.max(most, residentBytes(server.pid));
    }, 50);
    const begun = performance.now();
    const body = { to: { conversation: group }, content: { type: 'text', text: 'to all of you' } };
    const answer = await post(server, '/messages/send', body, owner.accessToken);
    if (answer.status !== 201) throw new Error(await answer.text());
    const accepted = performance.now() - begun;
    await fake.until(1);
    const first = performance.now() - begun;
    await fake.until(members);
    const all = performance.now() - begun;
    clearInterval(watching);
    const twice = [...fake.counts.values()].filter((count) => count > 1).length;
    const mib = (bytes: number) => (bytes / 1024 ** 2).toFixed(0);
    return [
      '| members away | accepted ms | first told ms | all told s | notifications/s | told twice | memory before MiB | at most MiB |',
      '|---:|---:|---:|---:|---:|---:|---:|---:|',
      `| ${members} | ${accepted.toFixed(0)} | ${first.toFixed(0)} | ${(all / 1_000).toFixed(1)} | ${((members * 1_000) / all).toFixed(0)} | ${twice} | ${mib(before)} | ${mib(most)} |`,
    ];
  } finally {
    await server.dispose();
    fake.close();
  }
}

/** Messages of one member to a group of which everybody is connected, and has a route: per second, and processor time of each. */
async function everybodyThere(enabled: boolean): Promise<{ rate: number; micros: number }> {
  const fake = await vendor();
  const server = await Server.started({ flags: flags(fake.port) });
  const devices: Device[] = [];
  try {
    const accounts: Account[] = [];
    for (let i = 0; i < CONNECTED; i++) accounts.push(await register(server, 'member'));
    for (const { device, accessToken } of accounts)
      await request(server, 'PUT', `/devices/${device}/push`, { routes: [target(fake.port)] }, accessToken);
    const [sender, ...others] = accounts as [Account, ...Account[]];
    await server.stop();
    const measured = await Server.started({
      folder: server.folder,
      flags: flags(fake.port, [`--push.enabled=${enabled}`]),
    });
    try {
      for (const account of accounts) devices.push(await Device.connect(measured.mqtt, account));
      const group = await groupOf(
        measured,
        sender,
        others.map(({ user }) => user),
      );
      const last = devices.at(-1)!;
      const send = async (count: number) => {
        let left = count;
        await Promise.all(
          Array.from({ length: WINDOW }, async () => {
            while (left-- > 0) await devices[0]!.text({ conversation: group }, 'x'.repeat(100));
          }),
        );
      };
      await send(500);
      await last.until(() => last.texts.length >= 500, 'the warm-up', 60_000);
      const cpu = cpuMicros(measured.pid);
      const begun = performance.now();
      await send(MESSAGES);
      await last.until(() => last.inbox.length >= MESSAGES + 500, 'all', 120_000);
      const took = performance.now() - begun;
      return { rate: (MESSAGES * 1_000) / took, micros: (cpuMicros(measured.pid) - cpu) / MESSAGES };
    } finally {
      for (const device of devices) await device.close().catch(() => {});
      await measured.dispose();
    }
  } finally {
    await server.dispose();
    fake.close();
  }
}

async function fastPath(): Promise<string[]> {
  const runs: Record<'on' | 'off', { rate: number; micros: number }[]> = { on: [], off: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const one of round % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const))
      runs[one].push(await everybodyThere(one === 'on'));
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
  const row = (name: string, all: { rate: number; micros: number }[]) => {
    const micros = all.map((one) => one.micros);
    return `| ${name} | ${median(all.map(({ rate }) => rate)).toFixed(0)} | ${median(micros).toFixed(0)} | ${Math.min(...micros).toFixed(0)} to ${Math.max(...micros).toFixed(0)} |`;
  };
  return [
    '| push | messages/s | CPU µs/message | of the runs |',
    '|---|---:|---:|---:|',
    row('off', runs.off),
    row('on', runs.on),
  ];
}

/** What the consumer does with an event when everybody is connected and can be reached, alone: microseconds of each. */
async function looked(): Promise<string[]> {
  const rows: string[] = [];
  for (const count of [2, 100, 10_000]) {
    const users = Array.from({ length: count }, () => randomUUID());
    const online = new Set<string>(users);
    const clock = { now: () => Date.now() };
    const conversation = randomUUID();
    const known = {
      conversation: { kind: 'group' },
      members: new Map(users.map((user) => [user, 'member'])),
    };
    const nothing = () => Promise.reject(new Error('nothing is to be read or written'));
    const store = { noteEvents: nothing };
    const reach = createReach({
      store: { reachable: async (asked) => new Set(asked), hasRoutes: async () => true },
      ...{ clock, shared: false },
    });
    const noticing = createNoticing({
      store,
      cache: { get: () => known as never },
      connected: { among: (asked) => new Set(asked.filter((user) => online.has(user))) },
      reach,
      // Its time is never over here.
      grace: createGrace({
        ...{ store, reach, clock, graceMs: 30_000, logger: createLogger('silent'), onNoted: () => {} },
        conversations: { membersAtPage: nothing },
        cursors: { receiptsOf: nothing },
      }),
      clock,
      onNoted: () => {},
    });
    const sender = { user: users[0]!, device: null };
    const event = {
      ...{ stream: conversation, seq: 0, type: 'message', sender, id: '', time: 0 },
      body: '{}',
      expires: null,
    };
    const events = Math.ceil(2_000_000 / (count + 100));
    // As Kafka and Redis have it: every one is kept, and let go by the next.
    const see = () => noticing.handle([{ ...event, seq: ++seq }], new KeptBatch(() => {}));
    let seq = 0;
    for (let i = 0; i < 100; i++) await see();
    const before = process.cpuUsage();
    for (let i = 0; i < events; i++) await see();
    const { user, system } = process.cpuUsage(before);
    rows.push(`| ${count} | ${((user + system) / events).toFixed(1)} |`);
  }
  return ['| members | CPU µs/message |', '|---:|---:|', ...rows];
}

const page = [
  '# Benchmark results, push',
  '',
  'Written by `node bench/push.ts --write`: the real program in one process with SQLite, the vendor and the load in a process of their own on the same machine.',
  '',
  '| machine | |',
  '|---|---|',
  ...machine().map(([name, value]) => `| ${name} | ${value} |`),
  '',
  '## A group that is away',
  '',
  `One message to a group whose members are not connected, each with one device and a route to a vendor that answers after ${VENDOR_MS} ms; 32 attempts at once (\`push.atOncePerProvider\`), with badges. From when it was sent until the vendor had been asked for the last.`,
  '',
  ...(await bigGroup()),
  '',
  '## Everybody there',
  '',
  `${CONNECTED} members, all connected, all with a route; ${MESSAGES} messages of one of them, ${WINDOW} at once, until the last member has the last. Medians of ${ROUNDS} runs, taking turns.`,
  '',
  ...(await fastPath()),
  '',
  'What looking at an event costs by itself, in one process, everybody connected and everybody with a route; nothing is read or written.',
  '',
  ...(await looked()),
  '',
].join('\n');
process.stdout.write(page);
if (process.argv.includes('--write')) writeFileSync(new URL('RESULTS.push.md', import.meta.url), page);
