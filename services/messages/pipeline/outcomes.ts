import type { Tidings } from '../feed.ts';
import type { Outcome } from '../pipeline.ts';
import { refusalIn } from './refusal-event.ts';

interface Waiter {
  settle(outcome: Outcome | null): void;
  /** In which the outcome comes: that of the change, and that of the device for a refusal. */
  streams: readonly string[];
}

/** Those who wait for what becomes of a command (HTTP requests), by its sender and id. The event stream tells. */
export class Outcomes {
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #streams = new Map<string, number>();

  /** Resolves with the outcome, or null when `timeoutMs` have passed. */
  wait(
    user: string,
    id: string,
    streams: readonly string[],
    timeoutMs: number,
  ): { outcome: Promise<Outcome | null>; cancel: () => void } {
    const key = keyOf(user, id);
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome | null>();
    const waiter: Waiter = {
      streams,
      settle(value) {
        clearTimeout(timer);
        resolve(value);
      },
    };
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), waiter]);
    for (const stream of streams) this.#streams.set(stream, (this.#streams.get(stream) ?? 0) + 1);
    const cancel = () => {
      const waiters = this.#waiting.get(key) ?? [];
      if (!waiters.includes(waiter)) return;
      const left = waiters.filter((one) => one !== waiter);
      if (left.length === 0) this.#waiting.delete(key);
      else this.#waiting.set(key, left);
      this.#done(waiter, null);
    };
    const timer = setTimeout(cancel, timeoutMs);
    return { outcome, cancel };
  }

  /** Is somebody waiting for an event of this stream? */
  wants(stream: string): boolean {
    return this.#streams.has(stream);
  }

  read({ events = [], answers = [] }: Tidings): void {
    if (this.#waiting.size === 0) return;
    for (const event of events) {
      const refused = refusalIn(event);
      if (refused === null) this.#settle(event.sender.user, event.id, { ok: true, event, duplicate: false });
      else this.#settle(event.sender.user, refused.command, { ok: false, error: refused.error });
    }
    for (const { to, command, outcome } of answers) this.#settle(to.user, command, outcome);
  }

  #settle(user: string, id: string, outcome: Outcome): void {
    const key = keyOf(user, id);
    const waiters = this.#waiting.get(key);
    if (waiters === undefined) return;
    this.#waiting.delete(key);
    for (const waiter of waiters) this.#done(waiter, outcome);
  }

  #done(waiter: Waiter, outcome: Outcome | null): void {
    for (const stream of waiter.streams) {
      const left = this.#streams.get(stream)! - 1;
      if (left === 0) this.#streams.delete(stream);
      else this.#streams.set(stream, left);
    }
    waiter.settle(outcome);
  }
}

function keyOf(user: string, id: string): string {
  return `${user}/${id}`;
}
