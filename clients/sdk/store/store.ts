import type { Content } from '../../../protocol/content.ts';
import type { PresencePayload } from '../../../protocol/events.ts';
import type { DunlinClient } from '../client.ts';
import { type ContentCodec, type Destination, plainCodec } from '../codec.ts';
import { Emitter } from '../emitter.ts';
import { contentBefore, fileFieldsIn } from '../media/description.ts';
import { type FileKeep, MemoryFiles } from '../media/files.ts';
import type { Media } from '../media/media.ts';
import type { MakePreview } from '../media/preview.ts';
import type { Storage } from '../storage.ts';
import { Activity } from './activity.ts';
import { ServerClock } from './clock.ts';
import type { Conversation, Cursor } from './conversations.ts';
import type { StoredEntry, StoredMessage } from './entries.ts';
import { Expiry } from './expiry.ts';
import { Following } from './following.ts';
import { Learning } from './learning.ts';
import { Outgoing } from './outgoing.ts';
import { Pages } from './pages.ts';
import type { MediaOptions, Pending, SendOptions } from './pending.ts';
import { readUpTo } from './reading.ts';
import { sealed } from './sealing.ts';
import { searchHere } from './search.ts';
import { Shelf, type Touched } from './shelf.ts';
import type { StoreEvents } from './store-events.ts';
import { Taking } from './taking.ts';
import { Uploading } from './uploading.ts';
import { ConversationWindow, type WindowOptions } from './window.ts';

export interface StoreOptions {
  client: DunlinClient;
  /** The client’s. */
  storage: Storage;
  codec?: ContentCodec;
  /** For files: without it none can be sent. */
  media?: Media;
  /** Where files are until they are uploaded; without it they are lost at a restart. */
  files?: FileKeep;
  /** For encrypted files: without it they have no small picture but the one that they are sent with. */
  preview?: MakePreview;
  /** This device’s clock, milliseconds since the Unix epoch. */
  now?: () => number;
}

/**
 * Conversations and messages, here and at once, made of what the client receives: open it, then connect the client. What it shows is
 * what the storage has; all times are the server’s, all order that of sequence numbers.
 */
export class ChatStore extends Emitter<StoreEvents> {
  readonly #client: DunlinClient;
  readonly #shelf: Shelf;
  readonly #taking: Taking;
  readonly #pages: Pages;
  readonly #learning: Learning;
  readonly #outgoing: Outgoing;
  /** Files on their way; null: none can be sent. */
  readonly uploads: Uploading | null;
  readonly #expiry: Expiry;
  readonly #activity: Activity;
  readonly #clock: ServerClock;
  readonly #following: Following;
  readonly #windows = new Set<ConversationWindow>();
  readonly #seals: boolean;
  readonly #preview: MakePreview;

