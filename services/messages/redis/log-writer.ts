import type { Engine } from '../../../platform/engine.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { type Script, script } from '../../../platform/redis/script.ts';
import { isRedisFull } from '../../../platform/redis/trouble.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { LogEntry } from '../log.ts';
import { APPEND, type LogKeys } from './log-scripts.ts';

export interface WriterOptions {
  /** Entries of a partition that are not handled: beyond it nobody seems to consume, and appends are refused. */
  mostEntries: number;
  /** Milliseconds an entry may wait for its turn. */
  deadlineMs: number;
  /** Told what was appended, and to which partition: `n` of the newest. */
  onAppended(partition: number, n: number, count: number): void;
}

/** Not yet durable: beyond it an append is refused. */
const MOST_PENDING = 20_000;
const MOST_PENDING_CHARS = 64 * 1024 * 1024;
/** One command: a server does nothing else meanwhile. */
const MOST_COMMAND = 500;
const MOST_COMMAND_CHARS = 1024 * 1024;
const OVERLOADED_RETRY_MS = 500;

interface Pending {
  entry: LogEntry;
  since: number;
  resolve: (n: number) => void;
  reject: (error: unknown) => void;
}

/** One command a partition is under way; what comes meanwhile travels as the next one, so that the order is that of the calls. */
export class LogWriter {
  readonly #engine: Engine;
  readonly #keys: LogKeys;
  readonly #options: WriterOptions;
  readonly #append: Script<number>;
  readonly #queues = new Map<number, Pending[]>();
  readonly #writing = new Map<number, Promise<void>>();
  #pending = 0;
  #chars = 0;

  constructor(redis: RedisConnection, engine: Engine, keys: LogKeys, options: WriterOptions) {
    this.#engine = engine;
    this.#keys = keys;
    this.#options = options;
    this.#append = script(redis.client, 'logAppend', APPEND);
  }

  /** @throws {Refused} overloaded: so much waits that one more may not */
  checkRoom(): void {
    if (this.#pending >= MOST_PENDING || this.#chars >= MOST_PENDING_CHARS)
      throw new Refused('overloaded', 'log', OVERLOADED_RETRY_MS);
  }

  /**
   * n of the entry in its partition.
   * @throws {Refused} storage_full, overloaded, unavailable
   */
  append(partition: number, entry: LogEntry): Promise<number> {
    this.checkRoom();
    this.#pending++;
    this.#chars += entry.text.length;
    const queue = this.#queues.get(partition);
    const appended = new Promise<number>((resolve, reject) => {
      const pending = { entry, since: performance.now(), resolve, reject };
      if (queue === undefined) this.#queues.set(partition, [pending]);
      else queue.push(pending);
    });
    if (!this.#writing.has(partition)) this.#writing.set(partition, this.#write(partition));
    return appended;
  }

  /** Resolves when the appends that have begun are durable or refused. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  async #write(partition: number): Promise<void> {
    // After the sockets have been read: all commands of one turn of the event loop travel as one.
    await new Promise(setImmediate);
    for (let batch = this.#next(partition); batch.length > 0; batch = this.#next(partition)) {
      try {
        await this.#send(partition, batch);
      } catch (error) {
        this.#refuse(batch, error);
        // They would only wait as long again.
        if (isUnavailable(error)) this.#refuse(this.#queues.get(partition)?.splice(0) ?? [], error);
      }
    }
    this.#queues.delete(partition);
    this.#writing.delete(partition);
  }

  async #send(partition: number, batch: Pending[]): Promise<void> {
    const args = batch.flatMap(({ entry: { actor, acceptedAt, text } }) => [
      actor.user,
      actor.device,
      acceptedAt,
      text,
    ]);
    const { mostEntries, onAppended } = this.#options;
    const { stream, last, channel } = this.#keys;
    const first = await this.#engine.run(async () => {
      try {
        return await this.#append(
          [stream(partition), last(partition)],
          mostEntries,
          channel,
          partition,
          ...args,
        );
      } catch (error) {
        throw isRedisFull(error) ? new Refused('storage_full', 'log', undefined, { cause: error }) : error;
      }
    });
    if (first < 0) throw new Refused('overloaded', 'log', OVERLOADED_RETRY_MS);
    onAppended(partition, first + batch.length - 1, batch.length);
    for (const [i, pending] of batch.entries()) {
      this.#settle(pending);
      pending.resolve(first + i);
    }
  }

  /** What goes next, without what has waited for too long. */
  #next(partition: number): Pending[] {
    const queue = this.#queues.get(partition)!;
    const oldest = performance.now() - this.#options.deadlineMs;
    let late = 0;
    while (late < queue.length && queue[late]!.since < oldest) late++;
    this.#refuse(queue.splice(0, late), new Refused('unavailable', 'log', OVERLOADED_RETRY_MS));
    let count = 0;
    for (let chars = 0; count < queue.length && count < MOST_COMMAND; count++) {
      chars += queue[count]!.entry.text.length;
      if (chars > MOST_COMMAND_CHARS && count > 0) break;
    }
    return queue.splice(0, count);
  }

  #refuse(batch: Pending[], error: unknown): void {
    for (const pending of batch) {
      this.#settle(pending);
      pending.reject(error);
    }
  }

  #settle({ entry }: Pending): void {
    this.#pending--;
    this.#chars -= entry.text.length;
  }
}

const isUnavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';
