import type { Storage } from '../storage.ts';
import { type Cursors, emptyConversation, type Kept, type Members } from './conversations.ts';
import type { StoredEntry, StoredMessage } from './entries.ts';
import { type Keys, keysOf } from './keys.ts';
import type { Pending } from './pending.ts';

type Write = (entries: [string, string | null][]) => Promise<void>;

/** What has changed, for those who show it. */
export interface Touched {
  /** Conversations, and of each the entries; null: gone. */
  entries: Map<string, Map<number, StoredEntry | null>>;
  conversations: Set<string>;
  /** Where receipts or members may have changed how far messages have come. */
  states: Set<string>;
  pendings: Set<string>;
}

/**
 * What the store keeps: conversations and unsent messages in memory and in the storage, messages in the storage alone. One change at
 * a time; each is written whole or not at all, and is seen when it is written.
 */
export class Shelf {
  readonly keys: Keys;
  readonly storage: Storage;
  readonly conversations = new Map<string, Kept>();
  readonly receipts = new Map<string, Cursors>();
  readonly members = new Map<string, Members>();
  readonly pendings = new Map<string, Pending>();
  /** Called after each change. */
  onChange: (touched: Touched) => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, user: string) {
    this.storage = storage;
    this.keys = keysOf(user);
  }

  /** Reads everything but the messages; again where another tab or process has written meanwhile. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      const { keys, storage } = this;
      this.conversations.clear();
      for (const [, text] of await storage.list(keys.conversations)) {
        const kept = JSON.parse(text) as Kept;
        const { id } = kept.shown;
        this.conversations.set(id, kept);
        const [receipts, members] = await Promise.all([
          storage.get(keys.receipts(id)),
          storage.get(keys.members(id)),
        ]);
        if (receipts !== undefined) this.receipts.set(id, JSON.parse(receipts) as Cursors);
        if (members !== undefined) this.members.set(id, JSON.parse(members) as Members);
      }
      this.pendings.clear();
      for (const [, text] of await storage.list(keys.pendings)) {
        const pending = JSON.parse(text) as Pending;
        this.pendings.set(pending.id, pending);
      }
    });
  }

  /** Also one that is not known yet. */
  kept(id: string): Kept {
    return this.conversations.get(id) ?? emptyConversation(id);
  }

  /** `write`: what writes it, where more is to be written with it. */
  change(
    make: (change: Change) => Promise<void>,
    write: Write = (all) => this.storage.write(all),
  ): Promise<void> {
    return this.#inTurn(async () => {
      const change = new Change(this);
      await make(change);
      await write([...change.writes]);
      change.apply();
    });
  }

  /** Entries with numbers from `first` to `last`, both included, ascending: the earliest, or the latest, so many. */
  async entries(
    conversation: string,
    first: number,
    last: number,
    most: { first: number } | { last: number },
  ): Promise<StoredEntry[]> {
    const { keys } = this;
    const rows = await this.storage.list(keys.entries(conversation), {
      from: keys.entry(conversation, first),
      to: keys.entry(conversation, last + 1),
      ...most,
    });
    return rows.map(([, text]) => JSON.parse(text) as StoredEntry);
  }

  async entry(conversation: string, seq: number): Promise<StoredEntry | null> {
    const text = await this.storage.get(this.keys.entry(conversation, seq));
    return text === undefined ? null : (JSON.parse(text) as StoredEntry);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** One change that is being made: sees what it has done itself. */
export class Change {
  readonly #shelf: Shelf;
  readonly writes = new Map<string, string | null>();
  readonly #conversations = new Map<string, Kept>();
  readonly #receipts = new Map<string, Cursors>();
  readonly #members = new Map<string, Members>();
  readonly #pendings = new Map<string, Pending | null>();
  readonly #entries = new Map<string, Map<number, StoredEntry | null>>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** Also one that is not known yet. */
  conversation(id: string): Kept {
    return this.#conversations.get(id) ?? this.#shelf.kept(id);
  }

  putConversation(kept: Kept): void {
    const { id } = kept.shown;
    this.#conversations.set(id, kept);
    this.writes.set(this.#shelf.keys.conversation(id), JSON.stringify(kept));
  }

  receipts(id: string): Cursors {
    return this.#receipts.get(id) ?? this.#shelf.receipts.get(id) ?? {};
  }

  putReceipts(id: string, cursors: Cursors): void {
    this.#receipts.set(id, cursors);
    this.writes.set(this.#shelf.keys.receipts(id), JSON.stringify(cursors));
  }

  members(id: string): Members | null {
    return this.#members.get(id) ?? this.#shelf.members.get(id) ?? null;
  }

  putMembers(id: string, members: Members): void {
    this.#members.set(id, members);
    this.writes.set(this.#shelf.keys.members(id), JSON.stringify(members));
  }

  pending(id: string): Pending | null {
    const changed = this.#pendings.get(id);
    return changed === undefined ? (this.#shelf.pendings.get(id) ?? null) : changed;
  }

  putPending(id: string, pending: Pending | null): void {
    this.#pendings.set(id, pending);
    this.writes.set(this.#shelf.keys.pending(id), pending === null ? null : JSON.stringify(pending));
  }

  async entry(conversation: string, seq: number): Promise<StoredEntry | null> {
    const changed = this.#entries.get(conversation)?.get(seq);
    return changed === undefined ? this.#shelf.entry(conversation, seq) : changed;
  }

  putEntry(conversation: string, seq: number, entry: StoredEntry | null): void {
    const { keys } = this.#shelf;
    const entries = this.#entries.get(conversation) ?? new Map();
    this.#entries.set(conversation, entries.set(seq, entry));
    this.writes.set(keys.entry(conversation, seq), entry === null ? null : JSON.stringify(entry));
    if (entry?.type === 'message' && entry.expires !== null)
      this.writes.set(keys.expiry(entry.expires, conversation, seq), entry.gone === null ? '' : null);
    // What a list shows of it goes with it.
    const kept = this.conversation(conversation);
    const { last } = kept.shown;
    if (last !== null && last.seq === seq)
      this.putConversation({ ...kept, shown: { ...kept.shown, last: entry as StoredMessage | null } });
  }

  apply(): void {
    const shelf = this.#shelf;
    for (const [id, kept] of this.#conversations) shelf.conversations.set(id, kept);
    for (const [id, cursors] of this.#receipts) shelf.receipts.set(id, cursors);
    for (const [id, members] of this.#members) shelf.members.set(id, members);
    for (const [id, pending] of this.#pendings) {
      if (pending === null) shelf.pendings.delete(id);
      else shelf.pendings.set(id, pending);
    }
    shelf.onChange({
      entries: this.#entries,
      conversations: new Set(this.#conversations.keys()),
      states: new Set([...this.#receipts.keys(), ...this.#members.keys()]),
      pendings: new Set(this.#pendings.keys()),
    });
  }
}
