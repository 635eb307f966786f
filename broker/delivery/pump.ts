import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import type { Actor } from '../../services/actor.ts';
import type { CatchUp } from './catch-up.ts';
import { PacketIds } from './packet-ids.ts';
import type { Position, Sent } from './position.ts';
import { publishPacket } from './publish-packet.ts';
import { ReceiptLane } from './receipt-lane.ts';
import type { Deliverable, Tail } from './tail.ts';

/** Something that is sent once and kept nowhere. */
interface Reply {
  topic: Buffer;
  payload: Buffer;
}

type InFlight = { sent: Sent } | { reply: Reply };

/** What a persistent session had in flight when its connection ended, in the order it was sent. */
export interface Unfinished {
  packetId: number;
  stream: string | null;
  seq: number;
  reply: Reply | null;
}

export interface PumpParts {
  tail: Tail;
  catchUp: CatchUp;
  window: number;
  counts: { deliveries: number; redeliveries: number; acknowledged: number };
  /** An acknowledgement moved a position's prefix. */
  onAcknowledged: (pump: Pump, sent: Sent) => void;
  onError: (error: unknown) => void;
}

/** Answers that may wait for room; beyond it those who ask wait. */
const MOST_REPLIES = 128;
/** Events of one stream in a row before another stream has its turn. */
const TURN = 16;
/** Pages of history that one device reads at once. */
const MOST_PAGES = 2;

/**
 * Writes to one connected device: what lies past its positions, and answers, at most a window of them unacknowledged, and
 * nothing while its socket has no room.
 */
export class Pump {
  readonly actor: Actor;
  readonly client: Client;
  readonly persistent: boolean;
  readonly positions = new Map<string, Position>();
  readonly receipts = new ReceiptLane();
  /** Set while what is to be delivered is being loaded: nothing is sent before. */
  loading = true;
  closed = false;
  started = false;
  /** Who joined and left while it was loading. */
  readonly early: { stream: string; seq: number; joined: boolean }[] = [];
  /** The device's own inbox and the user's, when they are subscribed to. */
  deviceInbox: { topic: Buffer; qos: 0 | 1 } | null = null;
  userInbox: { topic: Buffer; qos: 0 | 1 } | null = null;
  readonly #parts: PumpParts;
  readonly #conn: Duplex;
  readonly #ids = new PacketIds();
  readonly #inflight = new Map<number, InFlight>();
  readonly #replies: Reply[] = [];
  readonly #room: (() => void)[] = [];
  /** Streams that have something to send, each in its turn. */
  readonly #ready: Position[] = [];
  /** Streams that wait until one of the device's pages has been read. */
  readonly #starved: Position[] = [];
  #pages = 0;
  #again: Unfinished[] = [];
  #draining = false;
  #corked = false;

  constructor(client: Client, actor: Actor, persistent: boolean, unfinished: Unfinished[], parts: PumpParts) {
    this.client = client;
    this.actor = actor;
    this.persistent = persistent;
    this.#parts = parts;
    this.#conn = client.conn as Duplex;
    this.#again = unfinished;
    for (const { packetId } of unfinished) this.#ids.keep(packetId);
  }

  get inflight(): number {
    return this.#inflight.size;
  }
  get waitingReplies(): number {
    return this.#replies.length;
  }
  get behind(): boolean {
    return this.#ready.length + this.#starved.length + this.#pages > 0;
  }

  /** The stream may have something to send. */
  wake(position: Position): void {
    if (position.queued || position.route === null) return;
    position.queued = true;
    this.#ready.push(position);
  }

  reply(payload: Buffer): boolean {
    if (this.deviceInbox === null || this.closed) return false;
    this.#replies.push({ topic: this.deviceInbox.topic, payload });
    this.run();
    return true;
  }

