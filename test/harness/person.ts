import assert from 'node:assert/strict';
import { uuidv7 } from 'uuidv7';
import { type CommandType, isQuery } from '../../protocol/commands.ts';
import { commandRoutes, type Route } from '../../protocol/http.ts';
import { type Account, login, register, request } from './account.ts';
import { checkAnswer, checkPayload } from './contract.ts';
import { Device, type Payload } from './device.ts';
import type { Reachable } from './server.ts';

/** By what a command goes in. What comes out is looked at over MQTT. */
export type Way = 'mqtt' | 'http';
export const ways = ['mqtt', 'http'] as const;

/** Somebody who acts by one of the two ways, and always listens over MQTT. */
export class Person {
  readonly server: Reachable;
  readonly device: Device;
  readonly way: Way;

  private constructor(server: Reachable, device: Device, way: Way) {
    this.server = server;
    this.device = device;
    this.way = way;
  }

  static async registered(server: Reachable, way: Way, name: string): Promise<Person> {
    return Person.on(server, way, await register(server, name));
  }

  static async on(server: Reachable, way: Way, account: Account): Promise<Person> {
    return new Person(server, await Device.connect(server.mqtt, account), way);
  }

  /** The same user on a device more. */
  async another(): Promise<Person> {
    return Person.on(this.server, this.way, await login(this.server, this.device.account));
  }

  get user(): string {
    return this.device.account.user;
  }

  /** Does it, and returns the event that it made, or the answer to a question. */
  async does(type: CommandType, fields: object = {}, id = uuidv7()): Promise<Payload> {
    const answer = await this.#ask(type, fields, id);
    assert.notEqual(answer?.type, 'refused', `${type} ${JSON.stringify(fields)}: ${JSON.stringify(answer)}`);
    checkAnswer(type, answer);
    return answer;
  }

  /** Tries it, and returns the code it is refused with. */
  async isRefused(type: CommandType, fields: object = {}, id = uuidv7()): Promise<string> {
    const answer = await this.#ask(type, fields, id);
    assert.equal(answer?.type, 'refused', `${type} was done: ${JSON.stringify(answer)}`);
    return answer.error.code;
  }

  says(to: { user: string } | { conversation: string }, text: string, more: object = {}): Promise<Payload> {
    return this.does('message.send', { to, content: { type: 'text', text }, ...more });
  }

  /** A page of a conversation, or all of a short one. */
  async reads(conversation: string, at: object = {}): Promise<Payload[]> {
    return (await this.does('messages.list', { conversation, limit: 200, ...at })).events;
  }

  /** The first payload on the user's inbox that fits; what came before it counts too. */
  hears(fits: (payload: Payload) => boolean, what: string): Promise<Payload> {
    return this.device.until(() => this.device.inbox.find(fits), what);
  }

  /** Nothing of its kind has come, as of everything that was sent before: a message to oneself is the mark. */
  async hasNotHeard(fits: (payload: Payload) => boolean, what: string): Promise<void> {
    const mark = await this.device.text({ user: this.user }, 'mark');
    await this.device.until(() => this.device.answerTo(mark), 'the mark');
    assert.equal(this.device.inbox.find(fits), undefined, what);
  }

  drop(): void {
    this.device.drop();
  }

  /** Everything that came on the inboxes is as the published contract says. */
  keptToTheContract(): void {
    for (const payload of [...this.device.inbox, ...this.device.own]) checkPayload(payload);
  }

  async #ask(type: CommandType, fields: object, id: string): Promise<Payload> {
    if (this.way === 'http') return overHttp(this.server, this.device.account, type, fields, id);
    if (type === 'receipt.read') {
      // Only a refusal is answered: wait for the answer to a question that was asked after it.
      await this.device.send(type, fields, id);
      await this.device.ask('privacy.get');
      return this.device.own.find((p) => p.command === id) ?? null;
    }
    const answer = await this.device.ask(type, fields, id);
    return answer.type === 'result' ? answer.result : answer;
  }
}

/** The command by its route of the HTTP contract. A refusal comes back in the form that it has over MQTT. */
export async function overHttp(
  server: Reachable,
  account: Account,
  type: CommandType,
  fields: object,
  id: string,
): Promise<Payload> {
  const rest = new Map(Object.entries(fields));
  let wanted: string = type;
  if (type === 'message.hide') {
    wanted = 'message.delete';
    rest.set('for', 'me');
  }
  const route = Object.values<Route>(commandRoutes).find(
    ({ command }) =>
      command?.type === wanted && Object.keys(command.fixed).length === 0 && command.own === null,
  );
  if (route === undefined) throw new Error(`no route for ${type}`);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return String(value);
  });
  if (!isQuery(type) && type !== 'receipt.read') rest.set('id', id);
  const query =
    route.body === null && rest.size > 0
      ? `?${new URLSearchParams([...rest].map(([k, v]) => [k, String(v)]))}`
      : '';
  const body = route.body === null ? undefined : Object.fromEntries(rest);
  const response = await request(server, route.method, path + query, body, account.accessToken);
  if (response.status === 204) return null;
  const value: Payload = await response.json();
  if (!response.ok) return { type: 'refused', command: id, error: value };
  assert.equal(response.status, route.status, `${route.method} ${route.path}`);
  return type === 'group.create' ? value.event : value;
}
