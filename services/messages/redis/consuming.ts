import type { Engine } from '../../../platform/engine.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import type { Consumer, KeepingHandler } from '../consuming.ts';
import { type LeaseKeys, Leases } from './leases.ts';
import {
  PartitionedConsumer,
  type PartitionedOptions,
  type PartitionedSource,
} from './partitioned-consumer.ts';

export interface ConsumingParts<R> {
  redis: RedisConnection;
  engine: Engine;
  keys: LeaseKeys;
  /** Of the connection on which it is told what is new. */
  name: string;
  partitions: number;
  leaseMs: number;
  batches: PartitionedOptions;
  source: PartitionedSource<R>;
  handler: KeepingHandler<R>;
  onAssigned?(partitions: number[]): void;
  onLost?(partitions: number[]): void;
  onStopped(): void;
}

/** Of the lease, how often a sign of life is given. */
const TENDED = 1 / 5;

/** One process that consumes: its leases, the loop over what it owns, and the connection that tells it what is new. */
export class Consuming<R> implements Consumer {
  readonly #parts: ConsumingParts<R>;
  readonly #leases: Leases;
  readonly #consumer: PartitionedConsumer<R>;
  readonly #subscriber: RedisConnection;
  #timer: NodeJS.Timeout | undefined;
  #tending: Promise<void> | null = null;
  /** Something changed while it was being tended. */
  #again = false;
  #stopping: Promise<void> | null = null;

  constructor(parts: ConsumingParts<R>) {
    this.#parts = parts;
    const { redis, engine, keys, partitions, leaseMs, source, handler, batches } = parts;
    this.#leases = new Leases(redis, engine, keys, partitions, {
      leaseMs,
      onAssigned: (assigned) => parts.onAssigned?.(assigned),
      onLost: (lost) => {
        parts.onLost?.(lost);
        this.#consumer.wake();
      },
    });
    this.#consumer = new PartitionedConsumer(source, this.#leases, handler, batches);
    this.#subscriber = redis.channels(parts.name);
    this.#subscriber.client.on('message', (_channel: string, text: string) => this.#told(text));
    // What was told while nobody listened is found by looking.
    this.#subscriber.client.on('ready', () => {
      this.#subscriber.client.subscribe(keys.channel).then(() => this.tend(), this.#failed);
    });
  }

  get lag(): number {
    return this.#consumer.lag;
  }

  get waiting(): number {
    return this.#consumer.waiting;
  }

  pause(): Promise<void> {
    return this.#consumer.pause();
  }

  resume(): void {
    this.#consumer.resume();
  }

  drained(): Promise<void> {
    return this.#consumer.drained();
  }

  /** Whether it is ours for certain, still. */
  owns(partition: number): boolean {
    const owned = this.#leases.owned.get(partition);
    return owned !== undefined && performance.now() < owned.freshUntil;
  }

  /** n was written. */
  appended(partition: number, n: number): void {
    const owned = this.#leases.owned.get(partition);
    if (owned === undefined || n <= owned.last) return;
    owned.last = n;
    this.#consumer.wake();
  }

  /** A sign of life, now and from now on. What goes wrong is told, and tried again. */
  async tend(): Promise<void> {
    if (this.#stopping !== null) return;
    if (this.#tending !== null) {
      this.#again = true;
      return this.#tending;
    }
    this.#tending = this.#tend();
    await this.#tending;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #tend(): Promise<void> {
    clearTimeout(this.#timer);
    do {
      this.#again = false;
      await this.#leases.tend().catch(this.#failed);
      this.#consumer.wake();
    } while (this.#again && this.#stopping === null);
    this.#tending = null;
    if (this.#stopping !== null) return;
    this.#timer = setTimeout(() => this.tend(), this.#parts.leaseMs * TENDED);
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#consumer.stop();
    await this.#tending;
    await this.#leases.leave();
    await this.#subscriber.close();
    this.#parts.onStopped();
  }

  #told(text: string): void {
    if (text === 'members') {
      this.tend();
      return;
    }
    const [partition, n] = text.split(':');
    this.appended(Number(partition), Number(n));
  }

  readonly #failed = (error: unknown): void => {
    if (this.#stopping === null) this.#parts.batches.onFailure?.(error);
  };
}
