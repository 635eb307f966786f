import type { Cursors, DeviceCursor } from '../../services/messages/cursors.ts';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

/** Cursors a batch. */
const BATCH = 2_000;

export interface CursorFlushParts {
  cursors: Cursors;
  everyMs: number;
  onFlushed: (count: number) => void;
  onError: (error: unknown) => void;
}

/**
 * Writes cursors behind their acknowledgements, many at once, one write at a time. What is lost with the process is delivered again: a
 * repetition, never a loss.
 */
export class CursorFlush {
  readonly #parts: CursorFlushParts;
  #dirty: Position[] = [];
  /** By device: connections that ended while their cursors were not written yet. */
  readonly #ended = new Map<string, Pump>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: CursorFlushParts) {
    this.#parts = parts;
  }

  mark(position: Position): void {
    if (position.dirty) return;
    position.dirty = true;
    this.#dirty.push(position);
    this.#writeIn(this.#parts.everyMs);
  }

  /** Resolves when what was marked before is written, or could not be and waits for the next time. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** The pump's connection ended: its cursors are written at once, and known until they are. */
  ended(pump: Pump): void {
    for (const { acknowledged, written } of pump.positions.values()) {
      if (acknowledged <= written) continue;
      this.#ended.set(pump.actor.device, pump);
      void this.flush();
      return;
    }
  }

  /** Where an ended connection of the device stands, when that may be further than what is stored. */
  unwritten(device: string): ReadonlyMap<string, Position> | undefined {
    return this.#ended.get(device)?.positions;
  }

  /** Nothing more is written for the device, from when a write that is under way has ended. */
  discard(device: string): void {
    this.#ended.delete(device);
    this.#dirty = this.#dirty.filter((position) => position.pump.actor.device !== device);
  }

  async #write(): Promise<void> {
    while (this.#dirty.length > 0) {
      const batch = this.#dirty.splice(0, BATCH);
      const rows = batch.map((position): DeviceCursor => {
        position.dirty = false;
        const { stream, acknowledged, acknowledgedAt, pump } = position;
        const { device, user } = pump.actor;
        return { device, user, stream, seq: acknowledged, time: acknowledgedAt };
      });
      try {
        await this.#parts.cursors.save(rows);
      } catch (error) {
        this.#parts.onError(error);
        this.#again(batch);
        return;
      }
      for (const [i, position] of batch.entries()) position.written = rows[i]!.seq;
      this.#parts.onFlushed(rows.length);
    }
    this.#ended.clear();
  }

  #again(batch: Position[]): void {
    for (const position of batch) {
      if (position.dirty) continue;
      position.dirty = true;
      this.#dirty.push(position);
    }
    this.#writeIn(this.#parts.everyMs * 4);
  }

  #writeIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }
}
