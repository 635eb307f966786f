import {
  ChatStore,
  DunlinClient,
  type FileKeep,
  Media,
  type Session,
  type Sessions,
  type Storage,
  webLock,
} from '../../sdk/index.ts';
import type { AccountState } from './contract.ts';
import { People } from './people.ts';
import { previewOf } from './small-picture.ts';

/** One signed-in device: its connection, what it keeps, and whom it knows. */
export class Account {
  readonly client: DunlinClient;
  readonly store: ChatStore;
  readonly people: People;
  readonly media: Media;
  readonly #session: Session;

  constructor(server: string, session: Session, sessions: Sessions, storage: Storage, files: FileKeep) {
    this.#session = session;
    this.client = new DunlinClient({
      url: `${server.replace(/^http/, 'ws')}/ws`,
      session,
      sessions,
      storage,
      // Another host with the same device: of an older version of the app, on its way out.
      lock: webLock('dunlin-device'),
    });
    this.media = new Media({ server, session, sessions });
    this.store = new ChatStore({
      ...{ client: this.client, storage, media: this.media, files },
      preview: previewOf,
    });
    this.people = new People(this.client, storage);
  }

  async open(): Promise<void> {
    const { client, store, people } = this;
    await people.load();
    await store.open();
    client.on('status', (status) => {
      if (status === 'online') void people.online();
    });
    client.on('event', (event) => {
      if (event.conversation === client.user) void people.took(event);
    });
    await client.connect();
  }

  get state(): AccountState {
    const { user, username, device, admin = false } = this.#session;
    const { client, store } = this;
    return {
      me: { user, username, device, admin },
      status: client.status,
      conversations: store.conversations,
      uploads: store.uploads?.progress ?? [],
    };
  }

  async close(): Promise<void> {
    this.store.close();
    await this.client.close();
  }
}
