import { setTimeout as pause } from 'node:timers/promises';
import { type MessageToProduce, ProduceAcks, Producer } from '@platformatic/kafka';
import { Refused } from '../../protocol/errors.ts';
import { within } from '../within.ts';
import { type Kafka, MOST_BATCH_BYTES, type Topic } from './kafka.ts';
import { partitionOfKey } from './key-hash.ts';

export interface Outgoing {
  key: string;
  value: string;
}

/** Where a record has come to stand. */
export interface Written {
  partition: number;
  offset: bigint;
}

export interface WriterOptions {
  /** Records that are not durable yet: one more is refused as `overloaded`. */
  mostPending?: number;
  mostPendingBytes?: number;
  /** Told where every record stands that has become durable. */
  onWritten?: (written: Written) => void;
  /** Told how many records became durable together. */
  onSent?: (count: number) => void;
}

interface Write {
  left: number;
  last: Written | null;
  /** By `performance.now()`. */
  deadline: number;
  ended: boolean;
  resolve(last: Written): void;
  reject(error: unknown): void;
}

interface Item {
  write: Write;
  key: Buffer;
  value: Buffer;
  partition: number;
  sent: boolean;
}

const MOST_PENDING = 20_000;
const MOST_PENDING_BYTES = 64 * 1024 * 1024;
const MOST_REQUEST_RECORDS = 10_000;
const MOST_REQUEST_BYTES = 4 * 1024 * 1024;
const OVERLOADED_RETRY_MS = 500;
const RETRY_MS = 250;
const WATCH_MS = 100;

/**
 * Writes records to a topic: what is written in one turn of the event loop, and while a request is under way, travels as one. A single
 * request is under way, and what failed goes first in the next one: the order of what has one key is kept whatever happens. Durable means
 * on every copy that is in step (acks=all).
 *
 * What was refused as `unavailable` may have been written all the same, or be written by the request that is still under way, and what
 * is repeated may be there twice: readers must bear both.
 */
export class KafkaWriter {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #options: WriterOptions & { mostPending: number; mostPendingBytes: number };
  #producer: Producer;
  #queue: Item[] = [];
  #underWay: Item[] = [];
  #pending = 0;
  #pendingBytes = 0;
  #sending: Promise<void> | null = null;
  #scheduled = false;
  #closed = false;

