import type { Range } from '../../services/messages/history.ts';
import type { Deliverable } from './tail.ts';

/** A PUBLISH of an event that waits for its PUBACK. */
export interface Sent {
  position: Position;
  seq: number;
  sender: string;
  acknowledged: boolean;
}

/** Where a device gets a stream, and how. */
export interface Route {
  topic: Buffer;
  qos: 0 | 1;
}

/** How far one device is in one stream: what it may get, has been sent, and has acknowledged. */
export class Position {
  readonly stream: string;
  /** What may be delivered, ascending. */
  readonly ranges: Range[];
  /** The acknowledged prefix: what is written as the cursor. */
  acknowledged: number;
  /** When {@link acknowledged} moved last, milliseconds since the epoch. */
  acknowledgedAt = 0;
  sent: number;
  /** The newest event there is. */
  head = 0;
  route: Route | null = null;
  /** A page of history that is being sent. */
  page: Deliverable[] = [];
  /** Waits in one of its pump's queues. */
  queued = false;
  /** A page is being read. */
  fetching = false;
  readonly #unacknowledged: Sent[] = [];

  constructor(stream: string, ranges: Range[], acknowledged: number) {
    this.stream = stream;
    this.ranges = ranges;
    this.acknowledged = acknowledged;
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
  send(seq: number, sender: string): Sent {
    const sent: Sent = { position: this, seq, sender, acknowledged: false };
    this.#unacknowledged.push(sent);
    this.sent = Math.max(this.sent, seq);
    return sent;
  }

  /** Takes an acknowledgement; true when the prefix moved. One out of order waits for those before it. */
  acknowledge(sent: Sent, now: number): boolean {
    sent.acknowledged = true;
    let moved = false;
    while (this.#unacknowledged[0]?.acknowledged) {
      this.acknowledged = this.#unacknowledged.shift()!.seq;
      moved = true;
    }
    if (moved) this.acknowledgedAt = now;
    return moved;
  }

  /** From the page or nothing. */
  fromPage(seq: number): Deliverable | undefined {
    while (this.page.length > 0 && this.page[0]!.seq < seq) this.page.shift();
    return this.page[0]?.seq === seq ? this.page[0] : undefined;
  }
}
