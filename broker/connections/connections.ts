import type { Client } from 'aedes';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { Actor } from '../../services/actor.ts';
import type { InnerClient } from '../aedes-inside.ts';
import type { Claim } from '../nodes/session-claims.ts';
import { OneOrMany } from '../one-or-many.ts';

export type Transport = 'tcp' | 'tls' | 'ws';

/** One authenticated connection. Few fields: there is one for every idle device. */
export class Connection {
  readonly client: InnerClient;
  readonly actor: Actor;
  readonly transport: Transport;
  /** When its token expires, ms since the epoch. */
  readonly expiresAt: number;
  /** After CONNACK, until it is closed. */
  ready = false;
  /** Of a bot: it may do what its rights say, each time it does something. */
  readonly bot: boolean;
  /** Its user or an administrator took the device's rights away: nothing is done for it any more. */
  revoked = false;
  /** Filters of a SUBSCRIBE that is being handled: granted, and refused. */
  granting: Set<string> | null = null;
  refused: { topic: string; code: ErrorCode }[] | null = null;
  /** Its device is at this node and no other; null: not before it was admitted. */
  claim: Claim | null = null;
  /** Users whose presence it follows. */
  watching: Set<string> | null = null;

  constructor(client: InnerClient, actor: Actor, transport: Transport, expiresAt: number, bot = false) {
    this.client = client;
    this.actor = actor;
    this.transport = transport;
    this.expiresAt = expiresAt;
    this.bot = bot;
  }

  get closed(): boolean {
    return this.client.closed;
  }
}

const NONE: readonly Connection[] = [];
/** Devices of which it is remembered that they were revoked, for a CONNECT that was looked at before that. */
const MOST_FORGOTTEN = 10_000;

/** The connections of this node, by everything they are looked for by. */
export class Connections {
  readonly #byClient = new WeakMap<Client, Connection>();
  readonly #byDevice = new Map<string, Connection>();
  readonly #byUser = new OneOrMany<Connection>();

  readonly #forgotten = new Set<string>();

  /** Authenticated; not ready yet. */
  admit(connection: Connection): void {
    this.#byClient.set(connection.client, connection);
    this.#byUser.add(connection.actor.user, connection);
  }

  ready(connection: Connection): void {
    connection.ready = true;
    this.#byDevice.set(connection.actor.device, connection);
  }

  /** It can still be found by its client: for the will, which comes after. */
  remove(connection: Connection): void {
    connection.ready = false;
    const { user, device } = connection.actor;
    // Not the one that has taken over.
    if (this.#byDevice.get(device) === connection) this.#byDevice.delete(device);
    this.#byUser.delete(user, connection);
  }

  ofClient(client: object): Connection | undefined {
    return this.#byClient.get(client as Client);
  }
  ofDevice(device: string): Connection | undefined {
    return this.#byDevice.get(device);
  }
  /** Also those that are not ready yet. */
  ofUser(user: string): Iterable<Connection> {
    return this.#byUser.of(user) ?? NONE;
  }
  /** Also those that are not ready yet, and one that is being taken over. */
  *everyOfDevice(device: string): Iterable<Connection> {
    for (const connection of this.admitted()) if (connection.actor.device === device) yield connection;
  }
  /** Of the same device, whatever becomes of them. */
  *beside(connection: Connection): Iterable<Connection> {
    for (const other of this.ofUser(connection.actor.user))
      if (other !== connection && other.actor.device === connection.actor.device) yield other;
  }
  admitted(): Iterable<Connection> {
    return this.#byUser.all();
  }
  /** A device was revoked: it never comes again. */
  forget(device: string): void {
    this.#forgotten.add(device);
    if (this.#forgotten.size > MOST_FORGOTTEN) this.#forgotten.delete(this.#forgotten.values().next().value!);
  }
  isForgotten(device: string): boolean {
    return this.#forgotten.has(device);
  }
  all(): Iterable<Connection> {
    return this.#byDevice.values();
  }

  /** Devices of the user that count against the limit, beside `device`, whose old connection is taken over. */
  countBeside(user: string, device: string): number {
    let count = 0;
    for (const other of this.ofUser(user)) if (other.actor.device !== device) count++;
    return count;
  }
}
