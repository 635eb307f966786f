import type { Answer } from './answers.ts';
import type { CatchUp } from './catch-up.ts';
import { pause } from './pauses.ts';
import type { Deliverable, Tail } from './tail.ts';

/** What a persistent session had in flight when its connection ended. */
export type Unfinished =
  | { packetId: number; topic: string; stream: string; seq: number }
  | { packetId: number; answer: Answer };

export interface RedeliveryParts {
  tail: Tail;
  catchUp: CatchUp;
  onError: (error: unknown) => void;
}

/**
 * What a device had not acknowledged when its last connection ended: it comes first, in the order it was sent, with the
 * same packet identifiers [MQTT-4.4.0-1] [MQTT-4.6.0-1]. The events are read again: their content may have been removed.
 */
export class Redelivery {
  readonly #parts: RedeliveryParts;
  readonly #pump: { run(): void };
  readonly #unfinished: readonly Unfinished[];
  #at = 0;
  #page: { stream: string; events: readonly Deliverable[] } | null = null;
  #reading = false;
  #stale = false;
  /** Reads that failed in a row. */
  #failures = 0;

  constructor(unfinished: readonly Unfinished[], parts: RedeliveryParts, pump: { run(): void }) {
    this.#unfinished = unfinished;
    this.#parts = parts;
    this.#pump = pump;
  }

  /** Undefined: all have been sent again. */
  get first(): Unfinished | undefined {
    return this.#unfinished[this.#at];
  }

  get rest(): readonly Unfinished[] {
    return this.#unfinished.slice(this.#at);
  }

  /** Whether something that is to be sent again has this packet identifier. */
  has(packetId: number): boolean {
    return this.rest.some((one) => one.packetId === packetId);
  }

  shift(): void {
    this.#at++;
  }

  /** Null: there is no such event any more. Undefined: it is being read, the pump is run when it is here. */
  find(stream: string, seq: number): Deliverable | null | undefined {
    const live = this.#parts.tail.get(stream, seq);
    if (live !== undefined) return live;
    if (this.#page?.stream === stream) {
      const event = this.#page.events.find((candidate) => candidate.seq >= seq);
      if (event !== undefined) return event.seq === seq ? event : null;
    }
    if (!this.#reading) void this.#read(stream, seq - 1);
    return undefined;
  }

  /** Content of the stream was removed. */
  forget(stream: string): void {
    if (this.#page?.stream === stream) this.#page = null;
    this.#stale = true;
  }

  async #read(stream: string, after: number): Promise<void> {
    this.#reading = true;
    this.#stale = false;
    try {
      const events = await this.#parts.catchUp.page(stream, after);
      // It was sent once, so it is stored: this read saw less than what was there.
      if (events.length === 0) throw new Error('history ends before what was delivered');
      this.#failures = 0;
      if (!this.#stale) this.#page = { stream, events };
    } catch (error) {
      this.#parts.onError(error);
      await pause(++this.#failures);
    }
    this.#reading = false;
    this.#pump.run();
  }
}
