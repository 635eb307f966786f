import type { Engine } from '../../platform/engine.ts';
import { type Mongo, type MongoOptions, openMongo } from '../../platform/mongodb/client.ts';
import { refuseFull, withoutContent } from '../../platform/mongodb/trouble.ts';
import type { Appended, EventDraft, FoldedEvent, Head, History, Range, StoredEvent } from './history.ts';
import { Appending } from './mongodb/appending.ts';
import { type Collections, openCollections } from './mongodb/documents.ts';
import { applyLeftAmendments, expire } from './mongodb/expiring.ts';
import { Reading } from './mongodb/reading.ts';
import { search } from './mongodb/searching.ts';

export interface MongoHistoryOptions extends MongoOptions {
  /** Its `isTrouble` is `isMongoTrouble`, its deadline {@link MongoOptions.deadlineMs}. */
  engine: Engine;
}

/**
 * Opens the history on MongoDB, making its indexes. It closes its connections when it is closed.
 * @throws {Error} when the server does not answer, or has an index that differs
 */
export async function openMongoHistory({ engine, ...options }: MongoHistoryOptions): Promise<History> {
  const mongo = await openMongo(options);
  try {
    return new MongoHistory(engine, mongo, await openCollections(mongo), options.deadlineMs);
  } catch (error) {
    await mongo.close();
    throw error;
  }
}

/**
 * History on MongoDB, without transactions. An append is one ordered insert, and unique keys say whose it is: of the command and of
 * (stream, seq). So any number of processes may write to a stream, however long each of them was asleep.
 *
 * One thing the port says is kept by the caller: an append that ends with `unavailable` may have stored the first of its drafts. The
 * log brings the same commands again, these are then duplicates, and the rest is stored.
 */
class MongoHistory implements History {
  readonly #engine: Engine;
  readonly #mongo: Mongo;
  readonly #collections: Collections;
  readonly #deadlineMs: number;
  readonly #appending: Appending;
  readonly #reading: Reading;

  constructor(engine: Engine, mongo: Mongo, collections: Collections, deadlineMs: number) {
    this.#engine = engine;
    this.#mongo = mongo;
    this.#collections = collections;
    this.#deadlineMs = deadlineMs;
    this.#appending = new Appending(collections, { mostInserted: mongo.mostInserted, deadlineMs });
    this.#reading = new Reading(collections, deadlineMs);
  }

  append(drafts: EventDraft[]): Promise<Appended[]> {
    return this.#call(() => this.#appending.append(drafts));
  }

  lookup(commands: { user: string; id: string }[]): Promise<(StoredEvent | null)[]> {
    return this.#call(() => this.#reading.lookup(commands));
  }

  read(stream: string, after: number, limit: number, maxBytes: number): Promise<StoredEvent[]> {
    return this.#call(() => this.#reading.read(stream, after, limit, maxBytes));
  }

  page(
    stream: string,
    ranges: Range[],
    at: { before?: number; after?: number },
    limit: number,
  ): Promise<FoldedEvent[]> {
    return this.#call(() => this.#reading.page(stream, ranges, at, limit));
  }

  get(stream: string, seq: number): Promise<FoldedEvent | null> {
    return this.#call(() => this.#reading.get(stream, seq));
  }

  heads(streams: string[]): Promise<Map<string, Head>> {
    return this.#call(() => this.#reading.heads(streams));
  }

  unread(
    asked: { stream: string; after: number; to: number | null }[],
    user: string,
    most: number,
  ): Promise<Map<string, number>> {
    return this.#call(() => this.#reading.unread(asked, user, most));
  }

  search(
    where: { stream: string; ranges: Range[] }[],
    query: string,
    before: { time: number; stream: string; seq: number } | null,
    limit: number,
  ): Promise<FoldedEvent[]> {
    return this.#call(() => search(this.#collections, where, query, before, limit, this.#deadlineMs));
  }

  expire(now: number, limit: number): Promise<{ stream: string; seq: number }[]> {
    return this.#call(async () => {
      await applyLeftAmendments(this.#collections, limit);
      return expire(this.#collections, now, limit);
    });
  }

  async close(): Promise<void> {
    await this.#appending.flush();
    await this.#mongo.close();
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    return this.#engine.run(() => work().catch(refuseFull)).catch(withoutContent);
  }
}
