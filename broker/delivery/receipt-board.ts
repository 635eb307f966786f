import type { Receipt } from '../../protocol/events.ts';
import { mergeReceipts } from './receipt-lane.ts';

/**
 * Gathers receipts for a moment and hands them to the connected devices of those who care: who is away is told nothing, and
 * costs nothing.
 */
export class ReceiptBoard {
  readonly #flushMs: number;
  readonly #isConnected: (user: string) => boolean;
  readonly #deliver: (user: string, conversation: string, receipt: Receipt) => void;
  /** By user to be told, conversation, user whose receipt it is. */
  readonly #pending = new Map<string, Map<string, Map<string, Receipt>>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    flushMs: number,
    isConnected: (user: string) => boolean,
    deliver: (user: string, conversation: string, receipt: Receipt) => void,
  ) {
    this.#flushMs = flushMs;
    this.#isConnected = isConnected;
    this.#deliver = deliver;
  }

  put(tell: string, conversation: string, receipt: Receipt): void {
    if (!this.#isConnected(tell)) return;
    let conversations = this.#pending.get(tell);
    if (conversations === undefined) {
      conversations = new Map();
      this.#pending.set(tell, conversations);
    }
    let users = conversations.get(conversation);
    if (users === undefined) {
      users = new Map();
      conversations.set(conversation, users);
    }
    users.set(receipt.user, mergeReceipts(users.get(receipt.user), receipt));
    this.#timer ??= setTimeout(() => this.flush(), this.#flushMs);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [tell, conversations] of this.#pending) {
      for (const [conversation, users] of conversations) {
        for (const receipt of users.values()) this.#deliver(tell, conversation, receipt);
      }
    }
    this.#pending.clear();
  }
}
