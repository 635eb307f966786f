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
  /**
   * Events before this one have not come to a position: what they changed, also who is in the stream, is to be found out before the
   * position goes on.
   */
  onJump: (pump: Pump, stream: string, seq: number) => void;
  /** Whether events are told by other processes: then some may be missing. */
  lags: boolean;
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

  /**
   * Stored events, in order within each stream as a rule. They may come again, behind newer ones too, and some may be missing: what a
   * position knows already changes nothing, and what it did not get it reads.
   */
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

  /** As {@link erased}, of whichever stream. */
  forgetAll(): void {
    const { index, tail, catchUp } = this.#parts;
    tail.forgetAll();
    catchUp.forgetAll();
    for (const pump of index.pumps())
      if (pump.behind) for (const position of pump.positions.values()) pump.forgetPages(position);
  }

  place(position: Position<Pump>): void {
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
    // They may have been in it before, and neither is known here.
    else if (this.#parts.lags && seq > 1) this.#parts.onJump(pump, stream, seq);
    else {
      const begins = new Position(pump, stream, [{ from: seq, to: null }], seq - 1);
      begins.head = seq - 1;
      this.place(begins);
    }
  }

  left(pump: Pump, stream: string, seq: number): void {
    const position = pump.positions.get(stream);
    if (position !== undefined) position.left(seq);
    else if (this.#parts.lags) this.#parts.onJump(pump, stream, seq);
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
    let fresh = false;
    let jumps = false;
    for (const position of positions) {
      const { pump } = position;
      // It came before, or history had it before it was told.
      if (seq <= position.head) continue;
      if (seq > position.head + 1 && pump.state !== 'loading' && isShared(position)) {
        jumps = true;
        this.#parts.onJump(pump, stream, seq);
        continue;
      }
      if (pump.state === 'running') {
        fresh = true;
        pump.wake(position);
        woken.add(pump);
      }
      position.head = seq;
    }
    // What is missing may have removed something.
    if (jumps) {
      this.erased(stream);
      this.#forgetErased();
    }
    // From memory it goes to those who wait for it now. A repetition might bring back what was removed since.
    if (fresh) tail.push(stream, deliverable(event));
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

/** Others are in it too, and may have had this user removed. */
function isShared({ stream, pump: { actor } }: Position): boolean {
  return stream !== actor.user && stream !== actor.device;
}
