import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connections/connections.ts';
import type { CommandRate } from './command-rate.ts';

/** Longest that a packet is held back; what has no turn by then is refused. */
const MOST_HOLD_MS = 1_000;

interface Held {
  at: number;
  go: (refusedMs: number) => void;
}

/**
 * Slows devices down that are too fast: their packets wait for their turn, in order, and unacknowledged; while they wait, little more is read.
 * So a device that waits for each PUBACK is never refused, and one that floods is.
 */
export class Throttle {
  readonly #rate: Pick<CommandRate, 'take'>;
  readonly #clock: Clock;
  /** Only connections of which something is held. */
  readonly #held = new Map<Connection, Held[]>();

  constructor(rate: Pick<CommandRate, 'take'>, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /**
   * Calls `go` with 0, at once or when its turn comes; or with the milliseconds after which another try makes sense. Not at all when the
   * connection is closed before: what was not acknowledged is sent again.
   */
  take(connection: Connection, go: (refusedMs: number) => void): void {
    const held = this.#held.get(connection);
    if (held !== undefined) {
      held.push({ at: this.#clock.now(), go });
      return;
    }
    const wait = this.#rate.take(connection);
    if (wait === 0) return go(0);
    // A will comes with a connection that is closed: there is nothing to be slowed down.
    if (connection.closed) return go(wait);
    const first = [{ at: this.#clock.now(), go }];
    this.#held.set(connection, first);
    this.#later(connection, first, wait);
  }

  #later(connection: Connection, held: Held[], waitMs: number): void {
    const left = held[0]!.at + MOST_HOLD_MS - this.#clock.now();
    setTimeout(() => this.#next(connection, held), Math.max(1, Math.min(waitMs, left, MOST_HOLD_MS))).unref();
  }

  #next(connection: Connection, held: Held[]): void {
    while (held.length > 0 && !connection.closed) {
      const wait = this.#rate.take(connection);
      if (wait > 0 && this.#clock.now() < held[0]!.at + MOST_HOLD_MS)
        return this.#later(connection, held, wait);
      held.shift()!.go(wait);
    }
    this.#held.delete(connection);
  }
}
