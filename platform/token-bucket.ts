import type { Clock } from './clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets by key: `perSecond` sustained, `burst` at once. Synchronous, for the path of every command. A bucket that has filled up
 * again is the same as none, so those are forgotten; at most `most` are kept, the longest unused going first.
 */
export class TokenBuckets {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: Clock;
  readonly #most: number;
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  /** `perSecond` 0: no limit. */
  constructor(perSecond: number, burst: number, clock: Clock, most = 100_000) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#clock = clock;
    this.#most = most;
  }

  /** Takes a token: 0, or the milliseconds after which there will be one. */
  take(key: string): number {
    if (this.#perMs === 0) return 0;
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#makeRoom(now);
      bucket = { tokens: this.#burst, at: now };
    } else {
      // A clock that went back gives nothing and takes nothing.
      bucket.tokens = Math.min(this.#burst, bucket.tokens + Math.max(0, now - bucket.at) * this.#perMs);
      bucket.at = now;
      this.#buckets.delete(key);
    }
    this.#buckets.set(key, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - bucket.tokens) / this.#perMs);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #makeRoom(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      const full = bucket.tokens + (now - bucket.at) * this.#perMs >= this.#burst;
      if (!full && this.#buckets.size < this.#most) return;
      this.#buckets.delete(key);
    }
  }
}