  constructor(kafka: Kafka, topic: Topic, options: WriterOptions = {}) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#options = { mostPending: MOST_PENDING, mostPendingBytes: MOST_PENDING_BYTES, ...options };
    this.#producer = this.#open();
  }

  /**
   * Resolves when all of them are durable, with where the last one stands.
   * @throws {Refused} overloaded, unavailable, draining, too_large
   */
  write(records: Outgoing[]): Promise<Written> {
    if (this.#closed) return Promise.reject(new Refused('draining'));
    const { mostPending, mostPendingBytes } = this.#options;
    // Alone, any write may go.
    const full = this.#pending > 0 && this.#pending + records.length > mostPending;
    if (full || this.#pendingBytes >= mostPendingBytes)
      return Promise.reject(new Refused('overloaded', undefined, OVERLOADED_RETRY_MS));
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + this.#kafka.deadlineMs;
      const write: Write = { left: records.length, last: null, deadline, ended: false, resolve, reject };
      const items = records.map(({ key, value }) => this.#item(write, key, value));
      if (items.some(({ value }) => value.length > MOST_BATCH_BYTES)) return reject(new Refused('too_large'));
      for (const item of items) {
        this.#pending++;
        this.#pendingBytes += item.value.length;
        this.#queue.push(item);
      }
      this.#schedule();
    });
  }

  /** Resolves when what has been written before is durable or refused. */
  async settled(): Promise<void> {
    while (this.#pending > 0) {
      await new Promise(setImmediate);
      await this.#sending;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
    await within(Promise.allSettled([this.#producer.close()]), this.#kafka.deadlineMs);
  }

  /** It repeats what fails for as long as it is open, under the same sequence number, so that nothing is there twice by that. */
  #open(): Producer {
    const producer = new Producer({
      ...this.#kafka.client(),
      idempotent: true,
      acks: ProduceAcks.ALL,
      retryDelay: RETRY_MS,
    });
    producer.on('error', () => {});
    return producer;
  }

  #item(write: Write, key: string, text: string): Item {
    const keyed = Buffer.from(key);
    const partition = partitionOfKey(keyed, this.#topic.partitions);
    return { write, key: keyed, value: Buffer.from(text), partition, sent: false };
  }

  #schedule(): void {
    if (this.#scheduled || this.#sending !== null) return;
    this.#scheduled = true;
    // After the sockets have been read.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#sending !== null) return;
      this.#sending = this.#send().finally(() => {
        this.#sending = null;
        if (this.#queue.length > 0) this.#schedule();
      });
    });
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const items = this.#take();
      if (items.length === 0) continue;
      this.#underWay = items;
      let ended: Promise<unknown> = Promise.resolve();
      const stopWatching = this.#watch();
      try {
        const sent = await this.#kafka.engine.run(() => {
          const sending = this.#produce(items);
          ended = sending.catch(() => {});
          return sending;
        });
        this.#written(items, sent.offsets ?? []);
        this.#options.onSent?.(items.length);
      } catch (error) {
        // What was given up would go on: it ends with its producer, and only then the next request may begin.
        if (error instanceof Refused) await this.#abandon(ended);
        this.#underWay = [];
        await this.#failed(items, error);
      } finally {
        stopWatching();
      }
    }
  }

  async #abandon(ended: Promise<unknown>): Promise<void> {
    const { deadlineMs } = this.#kafka;
    const closing = this.#producer.close();
    this.#producer = this.#open();
    await within(Promise.allSettled([closing, ended]), deadlineMs);
  }

  #produce(items: Item[]) {
    const { name: topic } = this.#topic;
    const messages: MessageToProduce[] = items.map(({ key, value, partition }) => ({
      topic,
      key,
      value,
      partition,
    }));
    return this.#producer.send({ messages });
  }

  /** What fits into one request, in order. What nobody waits for any more is left out. */
  #take(): Item[] {
    const items: Item[] = [];
    const bytesOf = new Map<number, number>();
    let bytes = 0;
    let taken = 0;
    for (const item of this.#queue) {
      if (item.write.ended) {
        this.#settle(item);
        taken++;
        continue;
      }
      const size = item.value.length + item.key.length + RECORD_OVERHEAD;
      const ofPartition = (bytesOf.get(item.partition) ?? 0) + size;
      const full =
        items.length >= MOST_REQUEST_RECORDS ||
        bytes + size > MOST_REQUEST_BYTES ||
        ofPartition > MOST_BATCH_BYTES;
      if (full && items.length > 0) break;
      bytesOf.set(item.partition, ofPartition);
      bytes += size;
      items.push(item);
      taken++;
    }
    this.#queue.splice(0, taken);
    return items;
  }

  #written(items: Item[], offsets: { partition: number; offset: bigint }[]): void {
    const next = new Map(offsets.map(({ partition, offset }) => [partition, offset]));
    for (const item of items) {
      const { partition, write } = item;
      const offset = next.get(partition);
      if (offset === undefined) throw new Error('Kafka does not say where a record stands');
      next.set(partition, offset + 1n);
      this.#settle(item);
      item.sent = true;
      write.last = { partition, offset };
      this.#options.onWritten?.(write.last);
      if (--write.left === 0 && !write.ended) {
        write.ended = true;
        write.resolve(write.last);
      }
    }
  }

  /** Puts what may still be tried back to the front. */
  async #failed(items: Item[], error: unknown): Promise<void> {
    const again = error instanceof Refused && !this.#closed;
    const now = performance.now();
    const kept = items.filter((item) => {
      if (item.sent) return false;
      const { write } = item;
      if (!write.ended && again && now + RETRY_MS < write.deadline) return true;
      this.#settle(item);
      end(write, error);
      return false;
    });
    this.#queue.unshift(...kept);
    if (kept.length === 0) return;
    await pause(RETRY_MS);
  }

  /** Refuses in time what waits too long, be it in the queue or under way. */
  #watch(): () => void {
    const timer = setInterval(() => {
      const now = performance.now();
      for (const items of [this.#underWay, this.#queue])
        for (const { write } of items) if (now >= write.deadline) end(write, this.#late());
    }, WATCH_MS);
    return () => clearInterval(timer);
  }

  #late(): Refused {
    return new Refused('unavailable', this.#kafka.engine.name, OVERLOADED_RETRY_MS);
  }

  #settle(item: Item): void {
    this.#pending--;
    this.#pendingBytes -= item.value.length;
  }
}

/** About what a record takes beside its key and its value. */
const RECORD_OVERHEAD = 64;

function end(write: Write, error: unknown): void {
  if (write.ended) return;
  write.ended = true;
  write.reject(error);
}
