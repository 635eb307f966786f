import type { Actor } from '../../services/actor.ts';
import type { Range } from '../../services/messages/history.ts';
import type { Deliverable } from './tail.ts';

/** A PUBLISH of an event that waits for its PUBACK. */
export interface Sent {
  readonly position: Position;
  readonly seq: number;
  readonly sender: string;
  readonly topic: string;
  acknowledged: boolean;
}

/** Where a device gets a stream, and how. */
export interface Route {
  /** As it was subscribed to: the same string that the session has. */
  topic: string;
  qos: 0 | 1;
}

/** Where a position is among those of its pump: see {@link Supply}. It is in one of these places at a time. */
export type Place = 'idle' | 'ready' | 'reading' | 'starved';

/**
 * Events of one stream behind one that is not acknowledged, at most: the cursor waits for that one, and all behind it have to be
 * remembered. A client that acknowledges in order [MQTT-4.6.0-2] never comes here.
 */
export const MOST_UNACKNOWLEDGED = 2_048;

/** What a position knows of the pump that it belongs to. */
export interface PumpOfPosition {
  readonly actor: Actor;
  readonly closed: boolean;
  /** Nothing that is acknowledged says how far the device is. */
  readonly provisional: boolean;
  forgetPages(position: Position): void;
}

/** How far one device is in one stream: what it may get, has been sent, and has acknowledged. */
export class Position<P extends PumpOfPosition = PumpOfPosition> {
  readonly pump: P;
  readonly stream: string;
  /** What may be delivered, ascending. */
  readonly ranges: Range[];
  /** The acknowledged prefix: what is written as the cursor. */
  acknowledged: number;
  /** When {@link acknowledged} moved last, milliseconds since the epoch. */
  acknowledgedAt = 0;
  /** The cursor as it is stored. */
  written: number;
  /** Waits for its cursor to be written. */
  dirty = false;
  sent: number;
  /** The newest event there is. */
  head = 0;
  route: Route | null = null;
  place: Place = 'idle';
  /** The one behind it in its {@link Line}. */
  behind: Position | null = null;
  /** A page of history that is being sent. It may be shared with other devices. */
  page: readonly Deliverable[] | null = null;
  /** Content was removed while a page was being read: it may still have it. */
  stale = false;
  #pageAt = 0;
  /** In the order they were sent; null: none yet. */
  #unacknowledged: Sent[] | null = null;

  constructor(pump: P, stream: string, ranges: Range[], acknowledged: number) {
    this.pump = pump;
    this.stream = stream;
    this.ranges = ranges;
    this.acknowledged = acknowledged;
    this.written = acknowledged;
    this.sent = acknowledged;
  }

  /** The next event to send; null: everything that there is, and may be sent, has been. */
  next(): number | null {
    const after = this.sent + 1;
    if (after > this.head) return null;
    for (const { from, to } of this.ranges) {
      if (to !== null && to < after) continue;
      const seq = Math.max(from, after);
      return seq <= this.head ? seq : null;
    }
    return null;
  }

  /** Too much waits behind an event that is not acknowledged: nothing more is sent until it is. */
  get clogged(): boolean {
    return this.#unacknowledged !== null && this.#unacknowledged.length >= MOST_UNACKNOWLEDGED;
  }

  /**
   * Begins again behind what turns out to be the stored cursor, whatever was sent: it is sent once more. What is in flight counts for
   * nothing when it is acknowledged.
   */
  restart(cursor: number): void {
    for (const sent of this.#unacknowledged ?? []) sent.acknowledged = true;
    this.#unacknowledged = null;
    this.acknowledged = cursor;
    this.written = cursor;
    // At QoS 0 nothing comes again.
    if (this.route?.qos !== 0) this.sent = cursor;
  }

  /**
   * What the directory said of the user's place in the stream when it was asked: events that came since may know more, and what an
   * earlier asking said may come later than what a later one said.
   */
  learn(ranges: readonly Range[]): void {
    const told = this.ranges.at(-1);
    const merged = new Map<number, number | null>();
    for (const { from, to } of [...this.ranges, ...ranges]) {
      const known = merged.get(from) ?? null;
      merged.set(from, known === null || to === null ? (known ?? to) : Math.min(known, to));
    }
    const sorted = [...merged].sort(([a], [b]) => a - b).map(([from, to]) => ({ from, to }));
    this.ranges.splice(0, this.ranges.length, ...sorted);
    if (told?.to != null) this.left(told.to);
  }

  joined(seq: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && (last.to === null || last.to >= seq || last.from >= seq)) return;
    this.ranges.push({ from: seq, to: null });
  }

  left(seq: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && last.to === null && last.from <= seq) last.to = seq;
  }

  /** The event is on its way at QoS 1. */
  send(seq: number, sender: string, topic: string): Sent {
    const sent: Sent = { position: this, seq, sender, topic, acknowledged: false };
    if (this.#unacknowledged === null) this.#unacknowledged = [sent];
    else this.#unacknowledged.push(sent);
    this.sent = Math.max(this.sent, seq);
    return sent;
  }

  /** What was sent without expecting an acknowledgement is sent again. */
  rewind(): void {
    this.sent = this.#unacknowledged?.at(-1)?.seq ?? this.acknowledged;
  }

  /**
   * Moves the prefix over the next event, if that one is acknowledged: one out of order waits for those before it.
   * Null: it is not. `now`: milliseconds since the epoch.
   */
  advance(now: number): Sent | null {
    const first = this.#unacknowledged?.[0];
    if (!first?.acknowledged) return null;
    // Nothing on its way is the rule: an empty list for each stream of each device would cost memory.
    if (this.#unacknowledged!.length === 1) this.#unacknowledged = null;
    else this.#unacknowledged!.shift();
    this.acknowledged = first.seq;
    this.acknowledgedAt = now;
    return first;
  }

  hold(page: readonly Deliverable[]): void {
    this.page = page;
    this.#pageAt = 0;
  }

  /** From the page or nothing; what comes before it in the page is passed over. */
  fromPage(seq: number): Deliverable | undefined {
    const { page } = this;
    if (page === null) return undefined;
    while (this.#pageAt < page.length && page[this.#pageAt]!.seq < seq) this.#pageAt++;
    const event = page[this.#pageAt];
    return event?.seq === seq ? event : undefined;
  }
}
