/** Counts the requests that are being answered, and knows when no more are to come. */
export class InFlight {
  #count = 0;
  #closed = false;
  #whenEmpty: (() => void)[] = [];

  /** No new requests are wanted. */
  get closed(): boolean {
    return this.#closed;
  }

  enter(): void {
    this.#count++;
  }

  leave(): void {
    this.#count--;
    if (this.#count === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  close(): void {
    this.#closed = true;
  }

  /** Resolves when none is left. */
  empty(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}
