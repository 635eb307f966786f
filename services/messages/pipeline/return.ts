import { setTimeout as timer } from 'node:timers/promises';
import type { DirectoryState } from './directory-state.ts';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;
/** How often it is asked whether it is back. */
const ASK_MS = 500;
/** After so long without a wait the pauses begin small again. */
const QUIET_MS = 10_000;

/** When it is worth trying again what the directory did not answer: after a pause that grows, or as soon as it has come back. */
export class Return {
  readonly #directory: DirectoryState;
  #pauseMs = RETRY_MIN_MS;
  #waiting: Promise<void> | null = null;
  #waitedAt = Number.NEGATIVE_INFINITY;

  constructor(directory: DirectoryState) {
    this.#directory = directory;
  }

  /** The same for everybody who asks meanwhile. */
  again(): Promise<void> {
    this.#waiting ??= this.#wait().finally(() => {
      this.#waiting = null;
      this.#waitedAt = performance.now();
    });
    return this.#waiting;
  }

  async #wait(): Promise<void> {
    const start = performance.now();
    if (start - this.#waitedAt > QUIET_MS) this.#pauseMs = RETRY_MIN_MS;
    const until = start + this.#pauseMs;
    this.#pauseMs = Math.min(RETRY_MAX_MS, this.#pauseMs * 2);
    let away = false;
    for (let left = until - start; left > 0; left = until - performance.now()) {
      const answers = await this.#answers();
      // What answers all the time and yet did not give what was asked for is not to be asked for it without a pause.
      if (answers && away) return;
      away ||= !answers;
      await timer(Math.min(left, ASK_MS), undefined, { ref: false });
    }
  }

  #answers(): Promise<boolean> {
    return this.#directory.ask().then(
      () => true,
      () => false,
    );
  }
}
