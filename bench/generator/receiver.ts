import type { Target, Wire } from '../systems/system.ts';
import { Connection, type Listener } from './connection.ts';
import { senderOf, seqOf } from './frame.ts';
import type { Sender } from './sender.ts';
import type { Tally } from './tally.ts';

/**
 * A device that receives from one sender, and checks that every message comes exactly once and in order. It outlives
 * its connections: what it had is not to come again after it was away.
 */
export class Receiver implements Listener {
  readonly #target: Target;
  readonly #wire: Wire;
  readonly #user: number;
  readonly #sender: Sender;
  readonly #tally: Tally;
  /** Everything before this has come. */
  #next = 0;
  /** What came early. */
  readonly #ahead = new Set<number>();
  #connection: Connection | null = null;

  constructor(target: Target, wire: Wire, user: number, sender: Sender, tally: Tally) {
    this.#target = target;
    this.#wire = wire;
    this.#user = user;
    this.#sender = sender;
    this.#tally = tally;
  }

  /** Connects with the session of before, if there is one. Resolves to whether there was. */
  async connect(): Promise<boolean> {
    this.#connection = await Connection.of(this.#target, this.#user, this);
    return this.#connection.sessionPresent;
  }

  /** @param group null: for what is sent to the user alone */
  async subscribe(group: number | null): Promise<void> {
    await this.#connection!.subscribe(this.#wire.receives(this.#target, this.#user, group));
  }

  async away(): Promise<void> {
    await this.#connection!.close();
    this.#connection = null;
  }

  publish(buffer: Buffer, start: number, end: number): void {
    const tally = this.#tally;
    const at = this.#wire.textAt(buffer, start, end);
    if (at === -1) {
      tally.notices++;
      return;
    }
    if (senderOf(buffer, at) !== this.#sender.index) {
      tally.strays++;
      return;
    }
    const seq = seqOf(buffer, at);
    if (seq === this.#next) {
      this.#next++;
      while (this.#ahead.size > 0 && this.#ahead.delete(this.#next)) this.#next++;
    } else if (seq < this.#next || this.#ahead.has(seq)) {
      tally.duplicates++;
      return;
    } else {
      tally.misordered++;
      this.#ahead.add(seq);
    }
    const now = performance.now();
    tally.delivered++;
    tally.lastDeliveryAt = now;
    tally.latency.record((now - this.#sender.sentAt(seq)) * 1000);
    this.#sender.delivered(seq);
  }
}
