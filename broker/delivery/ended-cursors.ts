import type { DeviceCursor } from '../../services/messages/cursors.ts';

/** Beyond it those of the device that left longest ago are dropped: what it had acknowledged is delivered to it again. */
const MOST_CURSORS = 100_000;

/** Cursors of connections that ended before they were written. */
export class EndedCursors {
  readonly #most: number;
  /** By device and stream; the device that left longest ago first. */
  readonly #devices = new Map<string, Map<string, DeviceCursor>>();
  #count = 0;

  constructor(most = MOST_CURSORS) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  put(cursor: DeviceCursor): void {
    let streams = this.#devices.get(cursor.device);
    if (streams === undefined) {
      streams = new Map();
      this.#devices.set(cursor.device, streams);
    }
    const known = streams.get(cursor.stream);
    if (known !== undefined && known.seq >= cursor.seq) return;
    streams.set(cursor.stream, cursor);
    if (known === undefined) this.#count++;
    for (const oldest of this.#devices.keys()) {
      if (this.#count <= this.#most) break;
      this.forget(oldest);
    }
  }

  /** Undefined: nothing is unwritten. */
  of(device: string): ReadonlyMap<string, number> | undefined {
    const streams = this.#devices.get(device);
    return streams && new Map([...streams.values()].map(({ stream, seq }) => [stream, seq]));
  }

  /** At most so many, of whichever. */
  some(most: number): DeviceCursor[] {
    const some: DeviceCursor[] = [];
    for (const streams of this.#devices.values())
      for (const cursor of streams.values()) {
        if (some.length === most) return some;
        some.push(cursor);
      }
    return some;
  }

  /** They are stored; those that have moved on meanwhile are not. */
  written(cursors: readonly DeviceCursor[]): void {
    for (const cursor of cursors) {
      const streams = this.#devices.get(cursor.device);
      if (streams?.get(cursor.stream) !== cursor) continue;
      streams.delete(cursor.stream);
      this.#count--;
      if (streams.size === 0) this.#devices.delete(cursor.device);
    }
  }

  forget(device: string): void {
    this.#count -= this.#devices.get(device)?.size ?? 0;
    this.#devices.delete(device);
  }
}
