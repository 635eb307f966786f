import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import type {
  AnswerOf,
  AnyEvent,
  ChangeType,
  Content,
  Conversation,
  EmailChoices,
  Fields,
  MediaOptions,
  MediaPlaces,
  PresencePayload,
  PushTarget,
  QueryType,
  SendOptions,
  Status,
  UploadProgress,
} from '../../sdk/index.ts';
import type { AccountState, Followed, Push } from '../host/contract.ts';
import type { Chat, LookOptions, Me, Person, SearchOptions, UploadStep, View, Where } from './chat.ts';
import { FollowedSignals } from './followed.ts';
import type { Line } from './line.ts';
import { MirrorUploads } from './mirror-uploads.ts';
import { MirrorView } from './mirror-view.ts';

/** The host's chat, on this side of the line. */
export class Mirror implements Chat {
  readonly me: Me;
  readonly status: Signal<Status>;
  readonly conversations: ReadonlySignal<readonly Conversation[]>;
  readonly #line: Line;
  readonly #byId: Signal<ReadonlyMap<string, Conversation>>;
  readonly #one = new Map<string, ReadonlySignal<Conversation | null>>();
  readonly #typing: FollowedSignals<readonly string[]>;
  readonly #presence: FollowedSignals<PresencePayload | null>;
  readonly #people: FollowedSignals<Person | null>;
  readonly #views = new Map<number, MirrorView>();
  readonly #uploads: MirrorUploads;
  readonly #onAccount = new Set<(event: AnyEvent) => void>();
  #lastView = 0;

