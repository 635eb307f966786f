import type { Cursors, DeviceCursor } from '../../services/messages/cursors.ts';
import type { Position } from './position.ts';
import type { Pump } from './pump.ts';

/** Cursors a batch. */
const BATCH = 2_000;

/**
 * Writes cursors behind their acknowledgements, many at once, one write at a time. What is lost with the process is delivered again: a
 * repetition, never a loss.
 */
export class CursorFlush {
  readonly #cursors: Cursors;
  readonly #everyMs: number;
  readonly #onFlushed: (count: number) => void;
  readonly #onError: (error: unknown) => void;
  #dirty = new Map<Position, Pump>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    cursors: Cursors,
    everyMs: number,
    onFlushed: (count: number) => void,
    onError: (error: unknown) => void,
  ) {
    this.#cursors = cursors;
    this.#everyMs = everyMs;
    this.#onFlushed = onFlushed;
    this.#onError = onError;
  }

  mark(pump: Pump, position: Position): void {
    this.#dirty.set(position, pump);
    this.#timer ??= setTimeout(() => void this.flush(), this.#everyMs);
  }

  /** Resolves when what was marked before is written, or could not be and waits for the next time. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#dirty.size > 0) {
      const batch = [...this.#dirty].slice(0, BATCH);
      for (const [position] of batch) this.#dirty.delete(position);
      const rows = batch.map(
        ([position, { actor }]): DeviceCursor => ({
          device: actor.device,
          user: actor.user,
          stream: position.stream,
          seq: position.acknowledged,
          time: position.acknowledgedAt,
        }),
      );
      try {
        await this.#cursors.save(rows);
        this.#onFlushed(rows.length);
      } catch (error) {
        this.#onError(error);
        for (const [position, pump] of batch) this.#dirty.set(position, pump);
        this.#timer ??= setTimeout(() => void this.flush(), this.#everyMs * 4);
        return;
      }
    }
  }
}
