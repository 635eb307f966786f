import { Admin } from '@platformatic/kafka';
import type { Kafka, Topic } from '../../../platform/kafka/kafka.ts';
import { within } from '../../../platform/within.ts';

export interface TrimmingOptions {
  /** Milliseconds between two times that it is done; 0: never. */
  everyMs: number;
  onFailure?: ((error: unknown) => void) | undefined;
}

/**
 * Removes what the group has committed: a command that was handled is in history, and is never read again. Without it the topic keeps
 * everything for as long as a command may wait to be handled. Once in a while, for all partitions that went on: Kafka has to tell every
 * copy, and frees space a file at a time anyway.
 */
export class Trimming {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #options: TrimmingOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  /** What was committed since the last time, not included. */
  #committed = new Map<number, bigint>();
  #underWay: Promise<void> | null = null;

  constructor(kafka: Kafka, topic: Topic, options: TrimmingOptions) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#options = options;
    if (options.everyMs === 0) return;
    this.#timer = setInterval(() => {
      this.#underWay ??= this.#trim().finally(() => {
        this.#underWay = null;
      });
    }, options.everyMs);
    this.#timer.unref();
  }

  committed(offsets: Map<number, bigint>): void {
    if (this.#timer !== undefined)
      for (const [partition, offset] of offsets) this.#committed.set(partition, offset);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay;
  }

  async #trim(): Promise<void> {
    if (this.#committed.size === 0) return;
    const committed = this.#committed;
    this.#committed = new Map();
    const partitions = [...committed].map(([partition, offset]) => ({ partition, offset }));
    const admin = new Admin(this.#kafka.client());
    admin.on('error', () => {});
    try {
      await this.#kafka.engine.run(() =>
        admin.deleteRecords({ topics: [{ name: this.#topic.name, partitions }] }),
      );
    } catch (error) {
      // It is done the next time, or comes of age.
      for (const [partition, offset] of committed)
        if (!this.#committed.has(partition)) this.#committed.set(partition, offset);
      this.#options.onFailure?.(error);
    } finally {
      await within(Promise.allSettled([admin.close()]), this.#kafka.deadlineMs);
    }
  }
}
