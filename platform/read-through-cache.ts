import type { CacheAge } from './cache-age.ts';
import { isAway, Probe } from './probe.ts';

export interface CacheOptions<V> {
  /** A bound beside the number of entries: what an entry weighs, and what all of them together may. */
  weight?: { of(value: V): number; most: number };
  /** Absent: an entry is good until it is forgotten, as where nobody else changes the source. */
  age?: CacheAge;
}

interface Kept<V> {
  readonly value: V;
  /** When the source was asked, by `CacheAge.now`. */
  readonly readAt: number;
}

/** As time stands still, every entry stays as new as it was. */
const AGELESS: CacheAge = { maxAgeMs: 1, staleMs: 1, now: () => 0 };
/** How old an entry is, as a part of `maxAgeMs`, when it is asked for again in the background: what is in use never comes of age. */
const EARLY = 0.5;

/**
 * What a slow source says about a key, kept: at most `most` entries, the longest unused go first. Synchronous when the answer is here.
 * Null is passed on and not kept: what is not there yet may come. Whoever changes the source calls {@link forget} afterwards.
 *
 * Where others may change the source unseen, entries have an age (see {@link CacheAge}): an old one is read again before it is given,
 * and serves for a while longer only if the source does not answer. What was forgotten never serves again, whatever the source does.
 */
export class ReadThroughCache<V extends NonNullable<unknown>> {
  readonly #read: (key: string) => Promise<V | null>;
  readonly #most: number;
  readonly #weight: CacheOptions<V>['weight'];
  readonly #age: CacheAge;
  readonly #early: number;
  readonly #source: Probe;
  /** In order of last use, once it is half full. */
  readonly #kept = new Map<string, Kept<V>>();
  readonly #loading = new Map<string, Promise<V | null>>();
  #weighs = 0;

  constructor(most: number, read: (key: string) => Promise<V | null>, options: CacheOptions<V> = {}) {
    this.#read = read;
    this.#most = most;
    this.#weight = options.weight;
    this.#age = options.age ?? AGELESS;
    this.#early = this.#age.maxAgeMs * EARLY;
    this.#source = new Probe(this.#age.now);
  }

  get size(): number {
    return this.#kept.size;
  }

  /** What all entries weigh; 0 where nothing is weighed. */
  get weight(): number {
    return this.#weighs;
  }

  /** Null: the source has nothing. @throws what the source throws, when nothing is kept that may serve */
  get(key: string): V | Promise<V | null> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return this.#load(key);
    // The order matters only when something may have to go soon.
    if (this.#crowded()) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
    const age = this.#age.now() - kept.readAt;
    return age < this.#early ? kept.value : this.#aged(key, kept, age);
  }

  /** What is here already, and young enough not to be asked for first; null says nothing about the source. */
  peek(key: string): V | null {
    const kept = this.#kept.get(key);
    return kept !== undefined && this.#age.now() - kept.readAt < this.#age.maxAgeMs ? kept.value : null;
  }

  /** Asks the source again next time, also when an answer is under way now: that one may be older than the change. */
  forget(key: string): void {
    this.#loading.delete(key);
    this.#drop(key);
  }

  /** As {@link forget} of every key: changes may have been missed. */
  forgetAll(): void {
    this.#loading.clear();
    this.#kept.clear();
    this.#weighs = 0;
  }

  #aged(key: string, kept: Kept<V>, age: number): V | Promise<V | null> {
    const { maxAgeMs, staleMs } = this.#age;
    if (age >= Math.max(maxAgeMs, staleMs)) {
      this.#drop(key);
      return this.#load(key);
    }
    // One asks whether the source is back; nobody else waits for what it does not answer.
    if (this.#source.away || age < maxAgeMs) {
      if (this.#source.mayAsk()) this.#load(key).catch(() => {});
      return kept.value;
    }
    return this.#load(key).catch((error: unknown) => {
      // Only what nobody has had forgotten, or had to go, meanwhile.
      if (isAway(error) && this.#kept.get(key) === kept) return kept.value;
      throw error;
    });
  }

  #load(key: string): Promise<V | null> {
    const under = this.#loading.get(key);
    if (under !== undefined) return under;
    // What comes is at least as new as the question.
    const readAt = this.#age.now();
    const loading: Promise<V | null> = this.#read(key).then(
      (value) => {
        this.#source.answered();
        if (this.#loading.get(key) !== loading) return this.get(key);
        this.#loading.delete(key);
        if (value === null) this.#drop(key);
        else this.#keep(key, { value, readAt });
        return value;
      },
      (error: unknown) => {
        if (isAway(error)) this.#source.failed();
        if (this.#loading.get(key) === loading) this.#loading.delete(key);
        throw error;
      },
    );
    this.#loading.set(key, loading);
    return loading;
  }

  #crowded(): boolean {
    return this.#kept.size * 2 > this.#most || this.#weighs * 2 > (this.#weight?.most ?? Infinity);
  }

  #keep(key: string, kept: Kept<V>): void {
    this.#drop(key);
    this.#kept.set(key, kept);
    this.#weighs += this.#weight?.of(kept.value) ?? 0;
    const heaviest = this.#weight?.most ?? Infinity;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most && this.#weighs <= heaviest) return;
      // Heavier than all that is allowed: it is kept alone.
      if (oldest !== key) this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#weighs -= this.#weight?.of(kept.value) ?? 0;
    this.#kept.delete(key);
  }
}
