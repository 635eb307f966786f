import type { Logger } from '../../../platform/logging.ts';
import type { StoredEvent, StreamedEvent } from '../history.ts';
import { isStorageTrouble } from '../passing-trouble.ts';
import type { ChangeRules } from '../pipeline.ts';

/** The rules' second half: what stored events mean to the directory and to caches. */
export class Projection {
  /** By the type of the event, whatever command it came with. */
  readonly #rules: ReadonlyMap<string, ChangeRules>;
  readonly #logger: Logger;

  constructor(rules: readonly ChangeRules[], logger: Logger) {
    this.#rules = new Map(rules.map((one) => [one.event as string, one]));
    this.#logger = logger;
  }

  /** Applies the event. A mistake of ours in one projection must not hold up everybody's messages; trouble of the storage does. */
  async apply(event: StoredEvent): Promise<void> {
    const rules = this.#rules.get(event.type);
    try {
      await rules?.apply?.(event);
    } catch (error) {
      if (isStorageTrouble(error)) throw error;
      const { id, type, stream, seq } = event;
      this.#logger.error({ err: error, event: id, type, stream, seq }, 'an event could not be applied');
    }
    rules?.stale?.(event);
  }

  /** Forgets what caches here hold that the event, which another process has applied, has made old. */
  forgetStale(event: StreamedEvent): void {
    this.#rules.get(event.type)?.stale?.(event);
  }
}
