import {
  type ChatStore,
  type Content,
  type Conversation,
  type Destination,
  type DunlinClient,
  type Media,
  type MediaContent,
  type MediaOptions,
  RefusedError,
  type StoredEntry,
  type StoredMessage,
} from '../sdk/index.ts';
import type { Names } from './names.ts';
import { OpenChat } from './open-chat.ts';
import { oneLine } from './text/printable.ts';

/** Most lines that are told at a time, beside a whole answer. */
const MOST_NOTES = 8;
/** Conversations whose peers and typing are followed in the list: a device has a bounded number of subscriptions. */
const FOLLOWED = 20;

/** What only the one who started the client can do. */
export interface Powers {
  /** @throws {RefusedError} forbidden */
  invite(admin: boolean): Promise<{ code: string; expires: number }>;
  /** Signs this device out, at the server and here. */
  logout(): Promise<void>;
}

/** What files stand on. */
export interface Files {
  media: Media;
  /** The file of a path. @throws {Error} there is none */
  open(path: string): Promise<Blob>;
}

interface Parts {
  client: DunlinClient;
  store: ChatStore;
  names: Names;
  powers: Powers;
  /** Absent: files are neither sent nor saved. */
  files?: Files;
}

/** What a terminal shows and does, without the terminal: conversations, the open one, and what commands have to tell. */
export class App {
  readonly client: DunlinClient;
  readonly store: ChatStore;
  readonly names: Names;
  readonly powers: Powers;
  readonly #files: Files | null;
  open: OpenChat | null = null;
  /** The newest thing to tell about a command: an error, an answer. */
  notes: readonly string[] = [];
  /** Another terminal has this device: until it ends, this one shows what is here, and keeps what is written. */
  standby = false;
  /** What `.` stands for in commands; null: the newest message. */
  selected: number | null = null;
  /** False: nobody can see what is open, and it does not count as read. */
  watched = true;
  onChange: () => void = () => {};
  /** Each line that is told, for those without a screen. */
  onNote: (line: string) => void = () => {};
  /** Everything that comes, in order. */
  onArrived: (entry: StoredEntry) => void = () => {};
  /** The user wants to leave. */
  onQuit: () => void = () => {};
  #conversations: Conversation[] | null = null;
  #followed = new Map<string, () => void>();

  constructor({ client, store, names, powers, files }: Parts) {
    this.client = client;
    this.store = store;
    this.names = names;
    this.powers = powers;
    this.#files = files ?? null;
    names.onChange = () => this.onChange();
    store.on('conversations', () => {
      this.#conversations = null;
      this.#follow();
      this.onChange();
    });
    for (const event of ['typing', 'presence'] as const) store.on(event, () => this.onChange());
    store.on('arrived', (entries) => {
      for (const entry of entries) this.onArrived(entry);
    });
    store.on('upload', () => this.onChange());
    store.on('trouble', (error) => this.note(error.message));
    client.on('refused', ({ command, error }) => {
      // Presence and typing that are not ours to follow: not shown, and nothing that was asked for.
      if (command === null && error.refusal.code === 'topic_forbidden') return;
      this.note(error.message);
    });
    client.on('signedOut', () => this.note('Signed out: this device was revoked. Start again to log in.'));
    client.on('status', (status) => {
      if (status === 'online') void this.#learn().catch(() => {});
      this.onChange();
    });
  }

  /** What is kept from before: there is something to read before there is a connection. */
  async load(): Promise<void> {
    await this.names.load();
    await this.store.open();
    this.#follow();
  }

  /** Newest first. */
  get conversations(): readonly Conversation[] {
    this.#conversations ??= this.store.conversations;
    return this.#conversations;
  }

  get me(): string {
    return this.client.user;
  }

  title(where: Conversation | Destination): string {
    const known =
      'user' in where ? null : 'conversation' in where ? this.store.conversation(where.conversation) : where;
    const peer = 'user' in where ? where.user : known?.peer;
    if (known?.name) return oneLine(known.name);
    if (peer) return peer === this.me ? 'Note to self' : this.names.of(peer);
    return (known?.id ?? ('conversation' in where ? where.conversation : '')).slice(0, 8);
  }

  /** Who is typing in a conversation, as one says it; null: nobody. */
  typing(conversation: string): string | null {
    const names = this.store.typing(conversation).map((user) => this.names.of(user));
    if (names.length === 0) return null;
    if (names.length > 2) return `${names.length} people are typing…`;
    return names.length === 2 ? `${names.join(' and ')} are typing…` : `${names[0]} is typing…`;
  }

  /** Adds a line to what is told. */
  note(line: string): void {
    // A refusal reaches who asked and who listens alike: it is told once.
    if (this.notes.at(-1) === line) return;
    this.notes = [...this.notes.slice(1 - MOST_NOTES), line];
    this.onNote(line);
    this.onChange();
  }

  /** Tells an answer, in place of what was told before. */
  tell(lines: readonly string[]): void {
    this.notes = lines;
    for (const line of lines) this.onNote(line);
    this.onChange();
  }

