import type { Subscription } from 'aedes';
import { type Script, script } from '../../../platform/redis/script.ts';
import type { Place } from './place.ts';
import type { PlainIndex } from './plain-index.ts';

/** The options of a subscription as they are stored. */
export function optionsOf({ topic: _, ...options }: Subscription): string {
  const { qos, rh, rap, nl, subscriptionIdentifier } = options as Subscription & {
    subscriptionIdentifier?: number;
  };
  return JSON.stringify({ qos, rh, rap, nl, subscriptionIdentifier });
}

/** Of a session without subscriptions at once; of another its topics, and nothing is ended yet. */
const END = `
local topics = redis.call('HKEYS', KEYS[1])
if #topics == 0 or ARGV[1] == 'all' then redis.call('DEL', unpack(KEYS)) end
return topics
`;

/** What sessions subscribe to, of the contract and of plain MQTT: to give it back. */
export class RedisSessions {
  readonly #place: Place;
  readonly #index: PlainIndex;
  readonly #plain: (topic: string) => boolean;
  /** What goes with the subscriptions of a session when it ends. */
  readonly #others: (client: string) => string[];
  readonly #end: Script<string[]>;

  constructor(
    place: Place,
    index: PlainIndex,
    hooks: { plain(topic: string): boolean; others(client: string): string[] },
  ) {
    this.#place = place;
    this.#index = index;
    this.#plain = hooks.plain;
    this.#others = hooks.others;
    this.#end = script(place.client, 'mqttSessionEnd', END);
  }

  async of(client: string): Promise<Subscription[]> {
    const found = await this.#place.run(() => this.#place.client.hgetall(this.#key(client)));
    return Object.entries(found).map(
      ([topic, options]) => ({ topic, ...JSON.parse(options) }) as Subscription,
    );
  }

  /** `null`: the session has it no more. */
  async change(client: string, changes: Map<string, string | null>): Promise<void> {
    const key = this.#key(client);
    const { client: redis } = this.#place;
    const gone = [...changes].filter(([, options]) => options === null).map(([topic]) => topic);
    const there = [...changes].filter((change): change is [string, string] => change[1] !== null);
    // What a crash leaves half done is one that is queued for and not given back: it ends with its session.
    const plain = [...changes].filter(([topic]) => this.#plain(topic));
    if (plain.length > 0)
      await this.#index.change(
        client,
        plain,
        plain.some(([, options]) => options !== null) ? 'seen' : 'goes on',
      );
    if (there.length > 0) await this.#place.run(() => redis.hset(key, ...there.flat()));
    if (gone.length > 0) await this.#place.run(() => redis.hdel(key, ...gone));
  }

  async end(client: string): Promise<void> {
    const keys = [this.#key(client), ...this.#others(client)];
    const stored = await this.#place.run(() => this.#end(keys, ''));
    const plain = new Set([...stored.filter((topic) => this.#plain(topic)), ...this.#index.topicsOf(client)]);
    if (plain.size > 0)
      await this.#index.change(
        client,
        [...plain].map((topic) => [topic, null]),
        'ended',
      );
    if (stored.length > 0) await this.#place.run(() => this.#end(keys, 'all'));
  }

  #key(client: string): string {
    return this.#place.ofSession(client, 'subscriptions');
  }
}
