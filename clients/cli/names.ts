import type { DunlinClient, Storage } from '../sdk/index.ts';
import { oneLine } from './chats.ts';

interface Profile {
  id: string;
  username: string;
  name?: string | null;
}

const MENTION = /@([0-9a-f-]{36})/g;

/** What users are called: asked of the server once, then kept, so that they have names offline too. */
export class Names {
  readonly #client: DunlinClient;
  readonly #storage: Storage;
  readonly #names = new Map<string, string>();
  readonly #asking = new Map<string, Promise<void>>();
  /** Called when a name has become known. */
  onChange: () => void = () => {};

  constructor(client: DunlinClient, storage: Storage) {
    this.#client = client;
    this.#storage = storage;
  }

  async load(): Promise<void> {
    for (const [key, name] of await this.#storage.list('name/'))
      this.#names.set(key.slice('name/'.length), name);
  }

  /** The name, or the start of the id until the name is known. */
  of(user: string): string {
    const known = this.#names.get(user);
    if (known === undefined) void this.resolve(user);
    return known ?? user.slice(0, 8);
  }

  /** The name as soon as it is known; the start of the id where it cannot be known now. */
  async resolve(user: string): Promise<string> {
    if (!this.#names.has(user) && this.#client.status === 'online') {
      let asking = this.#asking.get(user);
      if (asking === undefined) {
        asking = this.#client
          .query<'profile.get', Profile>('profile.get', { user })
          .then((profile) => this.#keep(profile))
          .catch(() => {})
          .finally(() => this.#asking.delete(user));
        this.#asking.set(user, asking);
      }
      await asking;
    }
    return this.#names.get(user) ?? user.slice(0, 8);
  }

  /** Replaces the `@id` of notices by names. */
  inText(text: string): string {
    return text.replace(MENTION, (_, user: string) => this.of(user));
  }

  /** {@link inText}, when all of them are known. */
  async resolveIn(text: string): Promise<string> {
    await Promise.all([...text.matchAll(MENTION)].map(([, user]) => this.resolve(user!)));
    return this.inText(text);
  }

  /** The id of a sign-in name. @throws {RefusedError} user_not_found, or an Error when offline */
  async find(username: string): Promise<string> {
    const profile = await this.#client.query<'user.find', Profile>('user.find', {
      username: username.toLowerCase(),
    });
    await this.#keep(profile);
    return profile.id;
  }

  async #keep(profile: Profile): Promise<void> {
    const name = oneLine(profile.name ?? profile.username);
    if (this.#names.get(profile.id) === name) return;
    this.#names.set(profile.id, name);
    await this.#storage.write([[`name/${profile.id}`, name]]);
    this.onChange();
  }
}
