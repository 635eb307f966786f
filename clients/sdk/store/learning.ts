import type { DunlinClient } from '../client.ts';
import { type Conversation, mergeReceipts, settled } from './conversations.ts';
import type { Shelf } from './shelf.ts';

/** Members of a group that are known here; of larger ones `message.status` tells who has what. */
const MOST_MEMBERS = 1_000;

/** What is asked of the server as the events that came do not tell it. */
export class Learning {
  readonly #client: DunlinClient;
  readonly #shelf: Shelf;

  constructor(client: DunlinClient, shelf: Shelf) {
    this.#client = client;
    this.#shelf = shelf;
  }

  /** Of a group that is looked at: without its members nobody knows whether all of them have a message. */
  async members({ id, kind }: Conversation): Promise<void> {
    if (kind !== 'group' || this.#client.status !== 'online') return;
    const [{ members, next }, { receipts }] = await Promise.all([
      this.#client.query('members.list', { conversation: id, limit: MOST_MEMBERS }),
      this.#client.query('receipts.get', { conversation: id }),
    ]);
    await this.#shelf.change(async (change) => {
      change.putReceipts(id, mergeReceipts(change.receipts(id), receipts));
      if (next === null) change.putMembers(id, Object.fromEntries(members.map((m) => [m.user, m.role])));
    });
  }

  /** Of a group that one was added to: what it is called was said before one could hear it. */
  async group(id: string): Promise<void> {
    if (this.#client.status !== 'online') return; // the list of the next connection says it
    const known = await this.#client.query('conversation.get', { conversation: id });
    await this.#shelf.change(async (change) => {
      change.putConversation(settled(change.conversation(id), known));
    });
  }
}
