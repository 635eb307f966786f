import type { AnyEvent, EventOf, PresencePayload, Receipt } from '../../../protocol/events.ts';
import type { ListedConversation } from '../answers.ts';
import type { DunlinClient } from '../client.ts';
import type { Activity } from './activity.ts';
import { merge, mergeReceipts } from './conversations.ts';
import { isNotice, type StoredEntry } from './entries.ts';
import type { Expiry } from './expiry.ts';
import type { Learning } from './learning.ts';
import type { Outgoing } from './outgoing.ts';
import type { Pages } from './pages.ts';
import { readUpTo } from './reading.ts';
import type { Shelf } from './shelf.ts';
import type { Taking } from './taking.ts';

export interface FollowingParts {
  client: DunlinClient;
  shelf: Shelf;
  taking: Taking;
  pages: Pages;
  learning: Learning;
  outgoing: Outgoing;
  expiry: Expiry;
  activity: Activity;
  told: {
    arrived(entries: StoredEntry[]): void;
    presence(payload: PresencePayload): void;
    trouble(error: Error): void;
  };
  /** Everything that the server listed is kept: what is looked at may go on. */
  refresh: () => Promise<void>;
  /** Takes what is done meanwhile, and says where it went wrong. */
  later: (task: Promise<unknown>) => void;
}

/** Keeps what the client receives. */
export class Following {
  readonly #parts: FollowingParts;
  readonly #off: (() => void)[] = [];

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  open(): void {
    const { client, outgoing, activity, told, later } = this.#parts;
    client.keepWith((events, write) => this.#keep(events, write));
    this.#off.push(
      client.on('listed', ({ conversations }) => later(this.#listed(conversations))),
      client.on('receipts', ({ conversation, receipts }) => later(this.#receipts(conversation, receipts))),
      client.on('refused', ({ command, error }) => {
        if (command !== null) later(outgoing.refused(command, error));
      }),
      client.on('typing', (payload) => activity.tookTyping(payload)),
      client.on('presence', (payload) => {
        activity.tookPresence(payload);
        told.presence(payload);
      }),
    );
  }

  close(): void {
    for (const off of this.#off.splice(0)) off();
    this.#parts.client.keepWith((_events, write) => write([]));
  }

  async #keep(
    events: readonly AnyEvent[],
    write: (beside: [string, string | null][]) => Promise<void>,
  ): Promise<void> {
    const { shelf, taking, told } = this.#parts;
    const arrived: StoredEntry[] = [];
    try {
      await shelf.change(async (change) => {
        arrived.length = 0;
        for (const event of events) {
          await taking.live(change, event);
          if (event.type !== 'message' && !isNotice(event)) continue;
          const entry = await change.entry(event.conversation, event.seq);
          if (entry !== null) arrived.push(entry);
        }
      }, write);
    } catch (error) {
      told.trouble(error as Error);
      throw error;
    }
    if (arrived.length > 0) told.arrived(arrived);
    this.#kept(events);
  }

  /** What follows from events, once they are kept. */
  #kept(events: readonly AnyEvent[]): void {
    const { client, pages, learning, expiry, activity, later } = this.#parts;
    for (const event of events) {
      pages.took(event);
      activity.happened(event);
      if (event.type === 'members.added' && event.members.some(({ user }) => user === client.user))
        later(learning.group(event.conversation));
      if (event.type === 'message') activity.stopped(event.conversation, event.sender.user);
    }
    if (events.some((event) => event.type === 'message' && event.expires !== undefined)) later(expiry.plan());
  }

  async #listed(conversations: ListedConversation[]): Promise<void> {
    const { client, shelf, taking, refresh } = this.#parts;
    const unsaid: [string, number][] = [];
    await shelf.change(async (change) => {
      for (const listed of conversations) {
        const before = change.conversation(listed.id);
        const { last } = listed;
        const known = last === null ? null : await change.entry(listed.id, last.seq);
        const shownLast =
          known?.type === 'message'
            ? known
            : last === null
              ? null
              : await taking.message(last as EventOf<'message'>);
        const kept = merge(before, listed, shownLast);
        change.putConversation(kept);
        if (listed.receipts !== undefined)
          change.putReceipts(listed.id, mergeReceipts(change.receipts(listed.id), listed.receipts));
        if (kept.shown.read > listed.read) unsaid.push([listed.id, kept.shown.read]);
      }
    });
    for (const [id, read] of unsaid) await client.read(id, read).catch(() => {});
    await refresh();
  }

  #receipts(conversation: string, receipts: Receipt[]): Promise<void> {
    const { client, shelf } = this.#parts;
    return shelf.change(async (change) => {
      change.putReceipts(conversation, mergeReceipts(change.receipts(conversation), receipts));
      const own = receipts.find(({ user }) => user === client.user)?.read ?? 0;
      // Read on another device of one’s own.
      if (own > change.conversation(conversation).shown.read)
        await readUpTo({ shelf, me: client.user }, change, conversation, own);
    });
  }
}
