import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, login, register, request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { Person, type Way } from '../harness/person.ts';
import type { Reachable } from '../harness/server.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';

/**
 * A cluster for the tests of one `describe`, which calls this in its body, and people on it, each at the node that a test says: the broker
 * and the gateway of that number. At the end they leave, and everything that they were sent is held against the published contract.
 */
export function inhabited(options: ClusterOptions = {}) {
  const people: Person[] = [];
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.started(options);
  });
  after(async () => {
    for (const person of people) person.drop();
    await cluster?.dispose();
    for (const person of people) person.keptToTheContract();
  });
  const at = (node: number): Reachable => {
    const { mqtt, ws } = cluster.brokers[node % cluster.brokers.length]!;
    return { mqtt, ws, http: cluster.gateways[node % cluster.gateways.length]!.http };
  };
  const kept = (person: Person): Person => {
    people.push(person);
    return person;
  };
  return {
    get cluster(): Cluster {
      return cluster;
    },
    at,
    kept,
    /** Somebody new, connected at this node; signed up at the one after it. */
    async meet(node: number, name: string, way: Way = 'mqtt'): Promise<Person> {
      return kept(await Person.on(at(node), way, await register(at(node + 1), name)));
    },
    /** A device more of the user, at this node. */
    async again(person: Person, node: number, way: Way = person.way): Promise<Person> {
      return kept(await Person.on(at(node), way, await login(at(node), person.device.account)));
    },
    /** The same device, connected at this node. */
    async moves(person: Person, node: number, way: Way = person.way): Promise<Person> {
      return kept(await Person.on(at(node), way, person.device.account));
    },
  };
}

/** Resolves with the first value that is not null, false or undefined; what `check` throws is looked past until the time is over. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  what: string,
  timeoutMs = 10_000,
): Promise<NonNullable<Exclude<T, false>>> {
  let error: unknown;
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await pause(50)) {
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false)
        return value as NonNullable<Exclude<T, false>>;
      error = undefined;
    } catch (caught) {
      error = caught;
    }
  }
  throw new Error(`waited in vain: ${what}`, { cause: error });
}

/** What a GET is answered with. */
export async function get(server: Reachable, path: string, who: Account): Promise<Payload> {
  const response = await request(server, 'GET', path, undefined, who.accessToken);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

/** The code with which a GET is refused; null: it is not. */
export async function refusedGet(server: Reachable, path: string, who: Account): Promise<string | null> {
  const response = await request(server, 'GET', path, undefined, who.accessToken);
  const body = (await response.json()) as Payload;
  return response.ok ? null : body.code;
}

/** Resolves when the connection has been closed, also when it has been already. */
export function closed(person: Person): Promise<unknown> {
  const { client } = person.device;
  return person.device.until(() => !client.connected, 'the end of the connection');
}

/** The numbers of the events of a conversation, in the order in which they came to the inbox. */
export function numbers(person: Person, conversation: string): number[] {
  return person.device.inbox
    .filter((p) => p.conversation === conversation && p.seq !== undefined)
    .map((p) => p.seq);
}
