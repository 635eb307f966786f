import { VERSION } from '../../protocol/commands.ts';
import type { Receipt } from '../../protocol/events.ts';

/** Most receipts in one notice. */
const MOST_RECEIPTS = 100;

/** Receipts on their way to one device: state, so that newer ones take the place of older ones. */
export class ReceiptLane {
  readonly #conversations = new Map<string, Map<string, Receipt>>();

  get empty(): boolean {
    return this.#conversations.size === 0;
  }

  put(conversation: string, receipt: Receipt): void {
    let users = this.#conversations.get(conversation);
    if (users === undefined) {
      users = new Map();
      this.#conversations.set(conversation, users);
    }
    users.set(receipt.user, mergeReceipts(users.get(receipt.user), receipt));
  }

  /** The next notice; the lane must not be empty. */
  take(): Buffer {
    const [conversation, users] = this.#conversations.entries().next().value!;
    const receipts: Receipt[] = [];
    for (const [user, receipt] of users) {
      if (receipts.length === MOST_RECEIPTS) break;
      receipts.push(receipt);
      users.delete(user);
    }
    if (users.size === 0) this.#conversations.delete(conversation);
    return Buffer.from(JSON.stringify({ v: VERSION, type: 'receipts', conversation, receipts }));
  }
}

/** Cursors only grow: of two receipts of a user, the further of each kind. */
export function mergeReceipts(a: Receipt | undefined, b: Receipt): Receipt {
  if (a === undefined) return b;
  const merged = { ...a };
  if (b.delivered !== undefined && b.delivered >= (a.delivered ?? 0)) {
    merged.delivered = b.delivered;
    if (b.delivered_at !== undefined) merged.delivered_at = b.delivered_at;
  }
  if (b.read !== undefined && b.read >= (a.read ?? 0)) {
    merged.read = b.read;
    if (b.read_at !== undefined) merged.read_at = b.read_at;
  }
  return merged;
}
