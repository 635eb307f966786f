import { VERSION } from '../../protocol/commands.ts';
import type { Receipt } from '../../protocol/events.ts';

/** Most receipts in one notice. */
const MOST_RECEIPTS = 100;
/** Receipts that wait for one device. Beyond it the oldest conversation's are dropped: they are state, and can be asked for. */
const MOST_WAITING = 20_000;

/** Receipts of one conversation, as they are sent. */
export interface Notice {
  conversation: string;
  receipts: Receipt[];
}

/** Receipts on their way to one device: state, so that newer ones take the place of older ones. */
export class ReceiptLane {
  readonly #most: number;
  readonly #conversations = new Map<string, Map<string, Receipt>>();
  #size = 0;

  constructor(most = MOST_WAITING) {
    this.#most = most;
  }

  get empty(): boolean {
    return this.#conversations.size === 0;
  }

  get size(): number {
    return this.#size;
  }

  put(conversation: string, receipt: Receipt): void {
    let users = this.#conversations.get(conversation);
    if (users === undefined) {
      users = new Map();
      this.#conversations.set(conversation, users);
    }
    const known = users.get(receipt.user);
    if (known !== undefined) return mergeReceipt(known, receipt);
    users.set(receipt.user, { ...receipt });
    this.#size++;
    if (this.#size > this.#most) this.#dropOldest();
  }

  /** The next notice; the lane must not be empty. */
  take(): Notice {
    const [conversation, users] = this.#conversations.entries().next().value!;
    const receipts: Receipt[] = [];
    for (const [user, receipt] of users) {
      if (receipts.length === MOST_RECEIPTS) break;
      receipts.push(receipt);
      users.delete(user);
    }
    this.#size -= receipts.length;
    // To the end, if it has more: the other conversations have their turn.
    this.#conversations.delete(conversation);
    if (users.size > 0) this.#conversations.set(conversation, users);
    return { conversation, receipts };
  }

  #dropOldest(): void {
    const [conversation, users] = this.#conversations.entries().next().value!;
    this.#conversations.delete(conversation);
    this.#size -= users.size;
  }
}

export function noticePayload({ conversation, receipts }: Notice): Buffer {
  return Buffer.from(JSON.stringify({ v: VERSION, type: 'receipts', conversation, receipts }));
}

/** Cursors only grow: the further of each kind goes into `into`. */
export function mergeReceipt(into: Receipt, from: Receipt): void {
  if (from.delivered !== undefined && from.delivered > (into.delivered ?? -1)) {
    into.delivered = from.delivered;
    if (from.delivered_at === undefined) delete into.delivered_at;
    else into.delivered_at = from.delivered_at;
  }
  if (from.read !== undefined && from.read > (into.read ?? -1)) {
    into.read = from.read;
    if (from.read_at === undefined) delete into.read_at;
    else into.read_at = from.read_at;
  }
}
