import type { Unfinished } from './pump.ts';

/**
 * What persistent sessions had in flight when they were cut, in memory: so that it can be sent again with the same packet
 * identifiers and DUP [MQTT-4.4.0-1]. Bounded: of the device that left longest ago it is forgotten, and what it had not acknowledged comes
 * again as new.
 */
export class Sessions {
  readonly #most: number;
  readonly #unfinished = new Map<string, Unfinished[]>();

  constructor(most = 50_000) {
    this.#most = most;
  }

  keep(device: string, unfinished: Unfinished[]): void {
    this.#unfinished.delete(device);
    if (unfinished.length === 0) return;
    this.#unfinished.set(device, unfinished);
    if (this.#unfinished.size > this.#most) this.#unfinished.delete(this.#unfinished.keys().next().value!);
  }

  take(device: string): Unfinished[] {
    const unfinished = this.#unfinished.get(device) ?? [];
    this.#unfinished.delete(device);
    return unfinished;
  }
}