  constructor(line: Line, { me, status, conversations, uploads }: AccountState) {
    this.me = me;
    this.#line = line;
    this.status = signal(status);
    this.#uploads = new MirrorUploads(uploads);
    this.#byId = signal(byId(conversations));
    this.conversations = computed(() =>
      [...this.#byId.value.values()].sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1)),
    );
    const followed = <V>(nothing: V, what: (key: string) => Followed) =>
      new FollowedSignals<V>(
        nothing,
        (key) => void line.ask('follow', what(key)).catch(() => {}),
        (key) => void line.ask('unfollow', what(key)).catch(() => {}),
      );
    this.#typing = followed<readonly string[]>([], (typing) => ({ typing }));
    this.#presence = followed<PresencePayload | null>(null, (presence) => ({ presence }));
    this.#people = followed<Person | null>(null, (person) => ({ person }));
  }

  /** Another host, with the same account: everything as it is there, and what this page looks at again. */
  resume({ status, conversations, uploads }: AccountState): void {
    batch(() => {
      this.status.value = status;
      this.#byId.value = byId(conversations);
      this.#uploads.all(uploads);
    });
    this.#typing.again();
    this.#presence.again();
    this.#people.again();
    for (const view of this.#views.values()) void view.again().catch(() => {});
  }

  took(push: Push): void {
    switch (push.push) {
      case 'status':
        this.status.value = push.status;
        break;
      case 'conversations': {
        const all = new Map(this.#byId.peek());
        for (const conversation of push.changed) all.set(conversation.id, conversation);
        for (const id of push.gone) all.delete(id);
        this.#byId.value = all;
        break;
      }
      case 'view':
        this.#views.get(push.view)?.apply(push.change);
        break;
      case 'typing':
        this.#typing.set(push.conversation, push.users);
        break;
      case 'presence':
        this.#presence.set(push.user, push.presence);
        break;
      case 'person':
        this.#people.set(push.user, push.person);
        break;
      case 'upload':
        this.#uploads.took(push.upload);
        break;
      case 'event':
        for (const listener of [...this.#onAccount]) listener(push.event);
    }
  }

  conversation(id: string): ReadonlySignal<Conversation | null> {
    let known = this.#one.get(id);
    if (known === undefined) {
      known = computed(() => this.#byId.value.get(id) ?? null);
      this.#one.set(id, known);
    }
    return known;
  }
  typing(conversation: string): ReadonlySignal<readonly string[]> {
    return this.#typing.get(conversation);
  }
  presence(user: string): ReadonlySignal<PresencePayload | null> {
    return this.#presence.get(user);
  }
  person(user: string): ReadonlySignal<Person | null> {
    return this.#people.get(user);
  }

  async look(where: Where, options: LookOptions = {}): Promise<View> {
    const number = ++this.#lastView;
    const view = new MirrorView(where, options, {
      look: (at, how) => this.#line.ask('look', number, at, how),
      step: (step) => this.#line.ask('step', number, step),
      leave: () => {
        this.#views.delete(number);
        void this.#line.ask('leave', number).catch(() => {});
      },
    });
    this.#views.set(number, view);
    try {
      await view.open();
    } catch (error) {
      this.#views.delete(number);
      throw error;
    }
    return view;
  }

  // By an id of this side's making, as all that changes something: asked again of another host it is the same.
  send(to: Where, content: Content | string, options: SendOptions = {}): Promise<string> {
    return this.#line.ask('send', to, content, { id: uuidv7(), ...options });
  }
  sendMedia(to: Where, file: Blob, options: MediaOptions = {}): Promise<string> {
    return this.#line.ask('sendMedia', to, file, { id: uuidv7(), ...options });
  }
  upload(id: string): ReadonlySignal<UploadProgress | null> {
    return this.#uploads.get(id);
  }
  async steerUpload(id: string, to: UploadStep): Promise<void> {
    await this.#line.ask('steerUpload', id, to);
  }
  fileOf(id: string): Promise<Blob | null> {
    return this.#line.ask('fileOf', id);
  }
  mediaPlaces(media: string): Promise<MediaPlaces> {
    return this.#line.ask('mediaPlaces', media);
  }
  async retry(id: string): Promise<void> {
    await this.#line.ask('retry', id);
  }
  async discard(id: string): Promise<void> {
    await this.#line.ask('discard', id);
  }
  async markRead(conversation: string, seq?: number): Promise<void> {
    await this.#line.ask('markRead', conversation, seq);
  }
  async setDraft(conversation: string, text: string): Promise<void> {
    await this.#line.ask('setDraft', conversation, text);
  }
  compose(conversation: string): void {
    void this.#line.ask('compose', conversation).catch(() => {});
  }

  searchHere(query: string, options: SearchOptions = {}) {
    return this.#line.ask('searchHere', query, options);
  }
  searchServer(query: string, options: SearchOptions & { cursor?: string } = {}) {
    return this.#line.ask('searchServer', query, options);
  }

  change<T extends ChangeType>(type: T, fields: Fields<T>, id = uuidv7()): Promise<AnyEvent> {
    return this.#line.ask('change', type, fields, id);
  }
  query<T extends QueryType>(type: T, fields: Fields<T>): Promise<AnswerOf<T>> {
    return this.#line.ask('query', type, fields) as Promise<AnswerOf<T>>;
  }
  onAccount(listener: (event: AnyEvent) => void): () => void {
    this.#onAccount.add(listener);
    return () => this.#onAccount.delete(listener);
  }

  async changePassword(current: string, next: string): Promise<void> {
    await this.#line.ask('changePassword', current, next);
  }
  account() {
    return this.#line.ask('account');
  }
  setEmail(email: string, password: string) {
    return this.#line.ask('setEmail', email, password);
  }
  updateEmail(choices: EmailChoices) {
    return this.#line.ask('updateEmail', choices);
  }
  async removeEmail(): Promise<void> {
    await this.#line.ask('removeEmail');
  }
  invite(admin: boolean) {
    return this.#line.ask('invite', admin);
  }
  async setPush(routes: readonly PushTarget[]): Promise<void> {
    await this.#line.ask('setPush', routes);
  }
  async testPush(): Promise<void> {
    await this.#line.ask('testPush');
  }
  async clearDevice(): Promise<void> {
    await this.#line.ask('clearDevice');
  }
  async signOut(): Promise<void> {
    await this.#line.ask('signOut');
  }
}

const byId = (conversations: readonly Conversation[]): ReadonlyMap<string, Conversation> =>
  new Map(conversations.map((conversation) => [conversation.id, conversation]));
