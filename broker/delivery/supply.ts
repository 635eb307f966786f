import type { CatchUp } from './catch-up.ts';
import { Line } from './line.ts';
import { pauseMs } from './pauses.ts';
import type { Position } from './position.ts';
import type { Deliverable, Tail } from './tail.ts';

/** Pages of history that one device has in memory or is waiting for, over all its streams. */
const MOST_PAGES = 2;
/** A hole in history is believed when it was read so often: a store may show later what it has. */
const HOLE_READS = 5;

export interface SupplyParts {
  tail: Tail;
  catchUp: CatchUp;
  onError: (error: unknown) => void;
}

/**
 * What one device is to be sent next: its streams that have something, each in its turn, and their events, from memory or in
 * pages from history.
 *
 * A position is idle (nothing to send), ready (in line for its turn), reading (a page is on its way) or starved (needs a
 * page, but the device has its share of them); see {@link Position.place}. A page is counted from when it is asked for
 * until it was sent or dropped.
 */
export class Supply {
  readonly #parts: SupplyParts;
  readonly #pump: { run(): void };
  readonly #ready = new Line();
  readonly #starved = new Line();
  #pages = 0;
  /** Reads that failed in a row. */
  #failures = 0;
  /** How often a page was read that did not begin with what was asked for; null: none. */
  #holes: Map<Position, number> | null = null;

  /** The pump is run when there is something to send that was not there before. */
  constructor(parts: SupplyParts, pump: { run(): void }) {
    this.#parts = parts;
    this.#pump = pump;
  }

  /** Something is to be sent, or on its way to be. */
  get busy(): boolean {
    return this.#pages > 0 || !this.#ready.empty || !this.#starved.empty;
  }

  /** The stream may have something to send. */
  wake(position: Position): void {
    if (position.place === 'idle') this.#line(position);
  }

  /** The stream whose turn it is, which then has to be given back by {@link requeue}, {@link rest} or {@link read}; null: none. */
  turn(): Position | null {
    if (this.#pages < MOST_PAGES) {
      const starved = this.#starved.shift();
      if (starved !== null) this.#line(starved);
    }
    return this.#ready.shift();
  }

  /** Its turn is over and it has more: to the end of the line. */
  requeue(position: Position): void {
    this.#line(position);
  }

  /** It has nothing more to send. */
  rest(position: Position): void {
    position.place = 'idle';
    this.drop(position);
  }

  /** Undefined: it must be {@link read}. */
  find(position: Position, seq: number): Deliverable | undefined {
    if (position.page !== null) {
      const event = position.fromPage(seq);
      if (event !== undefined) return event;
      this.drop(position);
    }
    return this.#parts.tail.get(position.stream, seq);
  }

  /** Reads the page that begins behind `after`; the position comes back to the line when it is there. */
  read(position: Position, after: number): void {
    if (this.#pages >= MOST_PAGES) {
      position.place = 'starved';
      this.#starved.push(position);
      return;
    }
    position.place = 'reading';
    position.stale = false;
    this.#pages++;
    this.#parts.catchUp.page(position.stream, after).then(
      (events) => this.#arrived(position, after, events),
      (error: unknown) => this.#failed(position, error),
    );
  }

  /** Its page is not to be sent, and what is being read for it neither. */
  drop(position: Position): void {
    position.stale = true;
    if (position.page === null) return;
    position.page = null;
    this.#pages--;
  }

  #line(position: Position): void {
    position.place = 'ready';
    this.#ready.push(position);
  }

  #arrived(position: Position, after: number, events: readonly Deliverable[]): void {
    if (position.stale) {
      this.#pages--;
      return this.read(position, after);
    }
    // Its head is known, so it is stored: this read saw less than what was there.
    if (events.length === 0) return this.#failed(position, new Error('history ends before its head'));
    // History has no gaps. If it has one all the same, that is no reason to read the same page for ever.
    if (events[0]!.seq > after + 1) {
      if (!this.#isHole(position)) return this.#failed(position, new Error('history has a hole'));
      if (position.next() === after + 1) position.sent = events[0]!.seq - 1;
    }
    this.#failures = 0;
    this.#holes?.delete(position);
    position.hold(events);
    this.#line(position);
    this.#pump.run();
  }

  #isHole(position: Position): boolean {
    this.#holes ??= new Map();
    const reads = (this.#holes.get(position) ?? 0) + 1;
    this.#holes.set(position, reads);
    return reads >= HOLE_READS;
  }

  /** The page stays counted while it waits to try again: a store that does not answer is asked for no more than others wait for. */
  #failed(position: Position, error: unknown): void {
    this.#parts.onError(error);
    setTimeout(
      () => {
        this.#pages--;
        this.#line(position);
        this.#pump.run();
      },
      pauseMs(++this.#failures),
    ).unref();
  }
}
