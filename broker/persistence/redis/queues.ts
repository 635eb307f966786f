import { Readable } from 'node:stream';
import { isAway } from '../../../platform/probe.ts';
import { type Script, script } from '../../../platform/redis/script.ts';
import { MOST_HERE } from '../broker-persistence.ts';
import type { AnyPacket } from '../packing.ts';
import { packetOf, packetText } from './packet-text.ts';
import type { Place } from './place.ts';

/*
 * A queue is five keys of one session: `q` counts of packets in order, `p` count -> packet, `i` count -> packet identifier, `m` packet
 * identifier -> count, `n` the last number of the order; and beside them `here`, the node to which the session is connected. A count is
 * the broker's own, `node:number`.
 */
const TAKE = `
local function take(count)
  redis.call('ZREM', KEYS[1], count)
  redis.call('HDEL', KEYS[2], count)
  local id = redis.call('HGET', KEYS[3], count)
  if id then
    redis.call('HDEL', KEYS[3], count)
    if redis.call('HGET', KEYS[4], id) == count then redis.call('HDEL', KEYS[4], id) end
  end
end
`;
const ADD = `${TAKE}
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[5]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local most = redis.call('EXISTS', KEYS[6]) == 1 and ARGV[4] or ARGV[3]
local over = redis.call('ZCARD', KEYS[1]) - tonumber(most)
if over > 0 then
  for _, count in ipairs(redis.call('ZRANGE', KEYS[1], 0, over - 1)) do take(count) end
end
for i = 1, 5 do redis.call('PEXPIRE', KEYS[i], ARGV[5]) end
return math.max(over, 0)
`;
const NUMBER = `
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local before = redis.call('HGET', KEYS[3], ARGV[1])
if before and before ~= ARGV[2] then redis.call('HDEL', KEYS[4], before) end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[4], ARGV[2], ARGV[1])
for i = 3, 4 do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
return 1
`;
const RELEASE = `
local count = redis.call('HGET', KEYS[4], ARGV[1])
if not count then return 0 end
redis.call('HSET', KEYS[2], count, ARGV[2])
return 1
`;
const CLEAR = `${TAKE}
local count = redis.call('HGET', KEYS[4], ARGV[1])
if not count then return false end
local packet = redis.call('HGET', KEYS[2], count)
take(count)
return packet
`;
const DROP = `${TAKE}
take(ARGV[1])
return 1
`;
/** What comes behind ARGV[1] in the order, up to ARGV[2]; with ARGV[3] the session is connected to that node from now on. */
const READ = `
local last = redis.call('GET', KEYS[5]) or '0'
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[6], ARGV[3], 'PX', ARGV[4])
  for i = 1, 5 do redis.call('PEXPIRE', KEYS[i], ARGV[5]) end
end
local upTo = ARGV[2] == '' and last or ARGV[2]
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], upTo, 'WITHSCORES', 'LIMIT', 0, ARGV[6])
local read = { upTo }
for i = 1, #found, 2 do
  read[#read + 1] = found[i + 1]
  read[#read + 1] = redis.call('HGET', KEYS[2], found[i]) or ''
  read[#read + 1] = redis.call('HGET', KEYS[3], found[i]) or ''
end
return read
`;
const LEAVE = `
if redis.call('GET', KEYS[6]) == ARGV[1] then redis.call('DEL', KEYS[6]) end
return 1
`;

const PARTS = ['q', 'p', 'i', 'm', 'n', 'here'];
/** Packets that are read together. */
const PAGE = 50;
/** For so long a session counts as connected without anybody saying so again, milliseconds: twice the time between two sweeps. */
const HERE_MS = 2 * 60 * 60 * 1_000;

export interface QueueLimits {
  /** Packets of a session that is away. */
  away: number;
  /** Milliseconds that a queue is kept which nobody touches. */
  keepMs: number;
}