  constructor(options: StoreOptions) {
    super();
    const { client, storage, codec = plainCodec, media, files = new MemoryFiles(), now } = options;
    this.#seals = codec.seals === true;
    this.#preview = options.preview ?? (async () => null);
    this.#client = client;
    this.#clock = new ServerClock(now);
    this.#shelf = new Shelf(storage, client.user);
    this.#taking = new Taking({
      me: client.user,
      codec,
      clock: this.#clock,
      unclear: (conversation, seq) => void this.#pages.refresh(conversation, seq),
    });
    this.#pages = new Pages(client, this.#shelf, this.#taking);
    this.#learning = new Learning(client, this.#shelf);
    this.#outgoing = new Outgoing(client, this.#shelf, codec, this.#clock);
    const send = (pending: Pending) => this.#outgoing.handOver(pending);
    this.uploads =
      media === undefined ? null : new Uploading({ client, shelf: this.#shelf, media, files, send });
    if (this.uploads !== null) this.uploads.onProgress = (progress) => this.emit('upload', progress);
    this.#expiry = new Expiry(this.#shelf, this.#clock);
    this.#activity = new Activity(client);
    this.#activity.onTyping = (conversation) =>
      this.emit('typing', { conversation, users: this.typing(conversation) });
    this.#shelf.onChange = (touched) => this.#changed(touched);
    this.#following = new Following({
      client,
      shelf: this.#shelf,
      taking: this.#taking,
      pages: this.#pages,
      learning: this.#learning,
      outgoing: this.#outgoing,
      expiry: this.#expiry,
      activity: this.#activity,
      told: {
        arrived: (entries) => this.emit('arrived', entries),
        presence: (payload) => this.emit('presence', payload),
        trouble: (error) => this.emit('trouble', error),
      },
      refresh: async () => {
        for (const window of this.#windows) await window.refresh();
      },
      later: (task) => this.#later(task),
    });
  }

  /** Reads what is here, and begins to follow. */
  async open(): Promise<void> {
    await this.#shelf.load();
    this.#following.open();
    this.#client.beforeOnline = async () => {
      await this.#shelf.load();
      await this.#outgoing.resume();
      this.uploads?.resume();
    };
    await this.#outgoing.resume();
    this.uploads?.resume();
    await this.#expiry.sweep();
  }

  /** Ends following; the client and the storage are their owner’s to close. */
  close(): void {
    this.#following.close();
    this.#client.beforeOnline = async () => {};
    this.uploads?.close();
    this.#expiry.close();
    this.#activity.close();
    for (const window of [...this.#windows]) window.close();
  }

  /** Newest first. */
  get conversations(): Conversation[] {
    return [...this.#shelf.conversations.values()]
      .map(({ shown }) => shown)
      .sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
  }

  conversation(id: string): Conversation | null {
    return this.#shelf.conversations.get(id)?.shown ?? null;
  }

  /** The one-to-one conversation with a user; null: none yet. */
  directWith(user: string): Conversation | null {
    for (const { shown } of this.#shelf.conversations.values())
      if (shown.kind === 'direct' && shown.peer === user) return shown;
    return null;
  }

  /** How far each member has a conversation, as far as it is known here. */
  receipts(conversation: string): Readonly<Record<string, Cursor>> {
    return this.#shelf.receipts.get(conversation) ?? {};
  }

  /** One message or notice, where it is here: what a reply quotes need not be in the window. */
  entry(conversation: string, seq: number): Promise<StoredEntry | null> {
    return this.#shelf.entry(conversation, seq);
  }

  /** The part of a conversation that somebody looks at, from the newest back. Close it when nobody does any more. */
  async look(where: Destination, options: WindowOptions = {}): Promise<ConversationWindow> {
    const known = 'user' in where ? this.directWith(where.user) : null;
    const { user, device } = this.#client;
    const window = new ConversationWindow(
      known === null ? where : { conversation: known.id },
      {
        shelf: this.#shelf,
        pages: this.#pages,
        me: { user, device },
        isOnline: () => this.#client.status === 'online',
        closed: (closed) => this.#windows.delete(closed),
      },
      options,
    );
    this.#windows.add(window);
    try {
      await window.latest();
    } catch (error) {
      // What is here is shown all the same.
      this.emit('trouble', error as Error);
    }
    const { conversation } = window;
    if (conversation !== null) this.#later(this.#learning.members(conversation));
    return window;
  }

  /** Shown at once as `queued`. Resolves with its id when it is kept. @throws {RefusedError} too_large, {StorageFullError} */
  send(to: Destination, content: Content | string, options: SendOptions = {}): Promise<string> {
    if ('conversation' in to) this.#activity.composed(to.conversation);
    return this.#outgoing.send(
      to,
      typeof content === 'string' ? { type: 'text', text: content } : content,
      options,
    );
  }

  /**
   * Sends a file: shown at once as `uploading`, sent when it is there, also after a restart; see {@link uploads}. It is encrypted where
   * messages are, and where `encrypt` says so. Resolves with the id of the
   * message when it is kept. @throws {RefusedError} too_large, bad_request, {StorageFullError}
   */
  async sendMedia(to: Destination, file: Blob, options: MediaOptions = {}): Promise<string> {
    if (this.uploads === null) throw new Error('this store was opened without media');
    const { id, replyTo, mentions, ttl, forwarded } = options;
    const beside = { id, replyTo, mentions, ttl, forwarded };
    // Its place in the order of writing is that of the call, however long it takes to look at the file.
    const pending = this.#outgoing.made(to, contentBefore(file, options), defined(beside));
    if (this.#outgoing.isHere(pending.id)) return pending.id;
    const upload = { url: null, paused: false, fields: fileFieldsIn(options) };
    if (!this.#seals && options.encrypt !== true) {
      await this.uploads.begin({ ...pending, state: 'uploading', upload }, file);
      return pending.id;
    }
    const { content, envelope } = await sealed(file, options, this.#preview);
    if (this.#outgoing.isHere(pending.id)) return pending.id;
    await this.uploads.begin(
      { ...pending, content, state: 'uploading', upload: { ...upload, envelope } },
      file,
    );
    return pending.id;
  }

  /** Sends again what was refused, under the same id. */
  async retry(id: string): Promise<void> {
    await this.uploads?.retry(id, this.#clock.local());
    await this.#outgoing.retry(id);
  }

  /** Gives up what was refused. */
  async discard(id: string): Promise<void> {
    await this.uploads?.cancel(id);
    await this.#outgoing.discard(id);
  }

  /** One has read everything up to `seq`, or to the newest; all of one’s devices know. Offline: said with the next connection. */
  async markRead(conversation: string, seq?: number): Promise<void> {
    const upTo = seq ?? this.#shelf.kept(conversation).shown.head;
    if (upTo <= this.#shelf.kept(conversation).shown.read) return;
    const mine = { shelf: this.#shelf, me: this.#client.user };
    await this.#shelf.change((change) => readUpTo(mine, change, conversation, upTo));
    await this.#client.read(conversation, upTo).catch(() => {}); // with the next connection
  }

  /** What one has begun to write. Kept on this device alone. */
  setDraft(conversation: string, draft: string): Promise<void> {
    return this.#shelf.change(async (change) => {
      const kept = change.conversation(conversation);
      change.putConversation({ ...kept, shown: { ...kept.shown, draft } });
    });
  }

  /** One is typing: said now and then, as often as this is called. */
  compose(conversation: string): void {
    this.#activity.compose(conversation);
  }
  /** Who is typing; see {@link follow}. */
  typing(conversation: string): string[] {
    return this.#activity.typing(conversation);
  }
  /** null: not followed, or not known. */
  presence(user: string): PresencePayload | null {
    return this.#activity.presence(user);
  }
  /** Follows a user’s presence, or who is typing in a conversation. Returns what ends it. */
  follow(what: { presence: string } | { typing: string }): () => void {
    return this.#activity.follow(what);
  }

  /** Searches what is on this device, newest first: also what the server cannot read. */
  searchHere(
    query: string,
    options: { conversation?: string; limit?: number; scan?: number } = {},
  ): Promise<StoredMessage[]> {
    return searchHere(this.#shelf, query, options);
  }

  /** Lets the server search all of one’s unencrypted history. @throws {RefusedError}, or an Error when offline */
  async searchServer(
    query: string,
    options: { conversation?: string; limit?: number; cursor?: string } = {},
  ): Promise<{ messages: StoredMessage[]; next: string | null }> {
    const { events, next } = await this.#client.query('messages.search', { query, ...options });
    return { messages: await Promise.all(events.map((event) => this.#taking.message(event))), next };
  }

  #changed(touched: Touched): void {
    for (const window of [...this.#windows]) window.changed(touched);
    if (touched.conversations.size > 0) this.emit('conversations', [...touched.conversations]);
    if (touched.states.size > 0) this.emit('receipts', [...touched.states]);
  }

  #later(task: Promise<unknown>): void {
    task.catch((error: unknown) => {
      // Offline, or not ours to ask any more: the next connection, or look, asks again.
      if (this.#client.status === 'online') this.emit('trouble', error as Error);
    });
  }
}

/** Without what is not there. */
function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
