/** How old a copy of something may be that others change. */
export interface CacheAge {
  /** Milliseconds for which it is given without asking the source. */
  maxAgeMs: number;
  /** Milliseconds for which it is given while the source does not answer; what is older is refused as the source refuses. */
  staleMs: number;
  /** Milliseconds of a clock that only goes forward; asked at every look, so it may be coarse: see {@link CoarseTime}. */
  now(): number;
}

const STEP_MS = 250;

/**
 * Milliseconds that go forward in steps: nothing but a field is read where a real clock would be asked a million times a second. It stands
 * still while the event loop does.
 */
export class CoarseTime {
  readonly #timer: NodeJS.Timeout;
  #now = Math.round(performance.now());

  constructor() {
    this.#timer = setInterval(() => {
      this.#now = Math.round(performance.now());
    }, STEP_MS).unref();
  }

  readonly now = (): number => this.#now;

  stop(): void {
    clearInterval(this.#timer);
  }
}
