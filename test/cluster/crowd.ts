import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { directConversation } from '../../services/conversations/direct.ts';
import { type Account, login, register, request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import type { Reachable } from '../harness/server.ts';
import { Chatter } from './chatter.ts';
import { eventually } from './eventually.ts';

export interface CrowdOptions {
  users: number;
  /** At most two for each user. */
  devices: number;
  /** Of some eight members each; one more has everybody. */
  groups: number;
  /** Mean milliseconds between two messages of one user. */
  everyMs: number;
}

type Command = { id: string; type: string } & Record<string, unknown>;

const REGISTERED_AT_ONCE = 4;
const GROUP_SIZE = 8;
/** Of the commands: by HTTP, to everybody, to the user's group; the others go to one of two friends. */
const BY_HTTP = 0.15;
const TO_ALL = 0.05;
const TO_GROUP = 0.45;
/** Of the commands of somebody who made a group: a new name for it. */
const RENAMES = 0.1;
const HTTP_MS = 15_000;
const RETRY_MS = 500;
/** Devices that lose the network for a moment: one so often. */
const CUT_EVERY_MS = 2_000;

/** One user with devices. */
export interface Someone {
  readonly account: Account;
  readonly devices: Chatter[];
}

/** Users who chat: in groups, with one another, and all together. */
export class Crowd {
  readonly people: readonly Someone[];
  /** Who is in each conversation that somebody has written in. */
  readonly members = new Map<string, readonly Someone[]>();
  readonly sent = new Set<string>();
  readonly acknowledged = new Set<string>();
  readonly problems: string[] = [];
  readonly #server: Reachable;
  readonly #options: CrowdOptions;
  readonly #groups: string[] = [];
  #everybody = '';
  #chatting = false;
  #disposed = false;
  /** Commands that wait for their acknowledgement, and the device that sent each; null: by HTTP. */
  readonly #underWay = new Map<string, Chatter | null>();
  /** What came last over HTTP in place of an acceptance. */
  #lastAnswer = '';
  #lanes: Promise<unknown> = Promise.resolve();

  private constructor(server: Reachable, people: Someone[], options: CrowdOptions) {
    this.#server = server;
    this.people = people;
    this.#options = options;
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
      const members = Array.from({ length: GROUP_SIZE }, (_, i) => people[(g + i * groups) % users]!);
      crowd.#groups.push(await crowd.#makeGroup([...new Set(members)]));
    }
    return crowd;
  }

  get devices(): Chatter[] {
    return this.people.flatMap(({ devices }) => devices);
  }

  /** They chat from now on, until {@link hush}. */
  chat(): void {
    this.#chatting = true;
    this.#lanes = Promise.all([...this.people.map((someone, n) => this.#lane(someone, n)), this.#cutting()]);
  }

  /** Nobody writes anything new; resolves when everything that was written was accepted. */
  async hush(limitMs: number): Promise<void> {
    this.#chatting = false;
    let over = false;
    void this.#lanes.then(() => {
      over = true;
    });
    await eventually(
      () => over,
      () => `everything that was sent to be accepted: ${this.#waiting()}`,
      limitMs,
    );
  }

  #waiting(): string {
    return [...this.#underWay]
      .map(([id, device]) => {
        if (device === null) return `${id} over HTTP (${this.#lastAnswer})`;
        const { account, connected, lastError } = device;
        return `${id} of ${account.device} (${connected ? 'connected' : `not connected: ${lastError}`})`;
      })
      .join(', ');
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
      await this.#say(someone, this.#next(someone, n, count));
      await pause(this.#options.everyMs * (0.5 + Math.random()));
    }
  }

  async #say({ account, devices }: Someone, command: Command): Promise<void> {
    this.sent.add(command.id);
    const overHttp = command.type === 'message.send' && Math.random() < BY_HTTP;
    const device = devices[Math.floor(Math.random() * devices.length)]!;
    this.#underWay.set(command.id, overHttp ? null : device);
    if (await (overHttp ? this.#post(account, command) : device.send(command)))
      this.acknowledged.add(command.id);
    this.#underWay.delete(command.id);
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

  /** Resolves when it was accepted; the same id again as long as nobody answers. */
  async #post(account: Account, { type: _, ...body }: Command): Promise<boolean> {
    while (!this.#disposed) {
      try {
        const response = await fetch(`${this.#server.http}/messages/send`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${account.accessToken}` },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(HTTP_MS),
        });
        const answer: Payload = await response.json();
        if (response.ok) return true;
        this.#lastAnswer = JSON.stringify(answer);
        if (!answer.retry) {
          this.problems.push(`refused for good over HTTP: ${JSON.stringify(answer)}`);
          return false;
        }
      } catch (error) {
        // The gateway has gone, or says nothing.
        this.#lastAnswer = String(error);
      }
      await pause(RETRY_MS);
    }
    return false;
  }

  async #cutting(): Promise<void> {
    while (this.#chatting) {
      const { devices } = this;
      devices[Math.floor(Math.random() * devices.length)]!.cut();
      await pause(CUT_EVERY_MS);
    }
  }
}
