import assert from 'node:assert/strict';
import { request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import type { Reachable } from '../harness/server.ts';
import type { Chatter } from './chatter.ts';
import type { Crowd, Someone } from './crowd.ts';
import { eventually } from './eventually.ts';

/** Conversations that are looked at at once. */
const AT_ONCE = 8;
/** Events of a conversation around the first difference, in a failure. */
const SHOWN = 6;
const MOST_TOLD = 20;
const CAUGHT_UP_MS = 60_000;
const NUMBERED_MS = 60_000;

export interface Kept {
  /** By conversation: the ids of its events in their order. */
  streams: Map<string, string[]>;
  events: number;
}

/** Every acknowledged command is in history exactly once, without gaps, and nothing is there that nobody sent. */
export async function keptOnce(server: Reachable, crowd: Crowd): Promise<Kept> {
  assert.deepEqual(crowd.problems, []);
  let streams = new Map<string, string[]>();
  let lost: string[] = [];
  // What was accepted last may not be numbered yet.
  await eventually(
    async () => {
      streams = await read(server, crowd);
      const there = new Set([...streams.values()].flat());
      lost = [...crowd.acknowledged].filter((id) => !there.has(id));
      return lost.length === 0;
    },
    () =>
      `${lost.length} of ${crowd.acknowledged.size} acknowledged commands to be in history: ${lost.slice(0, 5)}`,
    NUMBERED_MS,
  );
  const stored = [...streams].flatMap(([stream, ids]) =>
    ids.map((id, i) => ({ id, at: `${stream}/${i + 1}` })),
  );
  const placeOf = new Map<string, string>();
  for (const { id, at } of stored) {
    assert.ok(!placeOf.has(id), `the command ${id} made two events: ${placeOf.get(id)} and ${at}`);
    placeOf.set(id, at);
  }
  const unknown = stored.filter(({ id }) => !crowd.sent.has(id));
  assert.deepEqual(unknown, [], 'stored and never sent');
  return { streams, events: stored.length };
}

/** Every device has every event of its conversations, in the one order, without a hole. */
export async function seenByAll(crowd: Crowd, { streams }: Kept): Promise<void> {
  const wanted = [...streams].flatMap(([stream, ids]) =>
    crowd.members
      .get(stream)!
      .flatMap(({ devices }) => devices)
      .map((device) => ({ device, stream, ids })),
  );
  const behind = () => wanted.filter(({ device, stream, ids }) => device.received.count(stream) < ids.length);
  await eventually(
    () => behind().length === 0,
    () => `devices to catch up: ${told(behind())}`,
    CAUGHT_UP_MS,
  );
  for (const { device, stream, ids } of wanted) {
    const seen = device.received.ids(stream);
    const at = ids.findIndex((id, i) => seen[i] !== id);
    const where = `${device.account.device} in ${stream}`;
    assert.equal(at, -1, `${where}, around ${at + 1}: ${around(seen, at)} for ${around(ids, at)}`);
    assert.equal(seen.length, ids.length, `${where}: it got more than is in history`);
  }
  for (const { account, received } of crowd.devices) assert.deepEqual(received.problems, [], account.device);
}

/** Everything counts as delivered to everybody. */
export async function deliveredToAll(server: Reachable, crowd: Crowd, { streams }: Kept): Promise<void> {
  for (const [stream, ids] of streams) {
    const members = crowd.members.get(stream)!;
    const path = `/conversations/${stream}/receipts`;
    let told: Payload = null;
    await eventually(
      async () => {
        told = await answerTo(server, members[0]!, path);
        const delivered = new Map(told.receipts.map((r: Payload) => [r.user, r.delivered]));
        return members.every(({ account }) => delivered.get(account.user) === ids.length);
      },
      () =>
        `receipts up to ${ids.length} in ${stream} of ${members.map((m) => m.account.user)}: ${JSON.stringify(told)}`,
    );
  }
}

/** Who is there is online, and who has gone is offline with a last seen since `since` (ms since the epoch): to one who watched all the time, and to one who asks. */
export async function presenceIsTrue(
  server: Reachable,
  { watcher, here, gone, since }: { watcher: Someone; here: Someone[]; gone: Someone[]; since: number },
): Promise<void> {
  const [device] = watcher.devices;
  const wrong = (told: (user: string) => Payload) => [
    ...here.filter(({ account }) => told(account.user)?.online !== true),
    ...gone.filter(({ account }) => !offlineSince(told(account.user), since)),
  ];
  const inVain = (how: string, told: (user: string) => Payload) => () =>
    `presence, as ${how}: ${wrong(told).map(({ account }) => `${account.user}: ${JSON.stringify(told(account.user))}`)}`;
  const watched = (user: string) => device!.presence.get(user);
  await eventually(() => wrong(watched).length === 0, inVain('watched', watched));
  const answers = new Map<string, Payload>();
  const asked = (user: string) => answers.get(user);
  await eventually(
    async () => {
      for (const { account } of [...here, ...gone])
        answers.set(account.user, await answerTo(server, watcher, `/users/${account.user}/presence`));
      return wrong(asked).length === 0;
    },
    inVain('asked', asked),
  );
}

const offlineSince = (told: Payload, since: number): boolean =>
  told?.online === false && told.last_seen >= since && told.last_seen <= Date.now();

async function read(server: Reachable, { members }: Crowd): Promise<Map<string, string[]>> {
  const streams = new Map<string, string[]>();
  const left = [...members];
  const reading = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [stream, [someone]] = next;
      const events = await history(server, someone!.account, stream).catch(notYet);
      streams.set(
        stream,
        events.map((event) => event.id),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reading));
  return streams;
}

/** Two people have no conversation before their first message is numbered. */
function notYet(error: Error): Payload[] {
  if (error.message.includes('conversation_not_found')) return [];
  throw error;
}

async function answerTo(server: Reachable, { account }: Someone, path: string): Promise<Payload> {
  const response = await request(server, 'GET', path, undefined, account.accessToken);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

function told(behind: { device: Chatter; stream: string; ids: string[] }[]): string {
  const some = behind.slice(0, MOST_TOLD).map(({ device, stream, ids }) => {
    const { account, connected, lastError, received } = device;
    return `${account.device} of ${account.user} (${connected ? 'connected' : `not connected: ${lastError}`}): ${received.count(stream)} of ${ids.length} of ${stream}`;
  });
  return `${behind.length}, among them ${some.join('\n  ')}`;
}

const around = (ids: string[], at: number) =>
  ids.slice(Math.max(0, at - SHOWN / 2), at + SHOWN / 2).join(' ');