/** The queues of sessions of plain MQTT, oldest first; each is bounded, and its oldest go first. Each change is one step for everybody. */
export class RedisQueues {
  readonly #place: Place;
  readonly #limits: QueueLimits;
  readonly #scripts: Record<'add' | 'number' | 'release' | 'drop' | 'leave', Script<number>> & {
    clear: Script<string | null>;
    read: Script<string[]>;
  };
  /** Sessions whose queue could not be read when they came. */
  readonly unread = new Set<string>();

  constructor(place: Place, limits: QueueLimits) {
    this.#place = place;
    this.#limits = limits;
    const { client } = place;
    this.#scripts = {
      add: script(client, 'mqttQueueAdd', ADD),
      number: script(client, 'mqttQueueNumber', NUMBER),
      release: script(client, 'mqttQueueRelease', RELEASE),
      drop: script(client, 'mqttQueueDrop', DROP),
      clear: script(client, 'mqttQueueClear', CLEAR),
      read: script(client, 'mqttQueueRead', READ),
      leave: script(client, 'mqttQueueLeave', LEAVE),
    };
  }

  keysOf(client: string): string[] {
    return PARTS.map((part) => this.#place.ofSession(client, part));
  }

  /** How many of the oldest went for it. @throws {Refused} unavailable, overloaded: some may have it, others not */
  async add(clients: Iterable<string>, packet: AnyPacket): Promise<number> {
    const { away, keepMs } = this.#limits;
    const text = packetText(packet);
    const dropped = await Promise.all(
      [...clients].map((client) =>
        this.#place.run(() =>
          this.#scripts.add(
            this.keysOf(client),
            ...[countOf(packet), text, away, Math.max(away, MOST_HERE), keepMs],
          ),
        ),
      ),
    );
    return dropped.reduce((sum, count) => sum + count, 0);
  }

  /** Gives a packet its packet identifier. One that is not there any more was the oldest of a full queue. */
  async number(client: string, packet: AnyPacket): Promise<void> {
    const keys = this.keysOf(client);
    const { keepMs } = this.#limits;
    await this.#place.run(() => this.#scripts.number(keys, countOf(packet), packet.messageId, keepMs));
  }

  /** Puts a PUBREL in the place of its PUBLISH. */
  async release(client: string, pubrel: AnyPacket): Promise<void> {
    const text = JSON.stringify({ cmd: 'pubrel' });
    const released = await this.#place.run(() =>
      this.#scripts.release(this.keysOf(client), pubrel.messageId, text),
    );
    if (released === 0) throw new Error('no such packet');
  }

  /** Takes out what was acknowledged. */
  async clear(client: string, messageId: number): Promise<AnyPacket | undefined> {
    const text = await this.#place.run(() => this.#scripts.clear(this.keysOf(client), messageId));
    return text === null ? undefined : packetOf(text, messageId);
  }

  async drop(client: string, packet: AnyPacket): Promise<void> {
    await this.#place.run(() => this.#scripts.drop(this.keysOf(client), countOf(packet)));
  }

  /**
   * What waits for a session, up to what is newest when it begins; a page at a time, so that as much as one page is in memory.
   * `node`: to which the session is connected from now on. Ends early, and is noted as unread, when Redis is away: Aedes would end the
   * connection.
   */
  stream(client: string, node: string): Readable {
    return Readable.from(this.#read(client, node));
  }

  async *#read(client: string, node: string): AsyncGenerator<AnyPacket> {
    const keys = this.keysOf(client);
    const { keepMs } = this.#limits;
    let last = '0';
    let upTo = '';
    for (;;) {
      let page: string[];
      try {
        const from = [last, upTo, upTo === '' ? node : '', HERE_MS, keepMs, PAGE];
        page = await this.#place.run(() => this.#scripts.read(keys, ...from));
      } catch (error) {
        if (!isAway(error)) throw error;
        this.unread.add(client);
        return;
      }
      upTo = page[0]!;
      for (let at = 1; at < page.length; at += 3) {
        last = page[at]!;
        const [text, id] = [page[at + 1]!, page[at + 2]!];
        if (text !== '') yield packetOf(text, id === '' ? undefined : Number(id));
      }
      if (page.length < 1 + 3 * PAGE) break;
    }
    this.unread.delete(client);
  }

  /** The session is connected to this node still. */
  async stays(client: string, node: string): Promise<void> {
    const here = this.#place.ofSession(client, 'here');
    await this.#place.run(() => this.#place.client.set(here, node, 'PX', HERE_MS));
  }

  async isElsewhere(client: string): Promise<boolean> {
    const here = this.#place.ofSession(client, 'here');
    return (await this.#place.run(() => this.#place.client.exists(here))) === 1;
  }

  /** The session is not connected to this node any more. */
  async leaves(client: string, node: string): Promise<void> {
    this.unread.delete(client);
    await this.#place.run(() => this.#scripts.leave(this.keysOf(client), node));
  }
}

function countOf({ brokerId, brokerCounter }: AnyPacket): string {
  return `${brokerId ?? ''}:${brokerCounter ?? 0}`;
}
