/** A piece of work in its turn; it may call `yieldTurn` to let those behind it go on while it waits for something. */
export type Work = (yieldTurn: () => void) => Promise<void>;

/** In order within each line, lines beside each other, a bounded number of them at once; who came first goes first. */
export class Turns {
  readonly #most: number;
  readonly #lines = new Map<string, Work[]>();
  readonly #ready: string[] = [];
  readonly #busy = new Set<string>();
  /** All that have begun and not ended, also those that have yielded. */
  readonly #begun = new Set<Promise<void>>();
  #running = 0;
  #stopped = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** `work` must not reject. */
  add(line: string, work: Work): void {
    const waiting = this.#lines.get(line);
    if (waiting !== undefined) waiting.push(work);
    else {
      this.#lines.set(line, [work]);
      if (!this.#busy.has(line)) this.#ready.push(line);
    }
    this.#go();
  }

  /** Nothing more begins; resolves when what has begun has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#begun.size > 0) await Promise.all(this.#begun);
  }

  #go(): void {
    while (!this.#stopped && this.#running < this.#most) {
      const line = this.#ready.shift();
      if (line === undefined) return;
      const waiting = this.#lines.get(line)!;
      const work = waiting.shift()!;
      if (waiting.length === 0) this.#lines.delete(line);
      this.#busy.add(line);
      this.#running++;
      this.#begin(line, work);
    }
  }

  #begin(line: string, work: Work): void {
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      this.#running--;
      this.#busy.delete(line);
      if (this.#lines.has(line)) this.#ready.push(line);
      this.#go();
    };
    const begun = work(end).finally(() => {
      this.#begun.delete(begun);
      end();
    });
    this.#begun.add(begun);
  }
}
