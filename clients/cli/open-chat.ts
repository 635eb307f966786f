import type {
  ChatStore,
  Conversation,
  ConversationWindow,
  Destination,
  Entry,
  Message,
  StoredEntry,
} from '../sdk/index.ts';

/** Quotes of messages outside of the window that are kept at a time. */
const MOST_QUOTES = 200;

/** The conversation that is looked at: a part of it, never more than the window holds. */
export class OpenChat {
  readonly where: Destination;
  readonly window: ConversationWindow;
  /** How far one had read when it was opened: what is new begins behind it. */
  readBefore: number;
  readonly #store: ChatStore;
  readonly #changed: () => void;
  readonly #quotes = new Map<number, StoredEntry | null>();
  readonly #ends: (() => void)[] = [];

  private constructor(store: ChatStore, where: Destination, window: ConversationWindow, changed: () => void) {
    this.where = where;
    this.window = window;
    this.#store = store;
    this.#changed = changed;
    this.readBefore = window.conversation?.read ?? 0;
    this.#ends.push(
      window.on('change', ({ entries }) => {
        // What was quoted may have been edited.
        for (const { seq } of entries) if (seq !== null) this.#quotes.delete(seq);
        changed();
      }),
    );
    const { conversation } = window;
    if (conversation?.kind === 'direct' && conversation.peer !== null)
      this.#ends.push(store.follow({ presence: conversation.peer }));
    if (conversation !== null) this.#ends.push(store.follow({ typing: conversation.id }));
  }

  /** `changed` is called when it is to be shown anew. */
  static async at(store: ChatStore, where: Destination, changed: () => void): Promise<OpenChat> {
    return new OpenChat(store, where, await store.look(where), changed);
  }

  /** null: nothing has been said to this user yet. */
  get conversation(): Conversation | null {
    return this.window.conversation;
  }

  get entries(): readonly Entry[] {
    return this.window.entries;
  }

  message(seq: number): Message | null {
    const entry = this.entries.find((other) => other.seq === seq);
    return entry?.type === 'message' ? entry : null;
  }

  /** The newest message that is here and has a number. */
  get newest(): Message | null {
    const entry = this.entries.findLast(({ type, seq }) => type === 'message' && seq !== null);
    return entry?.type === 'message' ? entry : null;
  }

  /** What a reply answers; null: not here, or not read from the storage yet, then it is shown when it is. */
  quoted(seq: number): StoredEntry | null {
    const shown = this.message(seq);
    if (shown !== null) return shown;
    const known = this.#quotes.get(seq);
    if (known !== undefined || this.conversation === null) return known ?? null;
    if (this.#quotes.size >= MOST_QUOTES) this.#quotes.delete(this.#quotes.keys().next().value!);
    this.#quotes.set(seq, null);
    this.#store
      .entry(this.conversation.id, seq)
      .then((entry) => {
        if (entry === null) return;
        this.#quotes.set(seq, entry);
        this.#changed();
      })
      .catch(() => {}); // a quote without its text
    return null;
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
    this.window.close();
  }
}
