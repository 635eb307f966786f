/**
 * What the examples share: someone new, signed in and connected. Run one with the addresses of a server of yours:
 * `npx node clients/sdk/examples/chat.ts http://localhost:8080 ws://localhost:8080/ws`
 *
 * (Outside of this repository the import is from '@dunlin/sdk'.)
 */
import { ChatStore, commandsOf, DunlinClient, MemoryStorage, Sessions } from '../index.ts';

const [, , http = 'http://localhost:8080', url = 'ws://localhost:8080/ws'] = process.argv;

export async function someone(name: string, storage = new MemoryStorage()) {
  const sessions = new Sessions(http, storage);
  const username = `${name}-${Math.random().toString(36).slice(2, 10)}`;
  const session =
    (await sessions.stored()) ?? (await sessions.register(username, 'correct horse battery staple'));
  const client = new DunlinClient({ url, session, sessions, storage });
  const store = new ChatStore({ client, storage });
  await store.open();
  return {
    id: session.user,
    username: session.username,
    client,
    store,
    storage,
    commands: commandsOf(client),
    async connect() {
      await client.connect();
      await until(() => client.status === 'online');
    },
    async leave() {
      store.close();
      await client.close();
    },
  };
}

/** Looks again and again: an application listens to events in place of it. */
export async function until<T>(check: () => T): Promise<NonNullable<T>> {
  for (;;) {
    const value = check();
    if (value) return value as NonNullable<T>;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
