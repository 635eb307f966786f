import { Refused } from '../protocol/errors.ts';

const PAUSE_MS = 1_000;

/**
 * Whether to ask a server that can be done without for a while: after trouble one call in {@link PAUSE_MS} finds out whether it is back,
 * and nobody else waits for it.
 */
export class Probe {
  readonly #now: () => number;
  #away = false;
  #nextAt = 0;

  /** `now`: milliseconds of any clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** It failed when it was last asked. */
  get away(): boolean {
    return this.#away;
  }

  /** True: the caller asks, and says here how it went. */
  mayAsk(): boolean {
    if (!this.#away) return true;
    const now = this.#now();
    if (now < this.#nextAt) return false;
    this.#nextAt = now + PAUSE_MS;
    return true;
  }

  answered(): void {
    this.#away = false;
  }

  failed(): void {
    this.#away = true;
    this.#nextAt = this.#now() + PAUSE_MS;
  }
}

/** Whether an error says that a server does not answer now, as `Engine` puts it. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Refused)) return false;
  const { code } = error.refusal;
  return code === 'unavailable' || code === 'overloaded';
}
