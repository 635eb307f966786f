import type { RedisConnection } from '../../platform/redis/connect.ts';
import type { Channels } from './channels.ts';
import type { NodeBus, NodeMessage } from './node-bus.ts';
import { packed, unpacked } from './node-message.ts';

/** Why a message did not come through: `away`: Redis; `full`: too much on its way; `large`; `foreign`: it is none of ours. */
export type Dropped = 'away' | 'full' | 'large' | 'foreign';

export interface RedisNodeBusParts {
  connection: Pick<RedisConnection, 'client' | 'prefix'>;
  channels: Channels;
  /** What this process is called among the others. */
  node: string;
  onDropped(why: Dropped): void;
  /** Messages on their way at most. */
  most?: number;
}

const MOST = 10_000;

/**
 * Over Redis' channels: one a followed user, one for all nodes. Nothing waits: what cannot go out now is dropped, and counted.
 */
export class RedisNodeBus implements NodeBus {
  readonly #parts: RedisNodeBusParts;
  readonly #most: number;
  readonly #listeners = new Set<(message: NodeMessage) => void>();
  readonly #users = new Set<string>();
  #underWay = 0;
  #stopped = false;

  constructor(parts: RedisNodeBusParts) {
    this.#parts = parts;
    this.#most = parts.most ?? MOST;
    parts.channels.listen(this.#all, (text) => this.#said(text));
  }

  get #all(): string {
    return `${this.#parts.connection.prefix}bus:all`;
  }

  #of(user: string): string {
    return `${this.#parts.connection.prefix}bus:user:${user}`;
  }

  toUser(user: string, message: NodeMessage): void {
    this.#send(this.#of(user), message);
  }

  toAll(message: NodeMessage): void {
    this.#send(this.#all, message);
  }

  follow(user: string): void {
    if (this.#stopped || this.#users.has(user)) return;
    this.#users.add(user);
    this.#parts.channels.listen(this.#of(user), (text) => this.#said(text));
  }

  unfollow(user: string): void {
    if (this.#users.delete(user)) this.#parts.channels.unlisten(this.#of(user));
  }

  onMessage(listener: (message: NodeMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#parts.channels.unlisten(this.#all);
    for (const user of this.#users) this.#parts.channels.unlisten(this.#of(user));
    this.#users.clear();
    this.#listeners.clear();
  }

  #send(channel: string, message: NodeMessage): void {
    const { connection, node, onDropped } = this.#parts;
    if (this.#stopped) return;
    if (connection.client.status !== 'ready') return onDropped('away');
    if (this.#underWay >= this.#most) return onDropped('full');
    const text = packed(node, message);
    if (text === null) return onDropped('large');
    this.#underWay++;
    connection.client
      .publish(channel, text)
      .catch(() => onDropped('away'))
      .finally(() => this.#underWay--);
  }

  #said(text: string): void {
    const read = unpacked(text);
    if (read === null) return this.#parts.onDropped('foreign');
    if (read.from === this.#parts.node) return;
    for (const listener of this.#listeners) listener(read.message);
  }
}
