import type { Connection } from './connections.ts';

/**
 * Which connections' tokens have expired: one look a second at all of them, and only when the next is due; not a timer for each.
 */
export class Expiry {
  readonly #connections: () => Iterable<Connection>;
  /** Nothing expires before; ms since the epoch, as everything here. */
  #next = Number.POSITIVE_INFINITY;

  constructor(connections: () => Iterable<Connection>) {
    this.#connections = connections;
  }

  add({ expiresAt }: Connection): void {
    if (expiresAt < this.#next) this.#next = expiresAt;
  }

  take(now: number): Connection[] {
    if (now < this.#next) return [];
    const expired: Connection[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const connection of this.#connections()) {
      if (connection.expiresAt <= now) expired.push(connection);
      else this.add(connection);
    }
    return expired;
  }
}
