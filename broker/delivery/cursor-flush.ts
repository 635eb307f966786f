import type { Cursors, DeviceCursor } from '../../services/messages/cursors.ts';
import { EndedCursors } from './ended-cursors.ts';
import { pauseMs } from './pauses.ts';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

/** Cursors a batch. */
const BATCH = 2_000;
/** What has been settled otherwise may lie among what waits, up to this and as much again as waits. */
const MOST_SETTLED = 1_000;

export interface CursorFlushParts {
  cursors: Cursors;
  everyMs: number;
  onFlushed: (count: number) => void;
  onError: (error: unknown) => void;
}

/**
 * Writes cursors behind their acknowledgements, many at once, one write at a time. What is lost with the process is delivered again: a
 * repetition, never a loss. While the store does not answer, what waits is bounded: one cursor a stream of each connected device, and of
 * those that are gone a number.
 */
export class CursorFlush {
  readonly #parts: CursorFlushParts;
  /** Positions of connected devices; those that are not dirty any more are passed over. */
  #dirty: Position[] = [];
  /** How many of them are not. */
  #settled = 0;
  readonly #ended = new EndedCursors();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  /** The write after the one under way, for all who ask meanwhile. */
  #next: Promise<void> | null = null;
  /** Writes that failed in a row. */
  #failures = 0;

  constructor(parts: CursorFlushParts) {
    this.#parts = parts;
  }

  /** Cursors that wait to be written. */
  get waiting(): number {
    return this.#dirty.length + this.#ended.count;
  }

  mark(position: Position): void {
    if (position.dirty) return;
    position.dirty = true;
    this.#dirty.push(position);
    this.#writeIn(this.#parts.everyMs);
  }

  /** Resolves when what was marked before is written, or could not be and waits for the next time. */
  flush(): Promise<void> {
    if (this.#writing === null) return this.#write();
    this.#next ??= this.#writing.then(() => {
      this.#next = null;
      return this.#write();
    });
    return this.#next;
  }

  /** As {@link flush}; at once when the store did not answer last time: it is tried again, but not for everyone who asks. */
  flushIfAnswered(): Promise<void> {
    return this.#failures > 0 ? DONE : this.flush();
  }

  /** The pump's connection ended: its cursors are written at once, and known until they are. */
  ended(pump: Pump): void {
    let ended = false;
    for (const position of pump.positions.values()) {
      if (position.dirty) this.#settled++;
      position.dirty = false;
      // Where it really stands is not known.
      if (pump.provisional || position.acknowledged <= position.written) continue;
      this.#ended.put(cursorOf(position));
      ended = true;
    }
    if (this.#settled > MOST_SETTLED + this.#dirty.length / 2) {
      this.#dirty = this.#dirty.filter(({ dirty }) => dirty);
      this.#settled = 0;
    }
    if (ended) void this.flushIfAnswered();
  }

  /** Where ended connections of the device stand, when that may be further than what is stored; as of now. */
  unwritten(device: string): ReadonlyMap<string, number> | undefined {
    return this.#ended.of(device);
  }

  /** Nothing more is written for the device, from when a write that is under way has ended. It has no connection any more. */
  discard(device: string): void {
    this.#ended.forget(device);
  }

  #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const writing = this.#writeAll().finally(() => {
      this.#writing = null;
    });
    this.#writing = writing;
    return writing;
  }

  async #writeAll(): Promise<void> {
    try {
      for (let rows = this.#ended.some(BATCH); rows.length > 0; rows = this.#ended.some(BATCH)) {
        await this.#parts.cursors.save(rows);
        this.#ended.written(rows);
        this.#parts.onFlushed(rows.length);
      }
      while (this.#dirty.length > 0) await this.#writeSome();
      this.#failures = 0;
    } catch (error) {
      this.#parts.onError(error);
      this.#failures++;
      // Also when something was marked meanwhile, which is not written sooner than the rest.
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      this.#writeIn(pauseMs(this.#failures, this.#parts.everyMs * 4));
    }
  }

  async #writeSome(): Promise<void> {
    const some = this.#dirty.splice(0, BATCH);
    const batch = some.filter(({ dirty }) => dirty);
    this.#settled -= some.length - batch.length;
    if (batch.length === 0) return;
    for (const position of batch) position.dirty = false;
    const rows = batch.map(cursorOf);
    try {
      await this.#parts.cursors.save(rows);
    } catch (error) {
      for (const position of batch) {
        // Of an ended one it is known already.
        if (position.dirty || position.pump.closed) continue;
        position.dirty = true;
        this.#dirty.push(position);
      }
      throw error;
    }
    for (const [i, position] of batch.entries()) position.written = rows[i]!.seq;
    this.#parts.onFlushed(rows.length);
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }
}

const DONE = Promise.resolve();

function cursorOf({ stream, acknowledged, acknowledgedAt, pump: { actor } }: Position): DeviceCursor {
  return { device: actor.device, user: actor.user, stream, seq: acknowledged, time: acknowledgedAt };
}
