/** Who waits for a turn: one that is gone does not need it any more. */
export interface Waiting {
  readonly closed: boolean;
}

/** Those who wait, from which on it is looked who is gone. */
const MANY = 1_000;

/** Lets a bounded number of jobs run at once. The others wait, first come, first served. */
export class Turns {
  readonly #most: number;
  #waiting: { who: Waiting | null; go: (turn: boolean) => void }[] = [];
  #running = 0;
  #sweepAt = MANY;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#most) this.#running++;
    else await this.#turn(null);
    return this.#have(job);
  }

  /** As {@link run}, unless `who` is gone before its turn: then undefined. */
  async runFor<T>(who: Waiting, job: () => Promise<T>): Promise<T | undefined> {
    if (who.closed) return undefined;
    if (this.#running < this.#most) this.#running++;
    else if (!(await this.#turn(who))) return undefined;
    return this.#have(job);
  }

  async #have<T>(job: () => Promise<T>): Promise<T> {
    try {
      return await job();
    } finally {
      this.#handOver();
    }
  }

  /** The turn is handed over by whoever ends: it stays counted, so that a newcomer cannot slip in between. */
  #handOver(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const gone = next.who?.closed === true;
      next.go(!gone);
      if (!gone) return;
    }
    this.#running--;
  }

  /** Jobs may take as long as a store that does not answer: who comes and goes meanwhile is not to gather here. */
  #turn(who: Waiting | null): Promise<boolean> {
    if (this.#waiting.length >= this.#sweepAt) {
      const gone = this.#waiting.filter((one) => one.who?.closed === true);
      this.#waiting = this.#waiting.filter((one) => one.who?.closed !== true);
      for (const { go } of gone) go(false);
      this.#sweepAt = Math.max(MANY, this.#waiting.length * 2);
    }
    return new Promise((go) => this.#waiting.push({ who, go }));
  }
}
