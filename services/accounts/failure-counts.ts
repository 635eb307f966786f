import { RateLimiterMemory } from 'rate-limiter-flexible';

export interface Counted {
  /** In this window, with the one just counted. */
  count: number;
  /** Milliseconds until the window ends. */
  msLeft: number;
  /** Takes this one back where it was counted; a window that has ended has taken everything back already. */
  takeBack(): Promise<void>;
}

/**
 * Port: counts by key in fixed windows, which begin with the first and end whatever comes after: nobody is kept out for ever. Keys are
 * what people typed, and where from: an adapter keeps them bounded.
 */
export interface FailureCounts {
  add(key: string): Promise<Counted>;
  forget(key: string): Promise<void>;
}

export type CountedThing = 'account' | 'ip' | 'registration' | 'mail';

/** `windowSeconds`: how long a window is. */
export type CreateFailureCounts = (what: CountedThing, windowSeconds: number) => FailureCounts;

const MOST_KEYS = 50_000;

/** In this process. Keeps at most {@link MOST_KEYS} counters; the oldest goes first. */
export const localFailureCounts: CreateFailureCounts = (_what, windowSeconds) =>
  new LocalFailureCounts(windowSeconds);

class LocalFailureCounts implements FailureCounts {
  readonly #limiter: RateLimiterMemory;
  readonly #keys = new Set<string>();

  constructor(windowSeconds: number) {
    this.#limiter = new RateLimiterMemory({ points: 1, duration: windowSeconds });
  }

  async add(key: string): Promise<Counted> {
    this.#keys.add(key);
    if (this.#keys.size > MOST_KEYS) await this.#forgetOldest();
    const { consumedPoints, msBeforeNext } = await this.#limiter.penalty(key);
    return { count: consumedPoints, msLeft: msBeforeNext, takeBack: () => this.#takeBack(key) };
  }

  async forget(key: string): Promise<void> {
    this.#keys.delete(key);
    await this.#limiter.delete(key);
  }

  async #takeBack(key: string): Promise<void> {
    const now = await this.#limiter.get(key);
    if (now !== null && now.consumedPoints > 0) await this.#limiter.reward(key);
  }

  async #forgetOldest(): Promise<void> {
    const [oldest] = this.#keys;
    await this.forget(oldest!);
  }
}
