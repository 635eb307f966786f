import { Readable } from 'node:stream';
import RedisStore from 'aedes-persistence-redis/asyncPersistence.js';
import { isAway } from '../../../platform/probe.ts';
import { matches } from '../../open/filters.ts';
import type { ClientId } from '../broker-persistence.ts';
import type { AnyPacket } from '../packing.ts';
import type { Place } from './place.ts';

/** Levels that Redis would take for a pattern of its own. */
const GLOB = /[*?[\]\\]/;

/** Retained messages and the QoS 2 handshakes of publishers: what `aedes-persistence-redis` does well. */
export class Kept {
  readonly #place: Place;
  readonly #store: AnyPacket;
  readonly #keepMs: number;

  /** `keepMs`: milliseconds that a handshake is kept which nobody goes on with. */
  constructor(place: Place, keepMs: number) {
    this.#place = place;
    this.#keepMs = keepMs;
    this.#store = new RedisStore({ conn: prefixed(place) });
  }

  async storeRetained(packet: AnyPacket): Promise<void> {
    await this.#place.run(() => this.#store.storeRetained(packet));
  }

  /** None when Redis is away: a SUBSCRIBE does not fail for it. */
  retained(patterns: string[]): Readable {
    return Readable.from(this.#retained(patterns));
  }

  async *#retained(patterns: string[]): AsyncGenerator<AnyPacket> {
    const told = new Set<string>();
    try {
      for (const pattern of patterns) {
        const levels = pattern.split('/');
        for await (const packet of this.#matching(levels)) {
          // A scan may find one twice.
          if (told.has(packet.topic) || !matches(levels, packet.topic.split('/'))) continue;
          told.add(packet.topic);
          yield packet;
        }
      }
    } catch (error) {
      if (!isAway(error)) throw error;
    }
  }

  /** All that match, and perhaps others. */
  async *#matching(levels: string[]): AsyncGenerator<AnyPacket> {
    const wild = levels.some((level) => level === '+' || level === '#');
    const asked = wild ? levels.map((level) => (GLOB.test(level) ? '+' : level)) : levels;
    const found = this.#store.createRetainedStreamCombi([asked.join('/')])[Symbol.asyncIterator]();
    for (;;) {
      // Each step asks at most once.
      const { done, value } = await this.#place.run<IteratorResult<AnyPacket>>(() => found.next());
      if (done) return;
      yield value;
    }
  }

  async storeIncoming(client: ClientId, packet: AnyPacket): Promise<void> {
    await this.#place.run(async () => {
      await this.#store.incomingStorePacket(client, packet);
      await this.#place.client.pexpire(this.#incomingKey(client), this.#keepMs);
    });
  }
  incoming(client: ClientId, packet: AnyPacket): Promise<AnyPacket> {
    return this.#place.run(() => this.#store.incomingGetPacket(client, packet));
  }
  async deleteIncoming(client: ClientId, packet: AnyPacket): Promise<void> {
    await this.#place.run(() => this.#store.incomingDelPacket(client, packet));
  }
  async cleanIncoming(client: ClientId): Promise<void> {
    await this.#place.run(() => this.#store.cleanIncoming(client));
  }

  #incomingKey({ id }: ClientId): string {
    return `${this.#place.prefix}incoming:${encodeURIComponent(id)}`;
  }
}

/** A client whose keys begin as ours do. The store's commands have one key, which comes first. */
function prefixed({ client, prefix }: Place): object {
  return new Proxy(client, {
    get(target, name) {
      const command = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (key: string, ...rest: unknown[]) => command.call(target, prefix + key, ...rest);
    },
  });
}
