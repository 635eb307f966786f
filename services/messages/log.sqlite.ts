import { Refused } from '../../protocol/errors.ts';
import { parseLogged } from '../../protocol/parse.ts';
import type { CommandLog, LogConsumer, LogEntry, LogHandler, LogRecord } from './log.ts';
import { BatchConsumer, type ConsumerOptions } from './log-consumer.ts';
import { LogTail } from './log-tail.ts';
import type { MessagesClient } from './sqlite/client.ts';
import type { LogColumns } from './sqlite/log-jobs.ts';

export interface SqliteLogOptions extends Partial<ConsumerOptions> {
  /** Most entries kept in memory for the consumer; what is beyond is read from the table. */
  tail?: number;
  /** Told how many entries became durable together. */
  onAppended?: (count: number) => void;
}

/** Not yet durable: beyond it an append is refused as `overloaded`. */
const MOST_PENDING = 20_000;
/** Entries that travel to the writing thread at once: it works on them while the sockets are still being read. */
const MOST_TICK = 256;
const MOST_PENDING_CHARS = 64 * 1024 * 1024;
const MOST_TAIL_CHARS = 32 * 1024 * 1024;
const OVERLOADED_RETRY_MS = 500;

interface Pending {
  entry: LogEntry;
  resolve: (position: number) => void;
  reject: (error: unknown) => void;
}

export class SqliteLog implements CommandLog {
  readonly #db: MessagesClient;
  readonly #options: ConsumerOptions & SqliteLogOptions & { tail: number };
  readonly #tail: LogTail;
  #tick: Pending[] = [];
  #pending = 0;
  #pendingChars = 0;
  /** The newest write; writes finish in the order they were made. */
  #writing: Promise<void> = Promise.resolve();
  #last = 0;
  #consumer: BatchConsumer | null = null;
  #closed = false;

  constructor(db: MessagesClient, options: SqliteLogOptions = {}) {
    this.#db = db;
    this.#options = { maxBatch: 4_000, tail: 50_000, commitDelayMs: 20, ...options };
    this.#tail = new LogTail(this.#options.tail, MOST_TAIL_CHARS);
  }

  append(entry: LogEntry): Promise<number> {
    if (this.#closed) return Promise.reject(new Refused('draining'));
    if (this.#pending >= MOST_PENDING || this.#pendingChars >= MOST_PENDING_CHARS) {
      return Promise.reject(new Refused('overloaded', undefined, OVERLOADED_RETRY_MS));
    }
    this.#pending++;
    this.#pendingChars += entry.text.length;
    // After the sockets have been read: all commands of one turn of the event loop travel as one.
    if (this.#tick.length === 0) setImmediate(() => this.#flush());
    const appended = new Promise<number>((resolve, reject) => this.#tick.push({ entry, resolve, reject }));
    if (this.#tick.length >= MOST_TICK) this.#flush();
    return appended;
  }

  async consume(handler: LogHandler): Promise<LogConsumer> {
    if (this.#closed || this.#consumer !== null) throw new Error('the log is closed or has a consumer');
    const { last, committed } = await this.#db.read('log.state');
    this.#last = Math.max(this.#last, last);
    const consumer = new BatchConsumer(
      {
        last: () => this.#last,
        batch: (position, limit) => this.#batch(position, limit),
        commit: (position) => this.#db.write('log.commit', { position }),
        settled: () => this.#settled(),
      },
      committed,
      handler,
      this.#options,
    );
    this.#consumer = consumer;
    return {
      pause: () => consumer.pause(),
      resume: () => consumer.resume(),
      drained: () => consumer.drained(),
      stop: async () => {
        await consumer.stop();
        if (this.#consumer === consumer) this.#consumer = null;
      },
      get lag() {
        return consumer.lag;
      },
      get waiting() {
        return consumer.waiting;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#settled();
    await this.#consumer?.stop();
  }

  #flush(): void {
    const tick = this.#tick;
    if (tick.length === 0) return;
    this.#tick = [];
    const columns: LogColumns = { user: [], device: [], accepted: [], text: [] };
    for (const { entry } of tick) {
      columns.user.push(entry.actor.user);
      columns.device.push(entry.actor.device);
      columns.accepted.push(entry.acceptedAt);
      columns.text.push(entry.text);
    }
    this.#writing = this.#db.write('log.append', columns).then(
      (first) => this.#appended(tick, first),
      (error) => {
        for (const { entry, reject } of tick) {
          this.#settle(entry);
          reject(error);
        }
      },
    );
  }

  #appended(tick: Pending[], first: number): void {
    for (let i = 0; i < tick.length; i++) {
      const { entry, resolve } = tick[i]!;
      const position = first + i;
      this.#settle(entry);
      this.#tail.push({ ...entry, position });
      resolve(position);
    }
    this.#last = first + tick.length - 1;
    this.#options.onAppended?.(tick.length);
    this.#consumer?.wake();
  }

  #settle(entry: LogEntry): void {
    this.#pending--;
    this.#pendingChars -= entry.text.length;
  }

  async #settled(): Promise<void> {
    while (this.#pending > 0) {
      if (this.#tick.length > 0) await new Promise(setImmediate);
      await this.#writing;
    }
  }

  async #batch(after: number, limit: number): Promise<LogRecord[]> {
    this.#tail.dropThrough(after);
    const held = this.#tail.from(after + 1, limit);
    return held.length > 0 ? held : this.#read(after, limit);
  }

  /** What an earlier process left, or what the tail could not hold. */
  async #read(after: number, limit: number): Promise<LogRecord[]> {
    const { position, user, device, accepted, text } = await this.#db.read('log.read', { after, limit });
    return position.map((at, i) => ({
      position: at,
      actor: { user: user[i]!, device: device[i]! },
      acceptedAt: accepted[i]!,
      command: parseLogged(text[i]!),
      text: text[i]!,
    }));
  }
}
