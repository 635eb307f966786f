import { withSequence } from '../../protocol/events.ts';
import type { StoredEvent } from '../../services/messages/history.ts';

/** An event as it is delivered: its payload is made once, whoever gets it. */
export interface Deliverable {
  seq: number;
  /** Whose it is: who is told that it arrived. */
  sender: string;
  payload: Buffer;
}

export function deliverable({ seq, sender, body }: StoredEvent): Deliverable {
  return { seq, sender: sender.user, payload: Buffer.from(withSequence(seq, body)) };
}

interface Recent {
  first: number;
  events: Deliverable[];
  bytes: number;
}

const MOST_EVENTS = 512;

/**
 * The newest events of streams that are being written to, for those devices that are up to date. Bounded in bytes; the stream
 * that was written to longest ago goes first.
 */
export class Tail {
  readonly #mostBytes: number;
  /** In order of the last event. */
  readonly #streams = new Map<string, Recent>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  push(stream: string, event: Deliverable): void {
    let recent = this.#streams.get(stream);
    // It was here before: the event stream repeats itself.
    if (recent !== undefined && event.seq < recent.first + recent.events.length) return;
    if (recent !== undefined) this.#streams.delete(stream);
    if (recent === undefined || recent.first + recent.events.length !== event.seq) {
      if (recent !== undefined) this.#bytes -= recent.bytes;
      recent = { first: event.seq, events: [], bytes: 0 };
    }
    recent.events.push(event);
    recent.bytes += event.payload.length;
    this.#bytes += event.payload.length;
    if (recent.events.length > MOST_EVENTS) {
      // Half at once: shifting one by one would move the rest every time.
      for (const dropped of recent.events.splice(0, MOST_EVENTS / 2)) {
        recent.bytes -= dropped.payload.length;
        this.#bytes -= dropped.payload.length;
      }
      recent.first += MOST_EVENTS / 2;
    }
    this.#streams.set(stream, recent);
    for (const [oldest, { bytes }] of this.#streams) {
      if (this.#bytes <= this.#mostBytes || oldest === stream) break;
      this.#streams.delete(oldest);
      this.#bytes -= bytes;
    }
  }

  get(stream: string, seq: number): Deliverable | undefined {
    const recent = this.#streams.get(stream);
    return recent === undefined || seq < recent.first ? undefined : recent.events[seq - recent.first];
  }

  /** Users who wrote one of these events, as far as they are here. */
  senders(stream: string, upTo: number): Set<string> {
    const senders = new Set<string>();
    for (const event of this.#streams.get(stream)?.events ?? [])
      if (event.seq <= upTo) senders.add(event.sender);
    return senders;
  }

  /** What is here of the stream is not to be sent any more. */
  forget(stream: string): void {
    const recent = this.#streams.get(stream);
    if (recent === undefined) return;
    this.#bytes -= recent.bytes;
    this.#streams.delete(stream);
  }

  forgetAll(): void {
    this.#streams.clear();
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
