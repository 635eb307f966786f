import type { Role } from '../../protocol/commands.ts';
import type { Conversation, ConversationStore } from './store.ts';

export interface CachedConversation {
  conversation: Conversation;
  /** Current members. */
  members: Map<string, Role>;
}

/** What is kept at most: entries, and members of all of them together. */
const BOUNDS = { conversations: 50_000, members: 2_000_000 };

/**
 * Conversations with their members, as the store has them: the rules' `apply` has an entry forgotten after it changed the store.
 * Bounded; the longest unused go first.
 */
export class ConversationCache {
  readonly #store: Pick<ConversationStore, 'get' | 'members'>;
  readonly #bounds: typeof BOUNDS;
  /** In order of last use. */
  readonly #entries = new Map<string, CachedConversation>();
  readonly #loading = new Map<string, Promise<CachedConversation | null>>();
  #members = 0;

  constructor(store: Pick<ConversationStore, 'get' | 'members'>, bounds = BOUNDS) {
    this.#store = store;
    this.#bounds = bounds;
  }

  /** What is here already; null says nothing about the store. */
  peek(id: string): CachedConversation | null {
    return this.#entries.get(id) ?? null;
  }

  /** Null: there is no such conversation. */
  get(id: string): CachedConversation | Promise<CachedConversation | null> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return this.#load(id);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry;
  }

  /** Loads it again when it is asked for next, also when a load is under way now. */
  forget(id: string): void {
    this.#loading.delete(id);
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#members -= entry.members.size;
    this.#entries.delete(id);
  }

  #load(id: string): Promise<CachedConversation | null> {
    const under = this.#loading.get(id);
    if (under !== undefined) return under;
    const loading: Promise<CachedConversation | null> = this.#read(id).then(
      (entry) => {
        // Forgotten meanwhile: this may be older than what made it so.
        if (this.#loading.get(id) !== loading) return this.get(id);
        this.#loading.delete(id);
        if (entry !== null) this.#keep(id, entry);
        return entry;
      },
      (error: unknown) => {
        if (this.#loading.get(id) === loading) this.#loading.delete(id);
        throw error;
      },
    );
    this.#loading.set(id, loading);
    return loading;
  }

  async #read(id: string): Promise<CachedConversation | null> {
    const conversation = await this.#store.get(id);
    if (conversation === null) return null;
    const members = await this.#store.members(id);
    return { conversation, members: new Map(members.map(({ user, role }) => [user, role])) };
  }

  #keep(id: string, entry: CachedConversation): void {
    this.#entries.set(id, entry);
    this.#members += entry.members.size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.conversations && this.#members <= this.#bounds.members) return;
      if (oldest !== id) this.forget(oldest);
    }
  }
}
