import type { Outcome } from '../pipeline.ts';

/** Those who wait for what becomes of a command (HTTP requests), by its sender and id. */
export class Outcomes {
  readonly #waiting = new Map<string, ((outcome: Outcome) => void)[]>();

  /** Resolves with the outcome, or null when `timeoutMs` have passed. */
  wait(
    user: string,
    id: string,
    timeoutMs: number,
  ): { outcome: Promise<Outcome | null>; cancel: () => void } {
    const key = `${user}/${id}`;
    let settle!: (outcome: Outcome | null) => void;
    const outcome = new Promise<Outcome | null>((resolve) => {
      settle = resolve;
    });
    const waiters = this.#waiting.get(key) ?? [];
    waiters.push(settle);
    this.#waiting.set(key, waiters);
    const cancel = () => {
      clearTimeout(timer);
      const left = this.#waiting.get(key)?.filter((waiter) => waiter !== settle) ?? [];
      if (left.length === 0) this.#waiting.delete(key);
      else this.#waiting.set(key, left);
      settle(null);
    };
    const timer = setTimeout(cancel, timeoutMs);
    return { outcome, cancel };
  }

  settle(user: string, id: string, outcome: Outcome): void {
    if (this.#waiting.size === 0) return;
    const key = `${user}/${id}`;
    for (const waiter of this.#waiting.get(key) ?? []) waiter(outcome);
    this.#waiting.delete(key);
  }
}
