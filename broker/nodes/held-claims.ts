/** A device that this node has, or is about to have. */
export interface Held {
  readonly device: string;
  /** Unique on this node. */
  readonly number: number;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** Its CONNECT still waits for it. */
  pending: boolean;
  /** Redis knows of it, or did. */
  recorded: boolean;
  lost(): Promise<void>;
}

/** Every claim is looked at again within so long. */
const ROUND_MS = 100_000;

/** The claims of this node, and whose turn it is to be renewed. */
export class HeldClaims {
  readonly #byDevice = new Map<string, Held>();
  #round: Held[] = [];
  /** Claims that are due, for parts of one. */
  #due = 0;
  #at = 0;

  of(device: string): Held | undefined {
    return this.#byDevice.get(device);
  }

  /** Takes the place of another of the same device on this node. */
  hold(held: Held): void {
    this.#byDevice.set(held.device, held);
  }

  has(held: Held): boolean {
    return this.#byDevice.get(held.device) === held;
  }

  /** False: it was not held any more. */
  end(held: Held): boolean {
    return this.has(held) && this.#byDevice.delete(held.device);
  }

  /** Those to renew now; `all`: every one, and then a new round. `now`: monotonic ms. */
  take(now: number, all: boolean): Held[] {
    const elapsed = this.#at === 0 ? 0 : now - this.#at;
    this.#at = now;
    if (all) {
      this.#round = [];
      return [...this.#byDevice.values()];
    }
    const size = this.#byDevice.size;
    this.#due = Math.min(size, this.#due + (size * elapsed) / ROUND_MS);
    const due: Held[] = [];
    while (this.#due >= 1 && size > 0) {
      this.#due--;
      if (this.#round.length === 0) this.#round = [...this.#byDevice.values()];
      due.push(this.#round.pop()!);
    }
    return due;
  }
}
