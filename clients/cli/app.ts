import type { AnyEvent, Receipt } from '../../protocol/events.ts';
import type { DunlinClient, Storage } from '../sdk/index.ts';
import { type Chat, Chats, type Line, oneLine, shown } from './chats.ts';
import { Names } from './names.ts';

interface ListedConversation {
  id: string;
  kind: 'direct' | 'group' | 'self';
  name?: string | null;
  peer?: string | null;
  head: number;
  read?: number;
  receipts?: Receipt[];
}

const PAGE = 50;

/** What the terminal shows, without the terminal: chats, the open one, presence, typing, and a status line. */
export class App {
  readonly client: DunlinClient;
  readonly chats: Chats;
  readonly names: Names;
  readonly #storage: Storage;
  readonly online = new Map<string, boolean>();
  readonly #typing = new Map<string, { user: string; until: number }>();
  open: Chat | null = null;
  /** The newest thing to tell about a command: an error, a search result. */
  notes: string[] = [];
  /** Texts on their way: shown until their event comes. */
  readonly sending = new Map<string, { chat: string | null; text: string }>();
  onChange: () => void = () => {};
  /** Called with every message that arrives, for those without a screen. */
  onLine: (chat: Chat, line: Line) => void = () => {};

  constructor(client: DunlinClient, storage: Storage) {
    this.client = client;
    this.#storage = storage;
    this.chats = new Chats(client.user);
    this.names = new Names(client, storage);
    this.names.onChange = () => this.onChange();
    client.on('event', (event) => this.#event(event));
    client.on('receipts', ({ conversation, receipts }) => {
      this.chats.receipts(conversation, receipts);
      this.onChange();
    });
    client.on('presence', ({ user, online }) => {
      this.online.set(user, online);
      this.onChange();
    });
    client.on('typing', ({ conversation, user, active }) => {
      if (conversation === undefined || user === undefined) return;
      if (active) this.#typing.set(conversation, { user, until: Date.now() + 6_000 });
      else this.#typing.delete(conversation);
      this.onChange();
    });
    client.on('refused', ({ command, error }) => {
      if (command !== null) this.sending.delete(command);
      this.note(error.message);
    });
    client.on('signedOut', () => this.note('Signed out: this device was revoked. Start again to log in.'));
    client.on('status', (status) => {
      if (status === 'online') void this.#refresh().catch(() => {});
      this.onChange();
    });
  }

  /** Everything kept from before: there is something to read before there is a connection. */
  async load(): Promise<void> {
    await this.names.load();
    const now = Date.now();
    for (const [key, text] of await this.#storage.list('event/')) {
      const event = JSON.parse(text) as AnyEvent;
      // What was to disappear while nobody looked does not stay on this disk either.
      if ('expires' in event && event.expires !== undefined && event.expires <= now && 'content' in event) {
        const { content: _content, ...rest } = { ...event, edited: undefined, expired: true };
        await this.#storage.write([[key, JSON.stringify(rest)]]);
        this.chats.apply(rest as AnyEvent);
      } else this.chats.apply(event);
    }
    for (const [key, read] of await this.#storage.list('read/'))
      this.chats.get(key.slice('read/'.length)).read = Number(read);
  }

  title(chat: Chat): string {
    if (chat.name !== null) return chat.name;
    if (chat.peer === null) return chat.id.slice(0, 8);
    return chat.peer === this.client.user ? 'Note to self' : this.names.of(chat.peer);
  }

  typing(chat: Chat): string | null {
    const typing = this.#typing.get(chat.id);
    return typing !== undefined && typing.until > Date.now() ? this.names.of(typing.user) : null;
  }

  note(text: string): void {
    this.notes = [...this.notes.slice(-7), text];
    this.onChange();
  }

  /** Opens a chat: presence and typing are followed, what is in it counts as read. */
  async show(chat: Chat): Promise<void> {
    this.open = chat;
    this.notes = [];
    this.client.watch({ typing: chat.id });
    if (chat.peer !== null && chat.peer !== this.client.user) this.client.watch({ presence: chat.peer });
    if (chat.lines.length === 0) await this.older(chat);
    if (chat.kind === 'group') await this.#whoIsIn(chat).catch(() => {});
    await this.markRead(chat);
    this.onChange();
  }

  /** The members of a group and how far each has got: who joins late has not seen the others join. */
  async #whoIsIn(chat: Chat): Promise<void> {
    const { members } = await this.client.query<'members.list', { members: { user: string }[] }>(
      'members.list',
      { conversation: chat.id, limit: 1_000 },
    );
    chat.members = new Set(members.map(({ user }) => user));
    const { receipts } = await this.client.query<'receipts.get', { receipts: Receipt[] }>('receipts.get', {
      conversation: chat.id,
    });
    this.chats.receipts(chat.id, receipts);
  }

  async markRead(chat: Chat): Promise<void> {
    if (chat.head <= chat.read) return;
    chat.read = chat.head;
    await this.#storage.write([[`read/${chat.id}`, String(chat.head)]]);
    await this.client.read(chat.id, chat.head).catch(() => {});
  }

  /** Sends text to the open chat, or to a user with whom there is no chat yet. */
  async say(text: string, to?: { user: string }, more: { reply_to?: number } = {}): Promise<void> {
    const target = to ?? (this.open === null ? null : { conversation: this.open.id });
    if (target === null) return this.note('Open a chat first: /dm NAME or /open NAME.');
    const sent = await this.client.change('message.send', {
      to: target,
      content: { type: 'text', text },
      ...more,
    });
    this.sending.set(sent.id, { chat: this.open?.id ?? null, text });
    this.onChange();
    if (to !== undefined) {
      const event = await sent.outcome;
      await this.show(this.chats.get(event.conversation));
    }
  }

  /** Fetches the page before what is shown. False: there is nothing before it, or no connection. */
  async older(chat: Chat): Promise<boolean> {
    if (chat.first === 1) return false;
    try {
      const page = await this.client.query<'messages.list', { first: number; events: AnyEvent[] }>(
        'messages.list',
        {
          conversation: chat.id,
          limit: PAGE,
          ...(chat.first === null ? {} : { before: chat.first }),
        },
      );
      for (const event of page.events) this.#keep(event);
      // Also past what is hidden. An empty page: nothing before it is ours to read.
      chat.first = page.first === 0 ? 1 : page.first;
      this.onChange();
      return page.first !== 0;
    } catch {
      return false;
    }
  }

  async search(query: string): Promise<void> {
    const found = await this.client.query<'messages.search', { events: AnyEvent[] }>('messages.search', {
      query,
      limit: 7,
    });
    const lines = found.events.map((event) => {
      // Chats of its own: a line found far back does not belong among those that are shown, with a hole behind it.
      const aside = new Chats(this.client.user);
      aside.apply(event);
      const line = aside.get(event.conversation).lines[0];
      const title = this.title(this.chats.get(event.conversation));
      return `${title} #${event.seq} ${this.names.of(event.sender.user)}: ${line === undefined ? '' : shown(line)}`;
    });
    this.notes = lines.length === 0 ? ['Nothing found.'] : lines;
    this.onChange();
  }

  #event(event: AnyEvent): void {
    if (event.sender.user === this.client.user) this.sending.delete(event.id);
    if (event.type === 'message.hidden') this.#hide(event.target.conversation, event.target.seq);
    // One's own account and device are no chats.
    if (event.conversation === this.client.user || event.conversation === this.client.device)
      return this.onChange();
    this.#keep(event);
    const chat = this.chats.get(event.conversation);
    const line = chat.lines.find((l) => l.seq === event.seq);
    if (line !== undefined) this.onLine(chat, line);
    if (event.type === 'message' && event.sender.user !== this.client.user) this.#typing.delete(chat.id);
    if (this.open === chat) void this.markRead(chat);
    this.onChange();
  }

