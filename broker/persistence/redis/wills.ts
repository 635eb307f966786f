import { isAway } from '../../../platform/probe.ts';
import { type Script, script } from '../../../platform/redis/script.ts';
import type { AnyPacket } from '../packing.ts';
import { packetOf, packetText } from './packet-text.ts';
import type { Place } from './place.ts';

const DELETE = `
local broker = redis.call('HGET', KEYS[1], 'broker')
if not broker or (ARGV[1] ~= '' and ARGV[1] ~= broker) then return {} end
local packet = redis.call('HGET', KEYS[1], 'packet')
redis.call('DEL', KEYS[1])
return { broker, packet }
`;
/** Nobody else publishes a will that a node has taken on itself, milliseconds; after that another does if it still is there. */
const CLAIM_MS = 10 * 60 * 1_000;
const PAGE = 100;

/** Wills, by session, with the node to which it is connected; and for each node the sessions that have left one with it. */
export class RedisWills {
  readonly #place: Place;
  readonly #brokers: string;
  readonly #delete: Script<string[]>;

  constructor(place: Place) {
    this.#place = place;
    this.#brokers = place.ofAll('wills');
    this.#delete = script(place.client, 'mqttWillDelete', DELETE);
  }

  async put(client: string, broker: string, packet: AnyPacket): Promise<void> {
    const { client: redis } = this.#place;
    // Found first, stored then: one that is found and not there is nothing.
    await this.#place.run(() => redis.sadd(this.#brokers, broker));
    await this.#place.run(() => redis.sadd(this.#ofBroker(broker), client));
    await this.#place.run(() => redis.hset(this.#key(client), { broker, packet: packetText(packet) }));
  }

  async get(client: string): Promise<AnyPacket> {
    const text = await this.#place.run(() => this.#place.client.hget(this.#key(client), 'packet'));
    return text === null ? undefined : packetOf(text);
  }

  /** `broker`: only one that was left with that node. */
  async delete(client: string, broker?: string): Promise<AnyPacket> {
    const [left, text] = await this.#place.run(() => this.#delete([this.#key(client)], broker ?? ''));
    if (left === undefined) return undefined;
    await this.#place.run(() => this.#place.client.srem(this.#ofBroker(left), client));
    return packetOf(text!);
  }

  /**
   * Those of other nodes than these; each is given to one node, which is to publish and delete it. Ends when Redis is away: there is another
   * time.
   */
  async *beside(alive: Record<string, unknown>, me: string): AsyncGenerator<AnyPacket> {
    const { client: redis } = this.#place;
    try {
      for (const broker of await this.#place.run(() => redis.smembers(this.#brokers))) {
        if (alive[broker] !== undefined) continue;
        yield* this.#of(broker, me);
        // Nobody leaves anything there any more.
        if ((await this.#place.run(() => redis.scard(this.#ofBroker(broker)))) === 0 && broker !== me)
          await this.#place.run(() => redis.srem(this.#brokers, broker));
      }
    } catch (error) {
      if (!isAway(error)) throw error;
    }
  }

  async *#of(broker: string, me: string): AsyncGenerator<AnyPacket> {
    const { client: redis } = this.#place;
    const clients = this.#ofBroker(broker);
    let cursor = '0';
    do {
      const [next, page] = await this.#place.run(() => redis.sscan(clients, cursor, 'COUNT', PAGE));
      for (const client of page) {
        const will = await this.#place.run(() => redis.hgetall(this.#key(client)));
        // Its session has gone on with another node.
        if (will.broker !== broker) await this.#place.run(() => redis.srem(clients, client));
        else if (await this.#claim(client, broker, me)) yield packetOf(will.packet!);
      }
      cursor = next;
    } while (cursor !== '0');
  }

  async #claim(client: string, broker: string, me: string): Promise<boolean> {
    const key = this.#place.ofSession(client, `will-of:${broker}`);
    const claimed = await this.#place.run(() => this.#place.client.set(key, me, 'PX', CLAIM_MS, 'NX'));
    return claimed === 'OK';
  }

  #key(client: string): string {
    return this.#place.ofSession(client, 'will');
  }
  #ofBroker(broker: string): string {
    return this.#place.ofAll(`wills-of:${broker}`);
  }
}
