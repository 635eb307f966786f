import type { LogRecord } from '../log.ts';
import { LOG_ORDER } from '../log-order.ts';

/** Of a batch: what cannot be finished for now, and what has to stay behind that. */
export class Held {
  readonly records: LogRecord[] = [];
  readonly #keys = new Set<string>();

  add(record: LogRecord): void {
    this.records.push(record);
    for (const key of LOG_ORDER.keysOf(record)) this.#keys.add(key);
  }

  /** Whether the record has to stay behind what is held: then it is, too. */
  takes(record: LogRecord): boolean {
    if (this.records.length === 0 || !LOG_ORDER.keysOf(record).some((key) => this.#keys.has(key)))
      return false;
    this.add(record);
    return true;
  }
}
