/**
 * The server's time, as far as what comes from there shows it. The clock of a device may be wrong by hours: it is believed only
 * where it agrees with what the server said.
 */
export class ServerClock {
  readonly #now: () => number;
  /** How much the server's clock is ahead of this one, at least and at most, milliseconds. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;

  /** @param now milliseconds since the Unix epoch, as this device believes */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.#now() + Math.min(Math.max(0, this.#least), this.#most);
  }

  /** The server has just said something that it dated so. */
  heard(time: number): void {
    this.#least = Math.max(this.#least, time - this.#now());
    // This clock was set meanwhile: what it said before is worth nothing.
    if (this.#least > this.#most) this.#most = Number.POSITIVE_INFINITY;
  }

  /** The server dated so what this device had begun at `begun`, of this device's clock. */
  answered(time: number, begun: number): void {
    this.#most = Math.min(this.#most, time - begun);
    if (this.#least > this.#most) this.#least = Number.NEGATIVE_INFINITY;
    this.heard(time);
  }

  /** When this device believes it is. */
  local(): number {
    return this.#now();
  }
}
