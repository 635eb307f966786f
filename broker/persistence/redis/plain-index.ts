import type { Readable } from 'node:stream';
import type { Subscription } from 'aedes';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import { type Script, script } from '../../../platform/redis/script.ts';
import type { AnyPacket } from '../packing.ts';
import type { Place } from './place.ts';

/** Changes that are kept for nodes that have not read them yet; who is behind further reads everything. */
const MOST_CHANGES = 10_000;
const PAGE = 1_000;

/* Keys: all subscriptions, the changes by their version, the version, when a session was seen. */
const CHANGE = `
for i = 4, #ARGV, 3 do
  local key, topic, options = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if options == '' then redis.call('HDEL', KEYS[1], key) else redis.call('HSET', KEYS[1], key, options) end
  local version = redis.call('INCR', KEYS[3])
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ${MOST_CHANGES}, version .. '-0', 'c', ARGV[1], 't', topic, 'o', options)
end
if ARGV[2] == 'seen' then redis.call('ZADD', KEYS[4], 'NX', ARGV[3], ARGV[1]) end
if ARGV[2] == 'ended' then redis.call('ZREM', KEYS[4], ARGV[1]) end
return 1
`;
const READ = `
local version = tonumber(redis.call('GET', KEYS[3]) or '0')
local read = tonumber(ARGV[1])
if version == read then return {} end
if version < read then return { 'all' } end
local changes = redis.call('XRANGE', KEYS[2], (read + 1) .. '-0', '+', 'COUNT', ${PAGE})
if #changes == 0 or changes[1][1] ~= (read + 1) .. '-0' then return { 'all' } end
local found = {}
for _, change in ipairs(changes) do
  found[#found + 1] = change[2][2]
  found[#found + 1] = change[2][4]
  found[#found + 1] = change[2][6]
end
return found
`;
/** Whoever moves it on from before ARGV[2] ends the session: one node, or, if that does not come to it, another at the next sweep. */
const CLAIM = `
local seen = redis.call('ZSCORE', KEYS[4], ARGV[1])
if not seen or tonumber(seen) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
return 1
`;

/**
 * Which sessions subscribe to what of plain MQTT: on every node in memory, and in Redis with the order of its changes. A node reads what has
 * changed before it looks: what was granted on any node counts for what is published on any other from then on, and nothing depends
 * on a message that may not arrive.
 */
export class PlainIndex {
  readonly #place: Place;
  readonly #keys: string[];
  readonly #scripts: { change: Script<number>; read: Script<string[]>; claim: Script<number> };
  #memory: AnyPacket = new MemoryPersistence();
  #topics = new Map<string, Set<string>>();
  /** The version that is in memory; -1: nothing is. */
  #version = -1;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(place: Place) {
    this.#place = place;
    this.#keys = ['plain', 'changes', 'version', 'seen'].map((what) => place.ofAll(what));
    const { client } = place;
    this.#scripts = {
      change: script(client, 'mqttIndexChange', CHANGE),
      read: script(client, 'mqttIndexRead', READ),
      claim: script(client, 'mqttIndexClaim', CLAIM),
    };
    // It may have lost what it said last.
    client.on('ready', this.#doubt);
  }

  readonly #doubt = () => {
    this.#version = -1;
  };

  stop(): void {
    this.#place.client.off('ready', this.#doubt);
  }

  /** `null`: the session has it no more. Resolves when every node that looks will see it. */
  async change(
    client: string,
    changes: Iterable<[topic: string, options: string | null]>,
    session: 'seen' | 'ended' | 'goes on' = 'goes on',
  ): Promise<void> {
    const rows = [...changes].flatMap(([topic, options]) => [keyOf(client, topic), topic, options ?? '']);
    await this.#place.run(() => this.#scripts.change(this.#keys, client, session, Date.now(), ...rows));
    await this.#fresh();
  }

  async byTopic(topic: string): Promise<AnyPacket[]> {
    await this.#fresh();
    return this.#memory.subscriptionsByTopic(topic);
  }

  /** As far as this node has read. */
  topicsOf(client: string): Iterable<string> {
    return this.#topics.get(client) ?? [];
  }

  clients(): Iterable<string> {
    return this.#topics.keys();
  }

  count(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#memory.countOffline();
  }

  clientList(topic: string): Readable {
    return this.#memory.getClientList(topic);
  }

  /** Of a session that has plain subscriptions. */
  async seen(clients: string[], at: number): Promise<void> {
    if (clients.length === 0) return;
    const pairs = clients.flatMap((client) => [at, client]);
    await this.#place.run(() => this.#place.client.zadd(this.#keys[3]!, 'XX', ...pairs));
  }

  /** Some of those that were seen last before `before`, the longest away first. */
  seenBefore(before: number, skip: number, most: number): Promise<string[]> {
    return this.#place.run(() =>
      this.#place.client.zrangebyscore(this.#keys[3]!, '-inf', `(${before}`, 'LIMIT', skip, most),
    );
  }

  /** True: it is this node's to end it. */
  async claim(client: string, before: number): Promise<boolean> {
    return (await this.#place.run(() => this.#scripts.claim(this.#keys, client, before))) === 1;
  }

  /** What was changed before the call is in memory. Those who ask meanwhile share one question. */
  #fresh(): Promise<void> {
    if (this.#reading === null) return this.#read();
    this.#next ??= this.#reading.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#next;
  }

  #read(): Promise<void> {
    this.#next = null;
    const reading = this.#readChanges().finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    this.#reading = reading;
    return reading;
  }

  async #readChanges(): Promise<void> {
    for (;;) {
      if (this.#version === -1) await this.#readAll();
      const from = this.#version;
      const found = await this.#place.run(() => this.#scripts.read(this.#keys, from));
      // Doubted while it was asked.
      if (this.#version !== from || found[0] === 'all') {
        this.#version = -1;
        continue;
      }
      for (let at = 0; at < found.length; at += 3)
        await this.#apply(found[at]!, found[at + 1]!, found[at + 2]!);
      this.#version = from + found.length / 3;
      if (found.length < 3 * PAGE) return;
    }
  }

  /** What changes while it is read is changed again afterwards. */
  async #readAll(): Promise<void> {
    const { client } = this.#place;
    const version = Number((await this.#place.run(() => client.get(this.#keys[2]!))) ?? 0);
    this.#memory = new MemoryPersistence();
    this.#topics = new Map();
    let cursor = '0';
    do {
      const [next, rows] = await this.#place.run(() => client.hscan(this.#keys[0]!, cursor, 'COUNT', PAGE));
      for (let at = 0; at < rows.length; at += 2) {
        const [session, topic] = JSON.parse(rows[at]!) as [string, string];
        await this.#apply(session, topic, rows[at + 1]!);
      }
      cursor = next;
    } while (cursor !== '0');
    this.#version = version;
  }

  async #apply(client: string, topic: string, options: string): Promise<void> {
    const topics = this.#topics.get(client) ?? new Set();
    if (options === '') {
      await this.#memory.removeSubscriptions({ id: client }, [topic]);
      topics.delete(topic);
      if (topics.size === 0) this.#topics.delete(client);
      return;
    }
    const subscription = { topic, ...JSON.parse(options) } as Subscription;
    await this.#memory.addSubscriptions({ id: client }, [subscription]);
    this.#topics.set(client, topics.add(topic));
  }
}

function keyOf(client: string, topic: string): string {
  return JSON.stringify([client, topic]);
}
