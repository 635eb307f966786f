import type { AnswerOf, DunlinClient, Storage } from '../sdk/index.ts';
import { oneLine } from './text/printable.ts';

export interface Person {
  id: string;
  /** What one signs in with, and others type. */
  username: string;
  /** What is shown: of the address book, or the profile, or else the sign-in name. */
  name: string;
}

/** What users are called: asked of the server once, then kept, so that they have names offline too. */
export class Names {
  readonly #client: DunlinClient;
  readonly #storage: Storage;
  readonly #people = new Map<string, Person>();
  readonly #asking = new Map<string, Promise<void>>();
  /** Called when a name has become known. */
  onChange: () => void = () => {};

  constructor(client: DunlinClient, storage: Storage) {
    this.#client = client;
    this.#storage = storage;
  }

  async load(): Promise<void> {
    for (const [, text] of await this.#storage.list('person/')) {
      const person = JSON.parse(text) as Person;
      this.#people.set(person.id, person);
    }
  }

  /** Everybody who has a name here. */
  get known(): Person[] {
    return [...this.#people.values()];
  }

  /** The name, or the start of the id until the name is known. */
  of(user: string): string {
    const known = this.#people.get(user);
    if (known === undefined) void this.resolve(user);
    return known?.name ?? user.slice(0, 8);
  }

  /** The name as soon as it is known; the start of the id where it cannot be known now. */
  async resolve(user: string): Promise<string> {
    if (!this.#people.has(user) && this.#client.status === 'online') {
      let asking = this.#asking.get(user);
      if (asking === undefined) {
        asking = this.#client
          .query('profile.get', { user })
          .then(({ id, username, name }) => this.keep({ id, username, name: name ?? username }))
          .catch(() => {})
          .finally(() => this.#asking.delete(user));
        this.#asking.set(user, asking);
      }
      await asking;
    }
    return this.#people.get(user)?.name ?? user.slice(0, 8);
  }

  /** The id of a sign-in name; of one that is known also without a connection. @throws {RefusedError} user_not_found, or an Error when offline */
  async find(typed: string): Promise<string> {
    const username = typed.replace(/^@/, '').toLowerCase();
    if (this.#client.status !== 'online') {
      const known = this.known.find((person) => person.username === username);
      if (known !== undefined) return known.id;
    }
    const { id, name } = await this.#client.query('user.find', { username });
    // What the address book calls somebody stays.
    if (!this.#people.has(id)) await this.keep({ id, username, name: name ?? username });
    return id;
  }

  /** Of the address book: what oneself calls people goes before what they call themselves. */
  async took({ contacts }: AnswerOf<'contacts.list'>): Promise<void> {
    for (const { user, username, name, profile_name } of contacts)
      await this.keep({ id: user, username, name: name ?? profile_name ?? username });
  }

  async keep({ id, username, name }: Person): Promise<void> {
    const person = { id, username: oneLine(username), name: oneLine(name) || oneLine(username) };
    const known = this.#people.get(id);
    if (known?.name === person.name && known.username === person.username) return;
    this.#people.set(id, person);
    await this.#storage.write([[`person/${id}`, JSON.stringify(person)]]);
    this.onChange();
  }
}