  #keep(event: AnyEvent): void {
    this.chats.apply(event);
    this.#write(keyOf(event.conversation, event.seq), JSON.stringify(event));
  }

  #hide(conversation: string, seq: number): void {
    this.chats.hide(conversation, seq);
    this.#write(keyOf(conversation, seq), null);
  }

  /** What cannot be kept is shown all the same, and fetched again another time. */
  #write(key: string, value: string | null): void {
    this.#storage.write([[key, value]]).catch((error: unknown) => {
      this.note(`Cannot be kept on this machine: ${(error as Error).message}`);
    });
  }

  /** What conversations there are, from the server: those without an event here yet as well. */
  async #refresh(): Promise<void> {
    const page = await this.client.query<'conversations.list', { conversations: ListedConversation[] }>(
      'conversations.list',
      { limit: 200 },
    );
    for (const listed of page.conversations) {
      const chat = this.chats.get(listed.id);
      chat.kind = listed.kind === 'group' ? 'group' : 'direct';
      if (listed.name) chat.name = oneLine(listed.name);
      chat.peer = listed.kind === 'self' ? this.client.user : (listed.peer ?? chat.peer);
      chat.head = Math.max(chat.head, listed.head);
      // What was read here while there was no connection.
      if (chat.read > (listed.read ?? 0)) await this.client.read(chat.id, chat.read);
      chat.read = Math.max(chat.read, listed.read ?? 0);
      if (listed.receipts !== undefined) this.chats.receipts(listed.id, listed.receipts);
      if (chat.lines.length === 0) await this.older(chat);
    }
    this.onChange();
  }
}

/** Padded, so that events are listed in their order. */
function keyOf(conversation: string, seq: number): string {
  return `event/${conversation}/${String(seq).padStart(16, '0')}`;
}
