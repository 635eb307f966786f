import type { StreamedEvent } from '../../services/messages/history.ts';
import type { CatchUp } from './catch-up.ts';
import type { Index } from './index-of-pumps.ts';
import { Position } from './position.ts';
import type { Pump } from './pump.ts';
import { deliverable, type Tail } from './tail.ts';

export interface FanOutParts {
  index: Index;
  tail: Tail;
  catchUp: CatchUp;
}

/** Joinings and leavings of one user that a load may miss; one that misses more begins again. */
const MOST_EARLY = 1_000;

/** Tells the pumps of connected devices what happens in their streams. */
export class FanOut {
  readonly #parts: FanOutParts;
  readonly #erased = new Set<string>();

  constructor(parts: FanOutParts) {
    this.#parts = parts;
  }

  /** Events that have just been stored, in order within each stream. */
  live(events: StreamedEvent[]): void {
    const woken = new Set<Pump>();
    for (const event of events) this.#event(event, woken);
    for (const pump of woken) pump.run();
  }

  /** Content was removed from history: it is not to be sent from memory any more. */
  erased(stream: string): void {
    this.#parts.tail.forget(stream);
    this.#parts.catchUp.forget(stream);
    // The sweeper says it for each of hundreds of messages: one walk over the devices of a stream is enough.
    if (this.#erased.size === 0) queueMicrotask(() => this.#forgetErased());
    this.#erased.add(stream);
  }

  place(position: Position): void {
    const { pump } = position;
    // Until it runs, nothing has a route: see reroute().
    if (pump.state === 'running') position.route = pump.routes.of(position.stream);
    pump.positions.set(position.stream, position);
    this.#parts.index.addPosition(position);
  }

  /** The user joined (event `seq`); what a load has seen already changes nothing. */
  joined(pump: Pump, stream: string, seq: number): void {
    const position = pump.positions.get(stream);
    if (position !== undefined) position.joined(seq);
    else this.place(new Position(pump, stream, [{ from: seq, to: null }], seq - 1));
  }

  left(pump: Pump, stream: string, seq: number): void {
    pump.positions.get(stream)?.left(seq);
  }

  #event(event: StreamedEvent, woken: Set<Pump>): void {
    const { index, tail } = this.#parts;
    const { stream, seq } = event;
    if (event.erased !== undefined) {
      this.erased(stream);
      this.#forgetErased();
    }
    for (const user of event.joined ?? [])
      for (const pump of index.ofUser(user)) this.#membership(pump, stream, seq, true);
    for (const user of event.left ?? [])
      for (const pump of index.ofUser(user)) this.#membership(pump, stream, seq, false);
    const positions = index.ofStream(stream);
    // Nobody of it is connected: nobody needs it in memory.
    if (positions === undefined) return;
    tail.push(stream, deliverable(event));
    for (const position of positions) {
      const { pump } = position;
      if (seq > position.head) position.head = seq;
      if (pump.state !== 'running') continue;
      pump.wake(position);
      woken.add(pump);
    }
  }

  #membership(pump: Pump, stream: string, seq: number, joined: boolean): void {
    // A pump that waits loads memberships later, and they have this one.
    if (pump.state === 'waiting') return;
    // A load that is under way may have read them before or after this one.
    if (pump.early === null) return joined ? this.joined(pump, stream, seq) : this.left(pump, stream, seq);
    if (pump.early.length >= MOST_EARLY) pump.client.close();
    else pump.early.push({ stream, seq, joined });
  }

  #forgetErased(): void {
    for (const stream of this.#erased)
      for (const position of this.#parts.index.ofStream(stream) ?? []) position.pump.forgetPages(position);
    this.#erased.clear();
  }
}
