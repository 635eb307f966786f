import { type Conversation, reachOf, stateWithin } from './conversations.ts';
import type { Entry, SendState, StoredEntry } from './entries.ts';
import { isTo, shownPending } from './pending.ts';
import type { Shelf } from './shelf.ts';

/** What is different in a window: enough to change what is on a screen, and no more. */
export interface WindowChange {
  /** New, or not as they were. */
  entries: Entry[];
  /** Keys of those that are no longer here. */
  removed: string[];
}

export interface Seen {
  id: string | null;
  user: string | null;
  conversation: Conversation | null;
  numbered: readonly StoredEntry[];
  /** At the end: what is on its way is there too. */
  following: boolean;
}

/** What a window has told of its entries. One that is as it was stays the same object. */
export class Told {
  readonly #shelf: Shelf;
  readonly #me: { user: string; device: string };
  /** By key: what it was made of, and what was made of it. */
  #shown = new Map<string, { of: unknown; entry: Entry }>();
  entries: readonly Entry[] = [];

  constructor(shelf: Shelf, me: { user: string; device: string }) {
    this.#shelf = shelf;
    this.#me = me;
  }

  /** null: nothing is different. */
  tell(seen: Seen): WindowChange | null {
    const shown = new Map<string, { of: unknown; entry: Entry }>();
    const changed: Entry[] = [];
    const add = (key: string, of: unknown, made: Entry) => {
      const before = this.#shown.get(key)?.entry;
      // Read again from the storage, it is another object that says the same.
      const entry = before !== undefined && sameData(made, before) ? before : made;
      if (entry !== before) changed.push(entry);
      shown.set(key, { of, entry });
    };
    const stateOf = this.#states(seen);
    for (const stored of seen.numbered) {
      const { key } = stored;
      const state = stateOf(stored);
      // Most are as they were, and made of the same: no more than this look at each is needed for them.
      const before = this.#shown.get(key);
      if (before?.of === stored && (before.entry.type === 'notice' || before.entry.state === state))
        shown.set(key, before);
      else add(key, stored, stored.type === 'notice' ? stored : { ...stored, state, refusal: null });
    }
    if (seen.following)
      for (const pending of this.#pendings(seen)) {
        const { id } = pending;
        if (shown.has(id)) continue;
        const before = this.#shown.get(id);
        if (before?.of === pending) shown.set(id, before);
        else add(id, pending, shownPending(pending, this.#me, seen.id));
      }
    const removed = [...this.#shown.keys()].filter((key) => !shown.has(key));
    this.#shown = shown;
    this.entries = [...shown.values()].map(({ entry }) => entry);
    return changed.length > 0 || removed.length > 0 ? { entries: changed, removed } : null;
  }

  forget(): void {
    this.#shown = new Map();
    this.entries = [];
  }

  #pendings({ conversation, user }: Seen) {
    return [...this.#shelf.pendings.values()]
      .filter((pending) => isTo(pending, { conversation, user }))
      .sort((a, b) => a.number - b.number);
  }

  #states({ id }: Seen): (entry: StoredEntry) => SendState | null {
    const me = this.#me.user;
    if (id === null) return () => null;
    const shelf = this.#shelf;
    const reach = reachOf(shelf.kept(id), me, shelf.receipts.get(id) ?? {}, shelf.members.get(id) ?? null);
    return (entry) =>
      entry.type === 'message' && entry.sender === me && entry.seq !== null
        ? stateWithin(entry.seq, reach)
        : null;
  }
}

const sameData = (a: Entry, b: Entry): boolean => JSON.stringify(a) === JSON.stringify(b);
