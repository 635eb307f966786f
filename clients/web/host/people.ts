import type { AnswerOf, AnyEvent, DunlinClient, Storage } from '../../sdk/index.ts';
import type { Person } from '../chat/chat.ts';

/** What is older is asked for again when somebody looks, milliseconds. */
const FRESH_MS = 15 * 60_000;
/** Asked for at once; what is more waits. */
const AT_ONCE = 4;
/** Most that are kept: who was asked for longest ago goes. */
const MOST = 2_000;
const ROOT = 'web/person/';

interface Kept {
  person: Person;
  /** When it was asked for, milliseconds since the Unix epoch. */
  at: number;
}

/** What people are called: asked of the server, kept, so that they have names without a connection too. */
export class People {
  readonly #client: DunlinClient;
  readonly #storage: Storage;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  /** What one calls one's contacts oneself. */
  readonly #contacts = new Map<string, string>();
  readonly #followed = new Map<string, number>();
  readonly #waiting = new Set<string>();
  readonly #asking = new Set<string>();
  onChange: (person: Person) => void = () => {};

  constructor(client: DunlinClient, storage: Storage, now: () => number = Date.now) {
    this.#client = client;
    this.#storage = storage;
    this.#now = now;
  }

  async load(): Promise<void> {
    for (const [key, text] of await this.#storage.list(ROOT))
      this.#kept.set(key.slice(ROOT.length), JSON.parse(text) as Kept);
    const contacts = await this.#storage.get('web/contacts');
    if (contacts !== undefined) this.#called(JSON.parse(contacts) as [string, string][]);
  }

  get(user: string): Person | null {
    const kept = this.#kept.get(user);
    if (kept === undefined) return null;
    const name = this.#contacts.get(user);
    return name === undefined ? kept.person : { ...kept.person, name };
  }

  /** Counted: somebody wants to know as long as one of them does. */
  follow(user: string): void {
    this.#followed.set(user, (this.#followed.get(user) ?? 0) + 1);
    this.#want(user);
  }
  unfollow(user: string): void {
    const left = (this.#followed.get(user) ?? 1) - 1;
    if (left > 0) this.#followed.set(user, left);
    else {
      this.#followed.delete(user);
      this.#waiting.delete(user);
    }
  }

  /** There is a connection: what is not known, or not for sure, is asked for. */
  async online(): Promise<void> {
    for (const user of this.#followed.keys()) this.#want(user);
    await this.#learnContacts();
  }

  /** An event of one's own account. */
  async took(event: AnyEvent): Promise<void> {
    if (event.type === 'profile.updated') {
      this.#forget(event.sender.user);
      this.#want(event.sender.user);
    }
    if (event.type === 'contact.added' || event.type === 'contact.removed') await this.#learnContacts();
  }

  #want(user: string): void {
    const kept = this.#kept.get(user);
    if (this.#asking.has(user) || (kept !== undefined && this.#now() - kept.at < FRESH_MS)) return;
    this.#waiting.add(user);
    this.#next();
  }

  #forget(user: string): void {
    const kept = this.#kept.get(user);
    if (kept !== undefined) this.#kept.set(user, { ...kept, at: 0 });
  }

  #next(): void {
    if (this.#client.status !== 'online') return;
    for (const user of this.#waiting) {
      if (this.#asking.size >= AT_ONCE) return;
      this.#waiting.delete(user);
      this.#asking.add(user);
      this.#ask(user)
        // Gone, or no connection any more: the next connection, or the next who looks, asks again.
        .catch(() => {})
        .finally(() => {
          this.#asking.delete(user);
          this.#next();
        });
    }
  }

  async #ask(user: string): Promise<void> {
    const { username, name, kind, photo, status } = await this.#client.query('profile.get', { user });
    const person = { user, username, name: name ?? username, kind, photo, status };
    this.#kept.delete(user);
    this.#kept.set(user, { person, at: this.#now() });
    const writes: [string, string | null][] = [[ROOT + user, JSON.stringify(this.#kept.get(user))]];
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
      writes.push([ROOT + oldest, null]);
    }
    this.onChange(this.get(user)!);
    await this.#storage.write(writes);
  }

  async #learnContacts(): Promise<void> {
    let answer: AnswerOf<'contacts.list'>;
    try {
      answer = await this.#client.query('contacts.list', {});
    } catch {
      return; // The next connection asks again.
    }
    const before = new Map(this.#contacts);
    const names = answer.contacts.flatMap(({ user, name, profile_name }): [string, string][] =>
      name !== null && name !== profile_name ? [[user, name]] : [],
    );
    this.#called(names);
    for (const user of new Set([...before.keys(), ...this.#contacts.keys()])) {
      const person = this.get(user);
      if (person !== null && before.get(user) !== this.#contacts.get(user)) this.onChange(person);
    }
    await this.#storage.write([['web/contacts', JSON.stringify(names)]]);
  }

  #called(names: readonly [string, string][]): void {
    this.#contacts.clear();
    for (const [user, name] of names) this.#contacts.set(user, name);
  }
}
