import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { within } from '../../platform/within.ts';
import { Id } from '../../protocol/ids.ts';
import type { Channels } from './channels.ts';

const Count = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const NodeName = Type.String({ pattern: '^[0-9a-f]{24}$' });
const Close = Type.Object(
  { close: Id, number: Count, from: NodeName, ask: Count },
  { additionalProperties: false },
);
const Closed = Type.Object({ closed: Count }, { additionalProperties: false });
const close = Compile(Close);
const closed = Compile(Closed);

const MOST_LENGTH = 500;
const MOST_ASKING = 10_000;

export interface ClaimMailParts {
  connection: Pick<RedisConnection, 'client' | 'cluster' | 'prefix'>;
  channels: Channels;
  node: string;
  /** Another node has the device now: resolves when the connection of this number is closed, and what is known of it is written. */
  close(device: string, number: number): Promise<void>;
  /** It hears again, after what was said meanwhile has been missed. */
  onHearing(): void;
}

/** What nodes say to one another about a device that has moved. Nothing of it is kept; nobody depends on an answer. */
export class ClaimMail {
  readonly #parts: ClaimMailParts;
  readonly #asking = new Map<number, () => void>();
  #asked = 0;

  constructor(parts: ClaimMailParts) {
    this.#parts = parts;
    parts.channels.listen(this.#of(parts.node), (text) => this.#said(text), parts.onHearing);
  }

  /** Has a node close what it has of a device; waits `ms` milliseconds at most until it has. */
  async close(node: string, device: string, number: number, ms: number): Promise<void> {
    if (this.#asking.size >= MOST_ASKING) return;
    const ask = ++this.#asked;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asking.set(ask, resolve);
    void this.#say(node, { close: device, number, from: this.#parts.node, ask }).then((heard) => {
      if (!heard) resolve();
    });
    await within(promise, ms);
    this.#asking.delete(ask);
  }

  stop(): void {
    this.#parts.channels.unlisten(this.#of(this.#parts.node));
    for (const resolve of this.#asking.values()) resolve();
    this.#asking.clear();
  }

  #of(node: string): string {
    return `${this.#parts.connection.prefix}claims:${node}`;
  }

  /** False: nobody hears it. In a Cluster only those are counted who listen at the same of its nodes. */
  async #say(node: string, what: Static<typeof Close> | Static<typeof Closed>): Promise<boolean> {
    const { client, cluster } = this.#parts.connection;
    if (client.status !== 'ready') return false;
    try {
      return (await client.publish(this.#of(node), JSON.stringify(what))) > 0 || cluster;
    } catch {
      return false;
    }
  }

  #said(text: string): void {
    if (text.length > MOST_LENGTH) return;
    let what: unknown;
    try {
      what = JSON.parse(text);
    } catch {
      return;
    }
    if (closed.Check(what)) this.#asking.get(what.closed)?.();
    else if (close.Check(what)) {
      const { from, ask } = what;
      void this.#parts.close(what.close, what.number).then(() => this.#say(from, { closed: ask }));
    }
  }
}
