import { retryPause, sleep } from '../../../platform/retry-pause.ts';
import type { OwnedPartitions } from './owned-partitions.ts';

export interface CommitsParts {
  owned: Pick<OwnedPartitions<unknown>, 'uncommitted' | 'committed' | 'reached'>;
  /** As a member of the group that still is one. */
  commit(offsets: Map<number, bigint>): Promise<void>;
  onCommitted(offsets: Map<number, bigint>): void;
  /** Grows each time the partitions are dealt, or lost. */
  dealt(): number;
  /** Whether the positions of what is ours are known. */
  ready(): boolean;
  delayMs: number;
  retryMaxMs: number;
  onFailure(error: unknown): void;
}

interface Drain {
  ends: Map<number, bigint>;
  resolve(): void;
  reject(error: Error): void;
}

/** Commits a little behind the handler, and tells those who wait for it. */
export class Commits {
  readonly #parts: CommitsParts;
  readonly #stopping = new AbortController();
  #behind: Promise<void> | null = null;
  /** Cuts the wait before a commit short. */
  #urgent = new AbortController();
  #drains: Drain[] = [];

  constructor(parts: CommitsParts) {
    this.#parts = parts;
  }

  /** Something has been handled. */
  begin(): void {
    this.#behind ??= this.#run();
  }

  /** Commits what has been handled, at once. @throws {Refused} unavailable */
  async now(): Promise<void> {
    const { owned, dealt, commit, onCommitted } = this.#parts;
    const offsets = owned.uncommitted;
    if (offsets.size === 0) return;
    const before = dealt();
    await commit(offsets);
    if (before !== dealt()) return;
    owned.committed(offsets);
    onCommitted(offsets);
    this.check();
  }

  /** Resolves when all that is ours has been committed up to these positions. */
  async reached(ends: Map<number, bigint>): Promise<void> {
    if (this.#parts.ready() && this.#parts.owned.reached(ends)) return;
    const drained = new Promise<void>((resolve, reject) => this.#drains.push({ ends, resolve, reject }));
    this.#urgent.abort();
    await drained;
  }

  /** What is ours has changed. */
  check(): void {
    const { owned, ready } = this.#parts;
    if (!ready()) return;
    const done = this.#drains.filter(({ ends }) => owned.reached(ends));
    this.#drains = this.#drains.filter((drain) => !done.includes(drain));
    for (const { resolve } of done) resolve();
  }

  /** Commits once more, if that is possible. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#urgent.abort();
    await this.#behind;
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
  }

  async #run(): Promise<void> {
    const { owned, delayMs, retryMaxMs, onFailure } = this.#parts;
    const { signal } = this.#stopping;
    for (let failures = 0; ; ) {
      if (this.#drains.length === 0 && !signal.aborted) {
        this.#urgent = new AbortController();
        await sleep(delayMs, this.#urgent.signal);
      }
      if (owned.uncommitted.size === 0) break;
      try {
        await this.now();
        failures = 0;
      } catch (error) {
        onFailure(error);
        // What was handled comes again after a restart, with the same effect.
        if (signal.aborted) break;
        await retryPause(++failures, retryMaxMs, signal);
      }
    }
    this.#behind = null;
  }
}
