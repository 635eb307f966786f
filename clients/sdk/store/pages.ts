import type { AnyEvent } from '../../../protocol/events.ts';
import type { DunlinClient } from '../client.ts';
import { type FoldEvent, isFold } from './entries.ts';
import { addRange, rangeOf } from './ranges.ts';
import type { Shelf } from './shelf.ts';
import type { Taking } from './taking.ts';

/** Most events that one asks for at a time. */
const MOST = 200;

type Where = { before: number } | { after: number } | null;

/** Brings pages of history here. */
export class Pages {
  readonly #client: DunlinClient;
  readonly #shelf: Shelf;
  readonly #taking: Taking;
  /** For each page on its way, what has come meanwhile: the server may have read the page before that. */
  readonly #meanwhile = new Map<string, Set<FoldEvent[]>>();

  constructor(client: DunlinClient, shelf: Shelf, taking: Taking) {
    this.#client = client;
    this.#shelf = shelf;
    this.#taking = taking;
  }

  /** A live event has been taken. */
  took(event: AnyEvent): void {
    if (!isFold(event)) return;
    for (const events of this.#meanwhile.get(event.conversation) ?? []) events.push(event);
  }

  /** The page before or after a number, or the newest one. @throws {RefusedError}, or an Error when offline or unanswered */
  async fetch(conversation: string, where: Where, limit: number): Promise<void> {
    const head = this.#shelf.conversations.get(conversation)?.shown.head ?? 0;
    const meanwhile: FoldEvent[] = [];
    const waiting = this.#meanwhile.get(conversation) ?? new Set();
    this.#meanwhile.set(conversation, waiting.add(meanwhile));
    try {
      const page = await this.#client.query('messages.list', {
        conversation,
        ...where,
        limit: Math.min(limit, MOST),
      });
      await this.#shelf.change(async (change) => {
        for (const event of page.events) await this.#taking.past(change, event as AnyEvent);
        for (const event of meanwhile) await this.#taking.fold(change, event);
        const [first, last] = covered(where, page, head);
        const kept = change.conversation(conversation);
        const ranges = addRange(kept.ranges, first, last);
        change.putConversation({
          ...kept,
          ranges,
          shown: { ...kept.shown, head: Math.max(kept.shown.head, page.last) },
        });
      });
    } finally {
      waiting.delete(meanwhile);
      if (waiting.size === 0) this.#meanwhile.delete(conversation);
    }
  }

  /** Reads a message again whose reactions are not clear. Not now is no trouble: the next page shows them. */
  async refresh(conversation: string, seq: number): Promise<void> {
    await this.fetch(conversation, { after: seq - 1 }, 1).catch(() => {});
  }

  /** Brings what is missing around a number. */
  async around(conversation: string, seq: number, limit: number): Promise<void> {
    const known = this.#shelf.conversations.get(conversation);
    if (known !== undefined && rangeOf(known.ranges, seq) !== null) return;
    await this.fetch(conversation, { before: seq + 1 }, limit);
  }
}

/** Which numbers a page tells of; what is not in it, in between, is not ours to read. `head`: as it was before the page. */
function covered(
  where: Where,
  page: { first: number; last: number; more: boolean },
  head: number,
): [number, number] {
  if (where !== null && 'after' in where)
    return [where.after + 1, page.more ? page.last : Math.max(page.last, head)];
  const last = where === null ? Math.max(page.last, head) : where.before - 1;
  return [page.more ? page.first : 1, last];
}
