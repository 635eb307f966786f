import type { LogRecord } from './log.ts';

/**
 * The newest records of the log, as they were appended: the consumer takes them from here, already parsed, and reads
 * the table only for what no longer is here. Bounded in records and in characters; the oldest go first.
 */
export class LogTail {
  readonly #mostRecords: number;
  readonly #mostChars: number;
  #records: LogRecord[] = [];
  /** Index of the first one that is still held: shifting an array would cost its length every time. */
  #head = 0;
  #chars = 0;

  constructor(mostRecords: number, mostChars: number) {
    this.#mostRecords = mostRecords;
    this.#mostChars = mostChars;
  }

  get size(): number {
    return this.#records.length - this.#head;
  }

  /** Position of the first record held; Infinity when there is none. */
  get first(): number {
    return this.#records[this.#head]?.position ?? Number.POSITIVE_INFINITY;
  }

  push(record: LogRecord): void {
    const last = this.#records.at(-1);
    if (last !== undefined && this.size > 0 && last.position + 1 !== record.position)
      this.dropThrough(last.position);
    this.#records.push(record);
    this.#chars += record.text.length;
    while (this.size > this.#mostRecords || (this.#chars > this.#mostChars && this.size > 1)) this.#drop();
  }

  /** At most `limit` records from `position` on; none when that one is not held. */
  from(position: number, limit: number): LogRecord[] {
    if (position < this.first) return [];
    const start = this.#head + (position - this.first);
    return this.#records.slice(start, start + limit);
  }

  /** Lets go of everything up to and including `position`: it has been handled. */
  dropThrough(position: number): void {
    while (this.first <= position) this.#drop();
  }

  #drop(): void {
    this.#chars -= this.#records[this.#head]!.text.length;
    // The slot must not keep the record alive until the array is compacted.
    this.#records[this.#head++] = undefined as never;
    if (this.#head >= 1_024 && this.#head * 2 >= this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}
