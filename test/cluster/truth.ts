import assert from 'node:assert/strict';
import { request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import type { Reachable } from '../harness/server.ts';
import type { Chatter } from './chatter.ts';
import type { Crowd } from './crowd.ts';
import { eventually } from './eventually.ts';
import { membersAfter, shownIn } from './shown.ts';
import type { Someone } from './someone.ts';

/** Conversations that are looked at at once. */
const AT_ONCE = 8;
/** Events of a conversation around the first difference, in a failure. */
const SHOWN = 6;
const MOST_TOLD = 20;

export interface Kept {
  /** By conversation: its events in their order. */
  streams: Map<string, Payload[]>;
  events: number;
}

/** Every acknowledged command is in history exactly once, without gaps, and nothing is there that nobody sent. */
export async function keptOnce(server: Reachable, crowd: Crowd): Promise<Kept> {
  assert.deepEqual(crowd.problems, []);
  let streams = new Map<string, Payload[]>();
  let lost: string[] = [];
  let found = 0;
  // What was accepted last may not be numbered yet.
  await eventually(
    async () => {
      streams = await read(server, crowd);
      const there = new Set([...streams.values()].flatMap(idsOf));
      found = there.size;
      lost = [...crowd.acknowledged].filter((id) => !there.has(id));
      return lost.length === 0;
    },
    () =>
      `${lost.length} of ${crowd.acknowledged.size} acknowledged commands to be in history: ${lost.slice(0, 5)}; ${problemsOf(crowd)}`,
    { progress: () => found },
  );
  const stored = [...streams].flatMap(([stream, events]) =>
    events.map(({ id, seq }) => ({ id, at: `${stream}/${seq}` })),
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

/** What a device is to have of a conversation: all that its user was to see, or, having signed in later, the rest from some point on. */
interface Share {
  device: Chatter;
  stream: string;
  shown: Payload[];
  /** So many at the end of `shown` for certain: everything from the first on that was sent after the device had signed in. */
  owed: number;
}

/**
 * Every device has what it is to have, in the one order, without a hole, and nothing else. What came behind something newer, to a device
 * that connected without its cursors, was followed by all of that once more.
 */
export async function seenByAll(crowd: Crowd, kept: Kept): Promise<void> {
  const shares = sharesOf(crowd, kept);
  const behind = () =>
    shares.filter(
      ({ device: { received }, stream, owed }) => received.count(stream) < owed || received.owesAgain(stream),
    );
  await eventually(
    () => behind().length === 0,
    () => `devices to catch up: ${told(behind())}`,
    { progress: () => -behind().length },
  );
  nothingElse(crowd, kept);
}

/** No device was sent anything that its user was not to see, be it before the user was a member or after. */
export function nothingElse(crowd: Crowd, kept: Kept): void {
  for (const { device, stream, shown } of sharesOf(crowd, kept)) {
    const seen = device.received.of(stream);
    const wanted = device.sentBefore === 0 ? shown : shown.slice(Math.max(0, shown.length - seen.length));
    const [is, should] = [seen.map(placed), wanted.map(({ seq, id }) => placed([seq, id]))];
    const at = should.findIndex((one, i) => is[i] !== one);
    const where = `${device.account.device} of ${device.account.user} in ${stream}`;
    const why = () =>
      `${where}, around ${at + 1}: ${around(is, at)} for ${around(should, at)}; ${device.trace}`;
    assert.equal(at, -1, at === -1 ? '' : why());
    assert.equal(is.length, should.length, `${where}: it got what is not for it: ${is.slice(should.length)}`);
  }
  for (const { account, received } of crowd.devices) assert.deepEqual(received.problems, [], account.device);
}

/** The members of each group are those whom the accepted changes have left in it, and the changes are in history in their order. */
export async function membersAreTrue(server: Reachable, crowd: Crowd, { streams }: Kept): Promise<void> {
  for (const [group, changes] of crowd.comingAndGoing.changes) {
    const events = streams.get(group)!;
    const stored = events
      .filter(({ type }) => type === 'members.added' || type === 'members.removed')
      .map(({ id, type, members, users }) => ({
        id,
        type,
        users: users ?? members.map((m: Payload) => m.user),
      }));
    const made = changes.map(({ id, what, user }) => ({
      id,
      type: what === 'add' ? 'members.added' : 'members.removed',
      users: [user],
    }));
    assert.deepEqual(stored, made, `changes of ${group}`);
    const [owner] = crowd.members.get(group)!;
    const { members } = await answerTo(server, owner!, `/conversations/${group}/members?limit=100`);
    const expected = [...membersAfter(events)].sort();
    assert.deepEqual(members.map((m: Payload) => m.user).sort(), expected, `members of ${group}`);
  }
}

/** Every device that signed in is known, and none that nobody asked for. */
export async function devicesAreTrue(server: Reachable, crowd: Crowd): Promise<void> {
  for (const someone of crowd.people) {
    const { user } = someone.account;
    const known = ((await answerTo(server, someone, '/devices')).devices as Payload[]).map((d) => d.device);
    const signedIn = someone.devices.map(({ account }) => account.device);
    assert.deepEqual(
      signedIn.filter((device) => !known.includes(device)),
      [],
      `devices of ${user} that are not known`,
    );
    const more = known.length - signedIn.length;
    assert.ok(more <= (crowd.newcomers.unanswered.get(user) ?? 0), `${user} has ${more} devices too many`);
  }
}

/** Everything counts as delivered to everybody. */
export async function deliveredToAll(server: Reachable, crowd: Crowd, { streams }: Kept): Promise<void> {
  for (const [stream, { length }] of streams) {
    const members = crowd.members.get(stream)!;
    const path = `/conversations/${stream}/receipts`;
    let told: Payload = null;
    await eventually(
      async () => {
        told = await answerTo(server, members[0]!, path);
        const delivered = new Map(told.receipts.map((r: Payload) => [r.user, r.delivered]));
        return members.every(({ account }) => delivered.get(account.user) === length);
      },
      () =>
        `receipts up to ${length} in ${stream} of ${members.map((m) => m.account.user)}: ${JSON.stringify(told)}`,
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

async function read(server: Reachable, { members }: Crowd): Promise<Map<string, Payload[]>> {
  const streams = new Map<string, Payload[]>();
  const left = [...members];
  const reading = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [stream, [someone]] = next;
      streams.set(stream, await history(server, someone!.account, stream).catch(notYet));
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

function sharesOf(crowd: Crowd, { streams }: Kept): Share[] {
  const order = new Map([...crowd.sent].map((id, i) => [id, i]));
  return [...streams].flatMap(([stream, events]) => {
    const shownTo = shownIn(events, stream, crowd);
    return crowd.devices.map((device) => {
      const shown = shownTo.get(device.account.user) ?? [];
      const first = shown.findIndex(({ id }) => order.get(id)! >= device.sentBefore);
      return { device, stream, shown, owed: first === -1 ? 0 : shown.length - first };
    });
  });
}

function told(behind: Share[]): string {
  const some = behind.slice(0, MOST_TOLD).map(({ device: { account, received, state }, stream, owed }) => {
    const has = `${received.count(stream)} of ${owed} of ${stream}`;
    return `${account.device} of ${account.user} (${state}): ${has}`;
  });
  return `${behind.length}, among them ${some.join('\n  ')}`;
}

/** What was refused after it was accepted, say. */
function problemsOf(crowd: Crowd): string {
  const all = crowd.devices.flatMap(({ received }) => received.problems);
  return all.length === 0
    ? 'no device has a problem'
    : `problems of devices: ${all.slice(0, MOST_TOLD).join('\n  ')}`;
}

const idsOf = (events: Payload[]): string[] => events.map(({ id }) => id);
const placed = ([seq, id]: [number, string]) => `${seq}:${id}`;
const around = (all: string[], at: number) =>
  all.slice(Math.max(0, at - SHOWN / 2), at + SHOWN / 2).join(' ');