  /** Opens a conversation: what is in it counts as read once it is seen. */
  async show(where: Destination): Promise<OpenChat> {
    const known = 'user' in where ? this.store.directWith(where.user) : null;
    const to = known === null ? where : { conversation: known.id };
    if (this.open !== null && sameDestination(this.open.where, to)) {
      this.notes = [];
      this.onChange();
      return this.open;
    }
    const opening = await OpenChat.at(this.store, to, () => this.#changed(opening));
    this.open?.close();
    this.open = opening;
    this.notes = [];
    this.selected = null;
    await this.markRead();
    this.onChange();
    return opening;
  }

  /** What is at the end of the open conversation has been seen. */
  async markRead(): Promise<void> {
    const { open } = this;
    if (open === null || !this.watched || !open.window.atEnd) return;
    const conversation = open.conversation;
    if (conversation !== null && conversation.read < conversation.head)
      await this.store.markRead(conversation.id);
  }

  /** Sends to the open conversation, or to a user. Members that are named as @name are mentioned. */
  async say(
    content: Content | string,
    more: { to?: Destination; replyTo?: number; forwarded?: number } = {},
  ): Promise<void> {
    const to = more.to ?? this.open?.where;
    if (to === undefined) throw new Error('Open a chat first: /dm NAME or /open NAME.');
    const text = typeof content === 'string' ? content : '';
    const mentions = this.#mentionedIn(text, to);
    await this.store.send(this.#current(to), content, {
      ...(more.replyTo === undefined ? {} : { replyTo: more.replyTo }),
      ...(more.forwarded === undefined ? {} : { forwarded: more.forwarded }),
      ...(mentions.length === 0 ? {} : { mentions }),
    });
  }

  /** @throws {Error} there is no such file */
  openFile(path: string): Promise<Blob> {
    return this.#withFiles.open(path);
  }
  /** The file of a message as it was sent, as it comes. @throws {RefusedError} not_found, or an Error when offline or it cannot be decrypted */
  download(media: MediaContent): Promise<ReadableStream<Uint8Array>> {
    return this.#withFiles.media.open(media);
  }
  async sendFile(to: Destination, file: Blob, options: MediaOptions): Promise<void> {
    await this.store.sendMedia(this.#current(to), file, options);
  }

  get #withFiles(): Files {
    if (this.#files === null) throw new Error('There are no files here.');
    return this.#files;
  }

  /** What is here, then what the server has more; newest first. Offline, or refused: what is here. */
  async search(query: string, conversation?: string): Promise<StoredMessage[]> {
    const where = conversation === undefined ? {} : { conversation };
    const here = await this.store.searchHere(query, where);
    if (this.client.status !== 'online') return here;
    const { messages } = await this.store
      .searchServer(query, { ...where, limit: 50 })
      .catch((error: unknown) => {
        if (error instanceof RefusedError) this.note(error.message);
        return { messages: [] };
      });
    const known = new Set(here.map(({ key }) => key));
    return [...here, ...messages.filter(({ key }) => !known.has(key))].sort(
      (a, b) => (b.time ?? 0) - (a.time ?? 0),
    );
  }

  close(): void {
    this.open?.close();
    for (const end of this.#followed.values()) end();
    this.#followed.clear();
    this.store.close();
  }

  /** The conversation with a user may have been made meanwhile. */
  #current(to: Destination): Destination {
    const made = 'user' in to ? this.store.directWith(to.user) : null;
    return made === null ? to : { conversation: made.id };
  }

  #mentionedIn(text: string, to: Destination): string[] {
    const conversation = 'conversation' in to ? this.store.conversation(to.conversation) : null;
    if (conversation?.kind !== 'group') return [];
    const named = new Set([...text.matchAll(/@([\p{L}\p{N}_.-]+)/gu)].map(([, name]) => name!.toLowerCase()));
    const members = this.store.receipts(conversation.id);
    return this.names.known
      .filter(({ id, username }) => named.has(username) && id !== this.me && Object.hasOwn(members, id))
      .map(({ id }) => id)
      .slice(0, 100);
  }

  #changed(open: OpenChat): void {
    if (open !== this.open) return;
    void this.markRead().catch(() => {});
    this.onChange();
  }

  /** Presence and typing of the newest conversations. */
  #follow(): void {
    const wanted = new Map<string, { presence: string } | { typing: string }>();
    for (const { id, kind, peer, member } of this.conversations.slice(0, FOLLOWED)) {
      if (member) wanted.set(id, { typing: id });
      if (kind === 'direct' && peer !== null && peer !== this.me) wanted.set(peer, { presence: peer });
    }
    for (const [key, end] of [...this.#followed])
      if (!wanted.has(key)) {
        end();
        this.#followed.delete(key);
      }
    for (const [key, what] of wanted)
      if (!this.#followed.has(key)) this.#followed.set(key, this.store.follow(what));
  }

  /** The address book: people are called as one calls them. */
  async #learn(): Promise<void> {
    await this.names.took(await this.client.query('contacts.list', {}));
  }
}

function sameDestination(a: Destination, b: Destination): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
