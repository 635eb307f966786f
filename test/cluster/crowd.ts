import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { directConversation } from '../../services/conversations/direct.ts';
import { type Account, login, register, request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import type { Reachable } from '../harness/server.ts';
import { Chatter } from './chatter.ts';
import { ComingAndGoing } from './coming-and-going.ts';
import { eventually } from './eventually.ts';
import { Newcomers } from './newcomers.ts';
import { postPatiently } from './patient-http.ts';
import type { Chatting, Command, Someone } from './someone.ts';

export interface CrowdOptions {
  users: number;
  /** At most two for each user, at the beginning. */
  devices: number;
  /** Of some eight members each who stay, and others who come and go; one more has everybody. */
  groups: number;
  /** Mean milliseconds between two messages of one user, and between two changes of the members of a group. */
  everyMs: number;
}

const REGISTERED_AT_ONCE = 4;
const GROUP_SIZE = 8;
/** Of what can be sent either way: by HTTP. */
const BY_HTTP = 0.15;
/** Of the commands: to everybody, to the user's group; the others go to one of two friends. */
const TO_ALL = 0.05;
const TO_GROUP = 0.45;
/** Of the commands of somebody who made a group: a new name for it. */
const RENAMES = 0.1;
/** Devices that lose the network for a moment: one so often. */
const CUT_EVERY_MS = 2_000;

interface UnderWay {
  /** Milliseconds since the epoch. */
  since: number;
  /** Null: it went by HTTP. */
  device: Chatter | null;
}

/** Users who chat: in groups, with one another, and all together. Groups change, and users sign in on more devices. */
export class Crowd implements Chatting {
  readonly people: readonly Someone[];
  /** Who is in each conversation that somebody has written in, from its beginning to the end. */
  readonly members = new Map<string, readonly Someone[]>();
  /** In the order in which they were sent first. */
  readonly sent = new Set<string>();
  readonly acknowledged = new Set<string>();
  readonly problems: string[] = [];
  readonly comingAndGoing: ComingAndGoing;
  readonly newcomers: Newcomers;
  readonly #server: Reachable;
  readonly #options: CrowdOptions;
  readonly #groups: string[] = [];
  #everybody = '';
  #chatting = false;
  #disposed = false;
  /** Commands that wait for their acknowledgement. */
  readonly #underWay = new Map<string, UnderWay>();
  /** What came last over HTTP in place of an acceptance. */
  #lastAnswer = '';
  #lanes: Promise<unknown> = Promise.resolve();

  private constructor(server: Reachable, people: Someone[], options: CrowdOptions) {
    this.#server = server;
    this.people = people;
    this.#options = options;
    this.comingAndGoing = new ComingAndGoing(this, options.everyMs);
    this.newcomers = new Newcomers(this, server);
  }

  /** Registers them, connects their devices and makes their groups. */
  static async gathered(server: Reachable, options: CrowdOptions): Promise<Crowd> {
    const { users, devices, groups } = options;
    const people: Someone[] = [];
    const registering = async () => {
      while (people.length < users) {
        const n = people.length;
        const someone: Someone = { account: null as never, devices: [] };
        people.push(someone);
        const account = await register(server, 'somebody');
        const accounts = n < devices - users ? [account, await login(server, account)] : [account];
        Object.assign(someone, { account, devices: accounts.map((one) => new Chatter(server, one)) });
      }
    };
    await Promise.all(Array.from({ length: REGISTERED_AT_ONCE }, registering));
    const crowd = new Crowd(server, people, options);
    await eventually(() => crowd.devices.every((device) => device.connected), 'all devices to be connected');
    crowd.#everybody = await crowd.#makeGroup(people);
    for (let g = 0; g < groups; g++) {
      const of = (first: number, i: number) => people[(first + i * groups) % users]!;
      const members = new Set(Array.from({ length: GROUP_SIZE }, (_, i) => of(g, i)));
      const group = await crowd.#makeGroup([...members]);
      crowd.#groups.push(group);
      const others = Array.from({ length: GROUP_SIZE }, (_, i) => of(g + 1, i)).filter(
        (o) => !members.has(o),
      );
      crowd.comingAndGoing.open(group, people[g]!, others);
    }
    return crowd;
  }

  get devices(): Chatter[] {
    return this.people.flatMap(({ devices }) => devices);
  }

  get chatting(): boolean {
    return this.#chatting;
  }

  /** Nobody waits for anything any more. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** They chat from now on, until {@link hush}. */
  chat(): void {
    this.#chatting = true;
    this.#lanes = Promise.all([
      ...this.people.map((someone, n) => this.#lane(someone, n)),
      this.comingAndGoing.run(),
      this.newcomers.run(),
      this.#cutting(),
    ]);
  }

  /** Nobody writes anything new; resolves when everything that was written was accepted. @param limitMs without that anything is */
  async hush(limitMs: number): Promise<void> {
    this.#chatting = false;
    let over = false;
    void this.#lanes.then(() => {
      over = true;
    });
    await eventually(
      () => over,
      () => `everything that was sent to be accepted: ${this.#waiting()}`,
      { limitMs, progress: () => this.acknowledged.size },
    );
  }

  /** Sends it until it was accepted; false: it never can be, which is a problem, or nobody waits any more. */
  async does({ account, devices }: Someone, command: Command): Promise<boolean> {
    this.sent.add(command.id);
    const overHttp = routes[command.type] !== undefined && Math.random() < BY_HTTP;
    const device = devices[Math.floor(Math.random() * devices.length)]!;
    this.#underWay.set(command.id, { since: Date.now(), device: overHttp ? null : device });
    const accepted = await (overHttp ? this.#post(account, command) : device.send(command));
    if (accepted) this.acknowledged.add(command.id);
    this.#underWay.delete(command.id);
    return accepted;
  }

  #waiting(): string {
    const told = [...this.#underWay].map(([id, { since, device }]) => {
      const by =
        device === null ? `over HTTP (${this.#lastAnswer})` : `${device.account.device} (${device.state})`;
      return `${id} by ${by}, for ${Date.now() - since} ms`;
    });
    return told.length > 0 ? told.join('\n  ') : `a sign-in (${this.newcomers.lastError})`;
  }

  async dispose(): Promise<void> {
    this.#chatting = false;
    this.#disposed = true;
    await Promise.all(this.devices.map((device) => device.leave(false)));
  }

  async #makeGroup(members: readonly Someone[]): Promise<string> {
    const [owner, ...others] = members as [Someone, ...Someone[]];
    const body = { name: 'A group', members: others.map(({ account }) => account.user) };
    const response = await request(this.#server, 'POST', '/groups/create', body, owner.account.accessToken);
    assert.equal(response.status, 201, await response.clone().text());
    const { conversation } = (await response.json()) as Payload;
    this.members.set(conversation, members);
    // A group’s id is that of the command that made it.
    this.sent.add(conversation);
    return conversation;
  }

  async #lane(someone: Someone, n: number): Promise<void> {
    await pause(Math.random() * this.#options.everyMs);
    for (let count = 0; this.#chatting; count++) {
      await this.does(someone, this.#next(someone, n, count));
      await pause(this.#options.everyMs * (0.5 + Math.random()));
    }
  }

  /** What user number `n` writes. */
  #next({ account }: Someone, n: number, count: number): Command {
    const { users, groups } = this.#options;
    const id = uuidv7();
    const group = this.#groups[n % groups]!;
    const mine = n < groups;
    if (mine && Math.random() < RENAMES)
      return { id, type: 'group.update', conversation: group, name: `A group, ${count}` };
    const content = { type: 'text', text: `${count} of ${account.username}` };
    const dice = Math.random();
    if (dice < TO_ALL) return { id, type: 'message.send', to: { conversation: this.#everybody }, content };
    const member = this.members.get(group)!.some((one) => one.account === account);
    if (member && dice < TO_ALL + TO_GROUP)
      return { id, type: 'message.send', to: { conversation: group }, content };
    const friend = this.people[(n + (Math.random() < 0.5 ? 1 : 7)) % users]!;
    const direct = directConversation(account.user, friend.account.user);
    this.members.set(direct, [this.people[n]!, friend]);
    return { id, type: 'message.send', to: { user: friend.account.user }, content };
  }

  /** Resolves when it was accepted. */
  async #post({ accessToken }: Account, { type, ...fields }: Command): Promise<boolean> {
    const answer = await postPatiently(this.#server, {
      ...routes[type]!(fields),
      token: accessToken,
      givenUp: () => this.#disposed,
      onTrouble: (what) => {
        this.#lastAnswer = what;
      },
    });
    if (answer !== null && !answer.ok)
      this.problems.push(`refused for good over HTTP: ${JSON.stringify(answer.body)}`);
    return answer?.ok === true;
  }

  async #cutting(): Promise<void> {
    while (this.#chatting) {
      const { devices } = this;
      devices[Math.floor(Math.random() * devices.length)]!.cut();
      await pause(CUT_EVERY_MS);
    }
  }
}

type Fields = Omit<Command, 'type'>;
const ofGroup =
  (what: string) =>
  ({ conversation, ...body }: Fields) => ({ path: `/groups/${conversation}/${what}`, body });
/** What can be sent over HTTP too. */
const routes: Record<string, (fields: Fields) => { path: string; body: object }> = {
  'message.send': (body) => ({ path: '/messages/send', body }),
  'group.add': ofGroup('add'),
  'group.remove': ofGroup('remove'),
  'group.leave': ofGroup('leave'),
};
