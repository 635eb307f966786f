import { backoff } from '../../../platform/outbound/retrying.ts';

const FIRST_MS = 2_000;
const LONGEST_MS = 300_000;

/** While the server that takes our mail is in trouble it is asked seldom, by one mail at a time. */
export class Breaker {
  #failures = 0;
  #closedUntil = 0;

  get open(): boolean {
    return this.#failures > 0;
  }

  /** How many may go now. */
  room(now: number, most: number, underWay: number): number {
    if (this.#failures === 0) return most - underWay;
    return now >= this.#closedUntil && underWay === 0 ? 1 : 0;
  }

  /** Milliseconds until it is asked again. */
  wait(now: number): number {
    return Math.max(0, this.#closedUntil - now);
  }

  failed(now: number): void {
    // Of those that were under way together one counts.
    if (this.#failures > 0 && now < this.#closedUntil) return;
    this.#failures++;
    this.#closedUntil = now + backoff(this.#failures, { minMs: FIRST_MS, maxMs: LONGEST_MS });
  }

  answered(): void {
    this.#failures = 0;
    this.#closedUntil = 0;
  }
}
