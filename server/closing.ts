import type { Logger } from '../platform/logging.ts';

/** What was opened, to be closed newest first: also when a start fails half way. */
export class Closing {
  readonly #steps: (() => Promise<unknown> | unknown)[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add<T>(thing: T, close: (thing: T) => Promise<unknown> | unknown): T {
    this.#steps.push(() => close(thing));
    return thing;
  }

  /** Never rejects: what cannot be closed is logged. */
  async closeAll(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) {
      try {
        await step();
      } catch (error) {
        this.#logger.error({ err: error }, 'something could not be closed');
      }
    }
  }
}
