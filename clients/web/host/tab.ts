import type { ConversationWindow, DunlinClient } from '../../sdk/index.ts';
import type { Account } from './account.ts';
import type { Answer, Followed, Method, Methods, Push, Request, ViewChange, Welcome } from './contract.ts';
import { failureOf } from './failure.ts';
import type { Port } from './port.ts';

/** What a tab needs of the host that serves it. */
export interface Served {
  account(): Account | null;
  welcome(tab: Tab, lock: string | null): Promise<Welcome>;
  register: (...given: Parameters<Methods['register']>) => Promise<ReturnType<Methods['register']>>;
  login: (...given: Parameters<Methods['login']>) => Promise<ReturnType<Methods['login']>>;
  signOut(): Promise<void>;
  changePassword(...given: Parameters<Methods['changePassword']>): Promise<void>;
  readAccount(): Promise<ReturnType<Methods['account']>>;
  setEmail(...given: Parameters<Methods['setEmail']>): Promise<ReturnType<Methods['setEmail']>>;
  updateEmail(...given: Parameters<Methods['updateEmail']>): Promise<ReturnType<Methods['updateEmail']>>;
  removeEmail(): Promise<void>;
  invite(...given: Parameters<Methods['invite']>): Promise<ReturnType<Methods['invite']>>;
  setPush(...given: Parameters<Methods['setPush']>): Promise<void>;
  testPush(): Promise<void>;
  clearDevice(): Promise<void>;
}

/** A page asks for no more than it can show: views, and people, typing and presence that are followed. */
const MOST_VIEWS = 16;
const MOST_FOLLOWED = 1_000;

type Handlers = { [M in Method]: (...given: Parameters<Methods[M]>) => Promise<ReturnType<Methods[M]>> };

/** One page that is open. */
export class Tab {
  readonly #port: Port;
  readonly #host: Served;
  readonly #views = new Map<number, ConversationWindow>();
  readonly #followed = new Map<string, () => void>();
  readonly #handlers: Handlers;

  constructor(port: Port, host: Served) {
    this.#port = port;
    this.#host = host;
    this.#handlers = this.#made();
    port.onMessage = (message) => void this.#answer(message as Request);
  }

  push(what: Push): void {
    this.#port.post(what);
  }

  /** Views and what was followed are the account's: they go with it. */
  reset(): void {
    for (const window of this.#views.values()) window.close();
    this.#views.clear();
    for (const end of this.#followed.values()) end();
    this.#followed.clear();
  }

  /** The store says that conversations, or who has what in them, have changed. */
  touched(conversations: ReadonlySet<string>): void {
    for (const [view, window] of this.#views) {
      const id = window.conversation?.id;
      if (id !== undefined && conversations.has(id)) this.#tell(view, window, { entries: [], removed: [] });
    }
  }

  close(): void {
    this.reset();
    this.#port.close();
  }

  async #answer({ id, method, given }: Request): Promise<void> {
    let answer: Answer;
    try {
      if (!Object.hasOwn(this.#handlers, method)) throw new Error(`there is no ${method}`);
      const handler = this.#handlers[method] as (...given: unknown[]) => Promise<unknown>;
      answer = { id, value: await handler(...given) };
    } catch (error) {
      answer = { id, failure: failureOf(error) };
    }
    this.#port.post(answer);
  }

  #account(): Account {
    const account = this.#host.account();
    if (account === null) throw new Error('nobody is signed in');
    return account;
  }

  #change(window: ConversationWindow, what: Pick<ViewChange, 'entries' | 'removed'>): ViewChange {
    const { conversation, atStart, atEnd } = window;
    const receipts = conversation === null ? {} : this.#account().store.receipts(conversation.id);
    return { conversation, receipts, atStart, atEnd, ...what };
  }

  #tell(view: number, window: ConversationWindow, what: Pick<ViewChange, 'entries' | 'removed'>): void {
    if (this.#views.get(view) !== window) return;
    this.push({ push: 'view', view, change: this.#change(window, what) });
  }

  #follow(what: Followed): void {
    const name = JSON.stringify(what);
    if (this.#followed.has(name) || this.#followed.size >= MOST_FOLLOWED) return;
    const { store, people } = this.#account();
    if ('person' in what) {
      people.follow(what.person);
      this.#followed.set(name, () => people.unfollow(what.person));
      this.push({ push: 'person', user: what.person, person: people.get(what.person) });
    } else if ('presence' in what) {
      this.#followed.set(name, store.follow(what));
      this.push({ push: 'presence', user: what.presence, presence: store.presence(what.presence) });
    } else {
      this.#followed.set(name, store.follow(what));
      this.push({ push: 'typing', conversation: what.typing, users: store.typing(what.typing) });
    }
  }

  #made(): Handlers {
    const host = this.#host;
    const store = () => this.#account().store;
    const client = () => this.#account().client;
    const done = async (work: Promise<unknown> | unknown): Promise<null> => {
      await work;
      return null;
    };
    return {
      hello: (lock) => host.welcome(this, lock),
      ping: async () => null,
      register: (...given) => host.register(...given),
      login: (...given) => host.login(...given),
      signOut: () => done(host.signOut()),
      changePassword: (...given) => done(host.changePassword(...given)),
      account: () => host.readAccount(),
      setEmail: (...given) => host.setEmail(...given),
      updateEmail: (...given) => host.updateEmail(...given),
      removeEmail: () => done(host.removeEmail()),
      invite: (...given) => host.invite(...given),
      setPush: (...given) => done(host.setPush(...given)),
      testPush: () => done(host.testPush()),
      clearDevice: () => done(host.clearDevice()),
      look: async (view, where, options) => {
        if (this.#views.size >= MOST_VIEWS) throw new Error('too many views');
        const window = await store().look(where, options);
        this.#views.set(view, window);
        window.on('change', (what) => this.#tell(view, window, what));
        return this.#change(window, { entries: [...window.entries], removed: [] });
      },
      step: async (view, step) => {
        const window = this.#views.get(view);
        if (window === undefined) return false;
        const moved = step.to === 'seq' ? window.jump(step.seq) : window[step.to]();
        const result = await moved;
        // Where it stands now, also where nothing was read.
        this.#tell(view, window, { entries: [], removed: [] });
        return result !== false;
      },
      leave: async (view) => {
        this.#views.get(view)?.close();
        this.#views.delete(view);
        return null;
      },
      follow: async (what) => done(this.#follow(what)),
      unfollow: async (what) => {
        const name = JSON.stringify(what);
        this.#followed.get(name)?.();
        this.#followed.delete(name);
        return null;
      },
      send: (to, content, options) => store().send(to, content, options),
      sendMedia: (to, file, options) => store().sendMedia(to, file, options),
      steerUpload: async (id, to) => done(store().uploads?.[to](id)),
      fileOf: async (id) => (await store().uploads?.file(id)) ?? null,
      mediaPlaces: (id) => this.#account().media.places(id),
      retry: (id) => done(store().retry(id)),
      discard: (id) => done(store().discard(id)),
      markRead: (conversation, seq) => done(store().markRead(conversation, seq)),
      setDraft: (conversation, text) => done(store().setDraft(conversation, text)),
      compose: async (conversation) => done(store().compose(conversation)),
      searchHere: (query, options) => store().searchHere(query, options),
      searchServer: (query, options) => store().searchServer(query, options),
      change: async (type, fields, id) => {
        const { outcome } = await client().change(type as never, fields as never, id);
        return outcome;
      },
      query: (type, fields) =>
        (client() as Pick<DunlinClient, 'query'>).query(type as never, fields as never),
    };
  }
}