  /** Resolves when another answer may wait; undefined: now. */
  room(): Promise<void> | undefined {
    if (this.#replies.length < MOST_REPLIES || this.closed) return undefined;
    return new Promise((resolve) => this.#room.push(resolve));
  }

  /** True when the identifier was one of ours. */
  acknowledge(packetId: number, now: number): boolean {
    const entry = this.#inflight.get(packetId);
    if (entry === undefined) return false;
    this.#inflight.delete(packetId);
    this.#ids.free(packetId);
    this.#parts.counts.acknowledged++;
    if ('sent' in entry && entry.sent.position.acknowledge(entry.sent, now))
      this.#parts.onAcknowledged(this, entry.sent);
    this.run();
    return true;
  }

  close(): void {
    this.closed = true;
    for (const resolve of this.#room.splice(0)) resolve();
  }

  /** For the next connection of a persistent session; with what this connection had not got to send again yet. */
  unfinished(): Unfinished[] {
    const entries = [...this.#inflight].map(
      ([packetId, entry]): Unfinished =>
        'sent' in entry
          ? { packetId, stream: entry.sent.position.stream, seq: entry.sent.seq, reply: null }
          : { packetId, stream: null, seq: 0, reply: entry.reply },
    );
    return [...entries, ...this.#again];
  }

  /** Sends what there is, as far as the window and the socket allow. */
  run(): void {
    if (this.loading || this.closed) return;
    while (this.#inflight.size < this.#parts.window && this.#hasRoom()) {
      if (this.#again.length > 0) {
        if (!this.#sendAgain()) return;
      } else if (this.#replies.length > 0) this.#sendReply(this.#replies.shift()!);
      else if (!this.#sendReceipts() && !this.#sendEvents()) return;
    }
  }

  /** False: it waits for a page; this is called again when that has been read. */
  #sendAgain(): boolean {
    const next = this.#again[0]!;
    const position = next.stream === null ? undefined : this.positions.get(next.stream);
    if (next.reply !== null) {
      this.#inflight.set(next.packetId, { reply: next.reply });
      this.#write(next.reply.topic, next.reply.payload, next.packetId, true);
    } else if (
      position === undefined ||
      position.route === null ||
      position.next() === null ||
      next.seq <= position.acknowledged
    ) {
      // Acknowledged after all, or not to be delivered any more.
      this.#ids.free(next.packetId);
    } else {
      const event = this.#find(position, next.seq);
      if (event === undefined) {
        if (!position.fetching) this.#fetch(position, next.seq - 1);
        return false;
      }
      this.#inflight.set(next.packetId, { sent: position.send(next.seq, event.sender) });
      this.#parts.counts.redeliveries++;
      this.#write(position.route.topic, event.payload, next.packetId, true);
    }
    this.#again.shift();
    return true;
  }

  #sendReply(reply: Reply): void {
    this.#room.shift()?.();
    if (this.deviceInbox?.qos === 0) return this.#write(reply.topic, reply.payload, null, false);
    const id = this.#ids.take();
    this.#inflight.set(id, { reply });
    this.#write(reply.topic, reply.payload, id, false);
  }

  #sendReceipts(): boolean {
    if (this.receipts.empty || this.userInbox === null) return false;
    const reply = { topic: this.userInbox.topic, payload: this.receipts.take() };
    if (this.userInbox.qos === 0) this.#write(reply.topic, reply.payload, null, false);
    else {
      const id = this.#ids.take();
      this.#inflight.set(id, { reply });
      this.#write(reply.topic, reply.payload, id, false);
    }
    return true;
  }

  /** One turn of the stream that is next. False: no stream has anything, or all wait for pages. */
  #sendEvents(): boolean {
    const position = this.#ready.shift();
    if (position === undefined) return false;
    const { route, stream } = position;
    if (route === null) {
      position.queued = false;
      return true;
    }
    for (let turn = 0; turn < TURN; turn++) {
      if (this.#inflight.size >= this.#parts.window || !this.#hasRoom()) break;
      const seq = position.next();
      if (seq === null) {
        position.queued = false;
        position.page = [];
        return true;
      }
      const event = this.#find(position, seq);
      if (event === undefined) {
        if (this.#pages >= MOST_PAGES) this.#starved.push(position);
        else this.#fetch(position, seq - 1);
        return true;
      }
      this.#parts.counts.deliveries++;
      if (route.qos === 0) {
        position.sent = seq;
        this.#write(route.topic, event.payload, null, false);
      } else {
        const id = this.#ids.take();
        this.#inflight.set(id, { sent: position.send(seq, event.sender) });
        this.#write(route.topic, event.payload, id, false);
      }
    }
    if (position.next() === null) {
      position.queued = false;
      position.page = [];
    } else if (
      this.#parts.tail.get(stream, position.sent + 1) === undefined &&
      this.#pages >= MOST_PAGES &&
      position.page.length === 0
    ) {
      this.#starved.push(position);
    } else this.#ready.push(position);
    return true;
  }

  #find(position: Position, seq: number): Deliverable | undefined {
    return position.fromPage(seq) ?? this.#parts.tail.get(position.stream, seq);
  }

  /** Reads a page; the position comes back to the queue when it is there. */
  #fetch(position: Position, after: number): void {
    position.queued = true;
    position.fetching = true;
    this.#pages++;
    this.#parts.catchUp
      .page(position.stream, after)
      .then(
        (events) => {
          // A copy: the page may be shared with other devices.
          position.page = events.slice();
          // Less than there should be: the rest is not stored (any more); do not ask for it for ever.
          if (events.length === 0) position.head = Math.min(position.head, after);
        },
        (error) => {
          this.#parts.onError(error);
          return new Promise((resolve) => setTimeout(resolve, 1_000));
        },
      )
      .then(() => {
        this.#pages--;
        position.fetching = false;
        this.#ready.push(position);
        const starved = this.#starved.shift();
        if (starved !== undefined) this.#ready.push(starved);
        this.run();
      });
  }

  #hasRoom(): boolean {
    if (!this.#conn.writableNeedDrain) return !this.#conn.destroyed;
    if (!this.#draining) {
      this.#draining = true;
      this.#conn.once('drain', () => {
        this.#draining = false;
        this.run();
      });
    }
    return false;
  }

  #write(topic: Buffer, payload: Buffer, packetId: number | null, dup: boolean): void {
    if (!this.#corked) {
      // All that one turn of the event loop sends to this device goes out in one write.
      this.#corked = true;
      this.#conn.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#conn.uncork();
      });
    }
    for (const part of publishPacket(topic, payload, packetId, dup)) this.#conn.write(part);
  }
}
