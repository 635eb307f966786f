import { type FileKeep, type Session, Sessions, type Storage, StorageFullError } from '../../sdk/index.ts';
import type { Me } from '../chat/chat.ts';
import { Account } from './account.ts';
import type { Methods, Push, SupersededBy } from './contract.ts';
import { live, onEnd } from './life.ts';
import type { Port } from './port.ts';
import { type Served, Tab } from './tab.ts';

export interface HostParts {
  /** Origin of the HTTP API, which is the app's own. */
  server: string;
  openStorage(): Promise<Storage>;
  /** For files that are not uploaded yet. */
  openFiles(): FileKeep;
  /** Deletes all that {@link openStorage} and {@link openFiles} have kept. */
  deleteStorage(): Promise<void>;
}

/** What changes is told a little later, together with what changes meanwhile, milliseconds. */
const TELL_AFTER_MS = 16;

/**
 * The one who is connected, for all pages of this browser. Sign-in tokens are kept in IndexedDB, as a host that the browser ends and
 * starts again must sign in without asking: a cookie would be out of the reach of scripts, but MQTT and the SDK take tokens. What keeps
 * others' scripts away from them is the policy that pages are served with (services/gateway/plugins/web-app.ts).
 */
export class Host implements Served {
  readonly #parts: HostParts;
  readonly #tabs = new Set<Tab>();
  readonly #name = live('host');
  /** One sign-in, sign-out or opening after the other. */
  #turn: Promise<unknown>;
  #storage: Storage | null = null;
  #files: FileKeep | null = null;
  #sessions: Sessions | null = null;
  #account: Account | null = null;
  #superseded: SupersededBy | null = null;
  readonly #touched = { list: new Set<string>(), views: new Set<string>() };
  #telling = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#turn = this.#open();
    this.#turn.catch(() => {}); // Who comes is told.
  }

  connect(port: Port): void {
    const tab = new Tab(port, this);
    this.#tabs.add(tab);
    if (this.#superseded !== null) tab.push({ push: 'superseded', by: this.#superseded });
  }

  /** Another host has started, of another version or for another tab: this one lets go of the device. */
  async supersede(by: SupersededBy): Promise<void> {
    if (this.#superseded !== null) return;
    this.#superseded = by;
    this.#push({ push: 'superseded', by });
    await this.#inTurn(() => this.#close());
  }

  account(): Account | null {
    return this.#account;
  }

  async welcome(tab: Tab, lock: string | null) {
    onEnd(lock, () => {
      this.#tabs.delete(tab);
      tab.close();
    });
    await this.#turn.catch(async () => {
      // No storage: perhaps there is one now.
      this.#turn = this.#open();
      await this.#turn;
    });
    return { host: await this.#name, account: this.#account?.state ?? null };
  }

  register(...[username, password, more]: Parameters<Methods['register']>): Promise<Me> {
    return this.#signIn((sessions) => sessions.register(username, password, more));
  }
  login(...[username, password, more]: Parameters<Methods['login']>): Promise<Me> {
    return this.#signIn((sessions) => sessions.login(username, password, more));
  }

  signOut(): Promise<void> {
    return this.#inTurn(async () => {
      const session = await this.#sessions?.stored();
      await this.#close();
      // Without a connection the device stays in the list of devices, where it can be revoked; here nothing of it stays.
      if (session) await this.#sessions?.logout(session).catch(() => {});
      await this.#clear('user');
    });
  }

  async changePassword(...[current, next]: Parameters<Methods['changePassword']>): Promise<void> {
    const { sessions, session } = await this.#signedIn();
    await sessions.changePassword(session, current, next);
  }

  async readAccount() {
    const { sessions, session } = await this.#signedIn();
    return sessions.account(session);
  }
  async setEmail(...[email, password]: Parameters<Methods['setEmail']>) {
    const { sessions, session } = await this.#signedIn();
    return sessions.setEmail(session, email, password);
  }
  async updateEmail(...[choices]: Parameters<Methods['updateEmail']>) {
    const { sessions, session } = await this.#signedIn();
    return sessions.updateEmail(session, choices);
  }
  async removeEmail(): Promise<void> {
    const { sessions, session } = await this.#signedIn();
    await sessions.removeEmail(session);
  }

  async invite(...[admin]: Parameters<Methods['invite']>) {
    const { sessions, session } = await this.#signedIn();
    return sessions.invite(session, admin ? { admin } : {});
  }

  async setPush(...[routes]: Parameters<Methods['setPush']>): Promise<void> {
    const { sessions, session } = await this.#signedIn();
    await sessions.setPush(session, routes);
  }
  async testPush(): Promise<void> {
    const { sessions, session } = await this.#signedIn();
    await sessions.testPush(session);
  }

  /** The session stays: what was kept beside it is asked of the server again. */
  clearDevice(): Promise<void> {
    return this.#inTurn(async () => {
      const { session } = await this.#signedIn();
      await this.#close();
      await this.#renew();
      await this.#sessions!.keep(session);
      await this.#begin(session);
      this.#push({ push: 'account', account: this.#account!.state, by: 'user' });
    });
  }

  async #signedIn(): Promise<{ sessions: Sessions; session: Session }> {
    const session = this.#account === null ? null : ((await this.#sessions?.stored()) ?? null);
    if (session === null) throw new Error('nobody is signed in');
    return { sessions: this.#sessions!, session };
  }

  async #open(): Promise<void> {
    this.#storage = await this.#parts.openStorage();
    this.#files = this.#parts.openFiles();
    this.#sessions = new Sessions(this.#parts.server, this.#storage);
    const session = await this.#sessions.stored();
    if (session !== null) await this.#begin(session);
  }

  #signIn(open: (sessions: Sessions) => Promise<Session>): Promise<Me> {
    return this.#inTurn(async () => {
      if (this.#sessions === null) throw new Error('nothing can be kept here');
      // Another tab was faster.
      if (this.#account !== null) return this.#account.state.me;
      await this.#begin(await open(this.#sessions));
      const { state } = this.#account! as Account;
      this.#push({ push: 'account', account: state, by: 'user' });
      return state.me;
    });
  }

  async #begin(session: Session): Promise<void> {
    const account = new Account(this.#parts.server, session, this.#sessions!, this.#storage!, this.#files!);
    const { client, store, people } = account;
    client.on('status', (status) => this.#push({ push: 'status', status }));
    client.on('event', (event) => {
      if (event.conversation === client.user) this.#push({ push: 'event', event });
    });
    client.on('signedOut', () => {
      if (this.#account === account)
        void this.#inTurn(async () => {
          await this.#close();
          await this.#clear('server');
        });
    });
    store.on('conversations', (ids) => this.#touch(ids, true));
    store.on('receipts', (ids) => this.#touch(ids, false));
    store.on('typing', (typing) => this.#push({ push: 'typing', ...typing }));
    store.on('presence', (presence) => this.#push({ push: 'presence', user: presence.user, presence }));
    store.on('upload', (upload) => this.#push({ push: 'upload', upload }));
    store.on('trouble', (error) => {
      if (error instanceof StorageFullError) this.#push({ push: 'full' });
    });
    people.onChange = (person) => this.#push({ push: 'person', user: person.user, person });
    this.#account = account;
    await account.open();
  }

  async #close(): Promise<void> {
    const account = this.#account;
    this.#account = null;
    for (const tab of this.#tabs) tab.reset();
    await account?.close();
  }

  async #clear(by: 'user' | 'server'): Promise<void> {
    await this.#renew();
    this.#push({ push: 'account', account: null, by });
  }

  /** A storage with nothing in it. */
  async #renew(): Promise<void> {
    await this.#storage?.close();
    await this.#files?.close();
    await this.#parts.deleteStorage();
    this.#storage = await this.#parts.openStorage();
    this.#files = this.#parts.openFiles();
    this.#sessions = new Sessions(this.#parts.server, this.#storage);
  }

  #touch(ids: readonly string[], listed: boolean): void {
    for (const id of ids) {
      this.#touched.views.add(id);
      if (listed) this.#touched.list.add(id);
    }
    if (this.#telling) return;
    this.#telling = true;
    setTimeout(() => this.#tellTouched(), TELL_AFTER_MS);
  }

  #tellTouched(): void {
    this.#telling = false;
    const list = [...this.#touched.list];
    const views = new Set(this.#touched.views);
    this.#touched.list.clear();
    this.#touched.views.clear();
    const account = this.#account;
    if (account === null) return;
    const now = list.map((id) => account.store.conversation(id));
    const changed = now.filter((one) => one !== null);
    if (list.length > 0)
      this.#push({ push: 'conversations', changed, gone: list.filter((_, at) => now[at] === null) });
    for (const tab of this.#tabs) tab.touched(views);
  }

  #push(what: Push): void {
    for (const tab of this.#tabs) tab.push(what);
  }

  #inTurn<R>(task: () => Promise<R>): Promise<R> {
    const done = this.#turn.catch(() => {}).then(task);
    this.#turn = done.catch(() => {});
    return done;
  }
}
