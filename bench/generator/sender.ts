import type { Encode, Target, Wire } from '../systems/system.ts';
import { Connection, type Listener } from './connection.ts';
import { Frame } from './frame.ts';
import type { Tally } from './tally.ts';

/** How far back a message's time and open deliveries are remembered. More may not be under way. */
const REMEMBERED = 65_536;
const MAX_PACKET_ID = 65_535;

/**
 * A device that publishes at QoS 1 with a window. `fanOut` is how many deliveries besides the PUBACK must have come
 * before a message leaves the window: 0 for "as fast as it is acknowledged".
 */
export class Sender implements Listener {
  /** The number in the text of its messages. */
  readonly index: number;
  readonly #target: Target;
  readonly #wire: Wire;
  readonly #user: number;
  readonly #frame: Frame;
  readonly #tally: Tally;
  readonly #window: number;
  readonly #fanOut: number;
  readonly #sentAt = new Float64Array(REMEMBERED);
  /** By sequence: what is still to come before the message leaves the window. */
  readonly #open = new Int32Array(REMEMBERED);
  /** By packet identifier: the sequence that it stands for, or -1. */
  readonly #seqOf = new Int32Array(MAX_PACKET_ID + 1).fill(-1);
  #packetId = 0;
  #seq = 0;
  #inWindow = 0;
  /** When the messages that wait for the window were due. */
  #due: number[] = [];
  #saturating = false;
  #connection: Connection | null = null;

  constructor(
    index: number,
    target: Target,
    wire: Wire,
    user: number,
    encode: Encode,
    tally: Tally,
    options: { window: number; fanOut?: number },
  ) {
    this.index = index;
    this.#target = target;
    this.#wire = wire;
    this.#user = user;
    this.#frame = new Frame(index, encode);
    this.#tally = tally;
    this.#window = options.window;
    this.#fanOut = options.fanOut ?? 0;
  }

  async connect(): Promise<void> {
    this.#connection = await Connection.of(this.#target, this.#user, this);
    await this.#connection.subscribe(this.#wire.hears(this.#target, this.#user));
  }

  async close(): Promise<void> {
    await this.#connection!.close();
  }

  /** Keeps the window full until {@link rest}. */
  saturate(): void {
    this.#saturating = true;
    this.#fill(Number.POSITIVE_INFINITY);
  }

  rest(): void {
    this.#saturating = false;
  }

  /** Sends `count` messages as the window allows. */
  send(count: number): void {
    const now = performance.now();
    for (let i = 0; i < count; i++) this.#due.push(now);
    this.#fill(this.#due.length);
  }

  /** When a message was due: time spent waiting for the window counts as latency. */
  sentAt(seq: number): number {
    return this.#sentAt[seq % REMEMBERED]!;
  }

  /** A receiver has it. */
  delivered(seq: number): void {
    if (this.#fanOut === 0) return;
    this.#done(seq);
    // Deliveries arrive on other connections than the PUBACK: refill from here once half the window is free.
    if (this.#saturating && this.#inWindow * 2 <= this.#window) this.#fill(Number.POSITIVE_INFINITY);
  }

  puback(packetId: number): void {
    const seq = this.#seqOf[packetId]!;
    if (seq === -1) throw new Error(`PUBACK for packet ${packetId}, which is not in flight`);
    this.#seqOf[packetId] = -1;
    this.#tally.acked++;
    this.#done(seq);
  }

  publish(buffer: Buffer, start: number, end: number): void {
    const refusal = this.#wire.refusal(buffer.subarray(start, end));
    if (refusal === null) this.#tally.notices++;
    else this.#tally.refusals.set(refusal, (this.#tally.refusals.get(refusal) ?? 0) + 1);
  }

  drained(): void {
    if (this.#saturating) this.#fill(Number.POSITIVE_INFINITY);
    else if (this.#due.length > 0) this.#fill(this.#due.length);
  }

  #done(seq: number): void {
    const slot = seq % REMEMBERED;
    this.#open[slot]!--;
    if (this.#open[slot] === 0) this.#inWindow--;
  }

  #fill(wanted: number): void {
    const count = Math.min(wanted, this.#window - this.#inWindow);
    if (count <= 0) return;
    const now = performance.now();
    const due = this.#due.splice(0, count);
    const bytes = Buffer.allocUnsafe(count * this.#frame.length);
    for (let i = 0; i < count; i++) {
      const seq = this.#seq++;
      this.#packetId = this.#packetId === MAX_PACKET_ID ? 1 : this.#packetId + 1;
      this.#seqOf[this.#packetId] = seq;
      this.#sentAt[seq % REMEMBERED] = due[i] ?? now;
      this.#open[seq % REMEMBERED] = 1 + this.#fanOut;
      this.#frame.write(bytes, i * this.#frame.length, this.#packetId, seq);
    }
    this.#inWindow += count;
    this.#tally.sent += count;
    this.#connection!.write(bytes);
  }
}
