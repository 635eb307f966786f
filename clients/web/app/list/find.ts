import { type Signal, signal } from '@preact/signals';
import type { Conversation, StoredMessage } from '../../../sdk/index.ts';
import type { Chat, Person } from '../../chat/chat.ts';
import { titleOf } from '../naming.ts';

export interface Found {
  query: string;
  conversations: readonly Conversation[];
  /** Whom one has not written to yet, by the exact name. */
  people: readonly Person[];
  messages: readonly StoredMessage[];
  searching: boolean;
  /** The server was not asked, or did not answer. */
  hereOnly: boolean;
}

/** One types on: milliseconds. */
const TYPED_MS = 200;
const MOST_MESSAGES = 50;
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,31}$/;
const nothing: Found = {
  query: '',
  conversations: [],
  people: [],
  messages: [],
  searching: false,
  hereOnly: false,
};

/** What the search box finds: conversations at once, then people and messages, here first, then what the server has beside. */
export class Find {
  readonly found: Signal<Found> = signal(nothing);
  readonly #chat: Chat;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  search(text: string): void {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const query = text.trim();
    if (query === '') {
      this.found.value = nothing;
      return;
    }
    const conversations = this.#chat.conversations
      .peek()
      .filter((one) => matches(titleOf(this.#chat, one), query));
    this.found.value = { ...nothing, query: text, conversations, searching: true };
    this.#timer = setTimeout(() => void this.#ask(turn, query), TYPED_MS);
  }

  async #ask(turn: number, query: string): Promise<void> {
    const put = (what: Partial<Found>) => {
      if (turn === this.#turn) this.found.value = { ...this.found.peek(), ...what };
    };
    const here = await this.#chat.searchHere(query, { limit: MOST_MESSAGES }).catch(() => []);
    put({ messages: here });
    const online = this.#chat.status.peek() === 'online';
    const [people, there] = await Promise.all([
      online ? this.#person(query) : [],
      online ? this.#chat.searchServer(query, { limit: MOST_MESSAGES }).catch(() => null) : null,
    ]);
    put({
      people,
      messages: merged(here, there?.messages ?? []),
      hereOnly: there === null,
      searching: false,
    });
  }

  async #person(query: string): Promise<Person[]> {
    const username = query.toLowerCase().replace(/^@/, '');
    if (!USERNAME.test(username)) return [];
    try {
      const { id, name, kind, photo, status } = await this.#chat.query('user.find', { username });
      const known = this.#chat.conversations.peek().some(({ peer }) => peer === id);
      if (known || id === this.#chat.me.user) return [];
      return [{ user: id, username, name: name ?? username, kind, photo, status }];
    } catch {
      return []; // Nobody of this name.
    }
  }
}

export function matches(title: string, query: string): boolean {
  return folded(title).includes(folded(query));
}

/** Without accents, large letters and Arabic vowel signs: as people search. */
const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/** Newest first, each once. */
export function merged(here: readonly StoredMessage[], there: readonly StoredMessage[]): StoredMessage[] {
  const all = new Map([...there, ...here].map((message) => [message.key, message]));
  return [...all.values()].sort((a, b) => (b.time ?? 0) - (a.time ?? 0)).slice(0, MOST_MESSAGES);
}
