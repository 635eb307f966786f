import type { Clock } from '../clock.ts';
import { Probe } from '../probe.ts';

/** Port: the buckets that all processes fill from and take from. */
export interface Charges {
  /**
   * Takes `spent` tokens from the bucket of `key`, which were spent in the last `ageMs` milliseconds; there may be fewer than none then.
   * Resolves to how many there are. What nobody takes from any more is forgotten once it is full.
   * @param key bounded, and not what a stranger made up
   * @throws {Refused} unavailable, overloaded
   */
  charge(key: string, spent: number, ageMs: number): Promise<number>;
}

interface Bucket {
  /** What there is for all processes as far as this one knows; below zero: more was spent than there was. */
  tokens: number;
  at: number;
  /** Spent here and not told to the others, since `since`. */
  untold: number;
  since: number;
  telling: boolean;
}

/** Tokens are told in so many steps a second at the full rate; that many a process may be ahead of what the others know. */
const STEPS_A_SECOND = 8;
/** Milliseconds after which less than a step is told too. */
const TELL_MS = 1_000;
/** Who spends less than this part of the rate here is told of to nobody: that many processes together are within the rate. */
const QUIET = 1 / 20;

/**
 * Token buckets by key as `TokenBuckets`, shared by several processes. {@link take} decides at once by what this process knows: its own
 * copy of the bucket, which is brought in line with the common one behind the scenes, after each few tokens. So a burst never waits for
 * the network; everything spent is charged, and who spends in several processes at once gets in the long run what one would give. What
 * can be had beyond that is at most a burst for each further process, once, until it has paid it back, and a step a process after that.
 * Who stays within the rate is not refused, but for the last few tokens of the burst: a step a process, and what is filled in the time of
 * an answer. Someone quiet costs the others nothing. While the common buckets do not answer each process counts by itself.
 */
export class SharedBuckets {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #step: number;
  readonly #charges: Charges;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #probe: Probe;
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  /**
   * `perSecond` 0: no limit. `charges` is of the same rate and burst.
   * @param most keys kept at once; the longest unused go first
   */
  constructor(perSecond: number, burst: number, charges: Charges, clock: Clock, most = 100_000) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#step = Math.max(1, Math.ceil(Math.min(perSecond, burst) / STEPS_A_SECOND));
    this.#charges = charges;
    this.#clock = clock;
    this.#most = most;
    this.#probe = new Probe(() => clock.now());
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token: 0, or the milliseconds after which there will be one, as far as it is known here. */
  take(key: string): number {
    if (this.#perMs === 0) return 0;
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#makeRoom(now);
      bucket = { tokens: this.#burst, at: now, untold: 0, since: now, telling: false };
    } else {
      bucket.tokens = Math.min(this.#burst, bucket.tokens + this.#filledSince(bucket.at, now));
      bucket.at = now;
      this.#buckets.delete(key);
    }
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.#perMs);
    bucket.tokens -= 1;
    if (bucket.untold === 0 || (now - bucket.since >= TELL_MS && this.#isQuiet(bucket, now))) {
      bucket.untold = 0;
      bucket.since = now;
    }
    bucket.untold++;
    if (bucket.untold >= this.#step || now - bucket.since >= TELL_MS) this.#tell(key, bucket, now);
    return 0;
  }

  #tell(key: string, bucket: Bucket, now: number): void {
    if (bucket.telling || !this.#probe.mayAsk()) return;
    // After a time without the others, what was spent in it is over.
    const spent = Math.min(bucket.untold, this.#burst);
    const age = Math.max(0, now - bucket.since);
    bucket.untold = 0;
    bucket.since = now;
    bucket.telling = true;
    this.#charges.charge(key, spent, age).then(
      (tokens) => {
        const then = this.#clock.now();
        bucket.telling = false;
        // As of when it was asked, so that nobody is refused for an answer's being slow; the next one puts it right.
        bucket.tokens = Math.min(this.#burst, tokens + this.#filledSince(now, then) - bucket.untold);
        bucket.at = then;
        this.#probe.answered();
        if (bucket.untold >= this.#step) this.#tell(key, bucket, then);
      },
      () => {
        // It may have been charged, so it is not told again.
        bucket.telling = false;
        this.#probe.failed();
      },
    );
  }

  /** A clock that went back gives nothing and takes nothing. */
  #filledSince(at: number, now: number): number {
    return Math.max(0, now - at) * this.#perMs;
  }

  #isQuiet({ untold, since }: Bucket, now: number): boolean {
    return untold <= this.#filledSince(since, now) * QUIET;
  }

  /** A full bucket of somebody quiet is the same as none. */
  #makeRoom(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      const full = bucket.tokens + this.#filledSince(bucket.at, now) >= this.#burst;
      const done = full && this.#isQuiet(bucket, now) && !bucket.telling;
      if (!done && this.#buckets.size < this.#most) return;
      this.#buckets.delete(key);
    }
  }
}
