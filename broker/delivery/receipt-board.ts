import type { Receipt } from '../../protocol/events.ts';
import { mergeReceipt, type Notice } from './receipt-lane.ts';

/** Receipts whose newest state is remembered. */
const MOST_KNOWN = 100_000;

/** Users who wait to be told: beyond it they are told at once. */
const MOST_PENDING = 10_000;

/**
 * Gathers receipts for a moment and hands them to those who care, as far as they may be connected: who is away is told nothing, and
 * costs nothing.
 *
 * The newest state of each receipt is remembered for a while: the slower of a user's two devices acknowledges what the
 * faster one acknowledged before, and nobody is to be told of less than they were told already.
 */
export class ReceiptBoard {
  readonly #flushMs: number;
  readonly #mostKnown: number;
  readonly #mayBeConnected: (user: string) => boolean;
  readonly #deliver: (user: string, notices: Notice[]) => void;
  /** By conversation, user whose receipt it is. The conversation first known goes first. */
  readonly #known = new Map<string, Map<string, Receipt>>();
  #knownCount = 0;
  /** By user to be told, conversation. */
  readonly #pending = new Map<string, Map<string, Set<Receipt>>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    flushMs: number,
    mayBeConnected: (user: string) => boolean,
    deliver: (user: string, notices: Notice[]) => void,
    mostKnown = MOST_KNOWN,
  ) {
    this.#flushMs = flushMs;
    this.#mayBeConnected = mayBeConnected;
    this.#deliver = deliver;
    this.#mostKnown = mostKnown;
  }

  put(tell: string, conversation: string, receipt: Receipt): void {
    const newest = this.#newest(conversation, receipt);
    if (!this.#mayBeConnected(tell)) return;
    let conversations = this.#pending.get(tell);
    if (conversations === undefined) {
      conversations = new Map();
      this.#pending.set(tell, conversations);
    }
    const receipts = conversations.get(conversation);
    if (receipts === undefined) conversations.set(conversation, new Set([newest]));
    else receipts.add(newest);
    if (this.#pending.size >= MOST_PENDING) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#flushMs).unref();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [tell, conversations] of pending) {
      const notices: Notice[] = [];
      for (const [conversation, receipts] of conversations)
        notices.push({ conversation, receipts: [...receipts] });
      this.#deliver(tell, notices);
    }
  }

  /** What another node has told of: the newest that is known of it, here or there. */
  learn({ conversation, receipts }: Notice): Notice {
    return { conversation, receipts: receipts.map((receipt) => this.#newest(conversation, receipt)) };
  }

  /** What was read from the store: not less than what was told already. */
  atLeast(conversation: string, receipt: Receipt): Receipt {
    const known = this.#known.get(conversation)?.get(receipt.user);
    if (known !== undefined) mergeReceipt(receipt, known);
    return receipt;
  }

  #newest(conversation: string, receipt: Receipt): Receipt {
    let users = this.#known.get(conversation);
    if (users === undefined) {
      users = new Map();
      this.#known.set(conversation, users);
    }
    const known = users.get(receipt.user);
    if (known !== undefined) {
      mergeReceipt(known, receipt);
      return known;
    }
    const newest = { ...receipt };
    users.set(receipt.user, newest);
    this.#knownCount++;
    if (this.#knownCount > this.#mostKnown) {
      const [oldest, forgotten] = this.#known.entries().next().value!;
      this.#known.delete(oldest);
      this.#knownCount -= forgotten.size;
    }
    return newest;
  }
}
