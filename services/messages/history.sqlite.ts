import type {
  Amendment,
  Appended,
  EventDraft,
  FoldedEvent,
  Head,
  History,
  Range,
  StoredEvent,
} from './history.ts';
import { searchWords } from './search-words.ts';
import type { DraftColumns, PackedAmendment } from './sqlite/append-jobs.ts';
import type { MessagesClient } from './sqlite/client.ts';

export class SqliteHistory implements History {
  readonly #db: MessagesClient;

  constructor(db: MessagesClient) {
    this.#db = db;
  }

  async append(drafts: EventDraft[]): Promise<Appended[]> {
    if (drafts.length === 0) return [];
    const { seq, duplicates } = await this.#db.write('history.append', columns(drafts));
    const appended: Appended[] = seq.map((number) => ({ duplicate: false, seq: number }));
    for (const [i, event] of duplicates) appended[i] = { duplicate: true, event };
    return appended;
  }

  lookup(commands: { user: string; id: string }[]): Promise<(StoredEvent | null)[]> {
    return this.#db.read('history.lookup', { commands });
  }

  read(stream: string, after: number, limit: number, maxBytes: number): Promise<StoredEvent[]> {
    return this.#db.read('history.read', { stream, after, limit, maxBytes });
  }

  page(
    stream: string,
    ranges: Range[],
    at: { before?: number; after?: number },
    limit: number,
  ): Promise<FoldedEvent[]> {
    return this.#db.read('history.page', { stream, ranges, before: at.before, after: at.after, limit });
  }

  get(stream: string, seq: number): Promise<FoldedEvent | null> {
    return this.#db.read('history.get', { stream, seq });
  }

  heads(streams: string[]): Promise<Map<string, Head>> {
    return this.#db.read('history.heads', { streams });
  }

  unread(
    asked: { stream: string; after: number; to: number | null }[],
    user: string,
    most: number,
  ): Promise<Map<string, number>> {
    return this.#db.read('history.unread', { asked, user, most });
  }

  async search(
    where: { stream: string; ranges: Range[] }[],
    query: string,
    before: { time: number; stream: string; seq: number } | null,
    limit: number,
  ): Promise<FoldedEvent[]> {
    const words = searchWords(query);
    // Catching up is a write: it runs behind the appends that came before.
    let { to, more } = await this.#db.write('search.catchUp', {});
    while (more) ({ to, more } = await this.#db.write('search.catchUp', { to }));
    return this.#db.read('search.find', { where, words, before, limit });
  }

  expire(now: number, limit: number): Promise<{ stream: string; seq: number }[]> {
    return this.#db.write('history.expire', { now, limit });
  }

  /** The database is closed by whoever opened it. */
  async close(): Promise<void> {}
}

function columns(drafts: EventDraft[]): DraftColumns {
  const all: DraftColumns = {
    stream: [],
    type: [],
    user: [],
    device: [],
    id: [],
    time: [],
    body: [],
    expires: [],
    text: [],
    amends: [],
  };
  for (const draft of drafts) {
    all.stream.push(draft.stream);
    all.type.push(draft.type);
    all.user.push(draft.sender.user);
    all.device.push(draft.sender.device);
    all.id.push(draft.id);
    all.time.push(draft.time);
    all.body.push(draft.body);
    all.expires.push(draft.expires);
    all.text.push(draft.text);
    all.amends.push(draft.amends === null ? null : pack(draft.amends));
  }
  return all;
}

function pack(amendment: Amendment): PackedAmendment {
  if (amendment.kind === 'edit') return { ...amendment, content: JSON.stringify(amendment.content) };
  if (amendment.kind === 'delete') return { kind: 'delete', seq: amendment.seq };
  return amendment;
}
