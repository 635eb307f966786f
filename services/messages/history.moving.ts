import { Engine, type EngineLimits } from '../../platform/engine.ts';
import { type Mongo, openMongo } from '../../platform/mongodb/client.ts';
import { DUPLICATE_KEY, isMongoTrouble, withoutContent } from '../../platform/mongodb/trouble.ts';
import type { Mark, MarkStore } from '../migration/mark.ts';
import type { Destination } from '../migration/move.ts';
import { type Compared, PAGE, type Part, pageOf } from '../migration/part.ts';
import type { ExportedEvent, ExportedReaction, MessagesExport, Named } from './exporting.ts';
import { openMongoHistory } from './history.mongodb.ts';
import type { Head, History } from './history.ts';
import {
  type Collections,
  type EventDocument,
  type HeadDocument,
  openCollections,
  type ReactionDocument,
} from './mongodb/documents.ts';
import { whole } from './mongodb/expiring-contents.ts';
import { documentOf, importEvents, importReactions, reactionOf } from './mongodb/importing.ts';

/** Of bodies in a page. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** Streams whose heads are asked for together. */
const HEADS_PAGE = 100;

/**
 * The way from a messages.db to MongoDB. The export is closed by whoever opened it.
 * @throws {Error} the server does not answer, or has an index that differs
 */
export async function historyDestination(
  source: MessagesExport,
  { url, ...limits }: EngineLimits & { url: string },
): Promise<Destination & { close(): Promise<void> }> {
  const { deadlineMs } = limits;
  const engine = new Engine({ ...limits, name: 'history', isTrouble: isMongoTrouble });
  const mongo = await openMongo({ url, deadlineMs, connections: 2 });
  const run = <T>(work: () => Promise<T>) => engine.run(() => work().catch(withoutContentOf));
  try {
    const history = await openMongoHistory({ url, deadlineMs, engine });
    const collections = await openCollections(mongo);
    return {
      name: 'history',
      parts: [
        eventsPart(source, collections, mongo.mostInserted, run),
        reactionsPart(source, collections, mongo.mostInserted, run),
        streamsPart(source, history, collections, run),
      ],
      mark: markDocument(mongo, run),
      isEmpty: async () =>
        (await run(() => collections.events.findOne({}, { projection: { _id: 1 } }))) === null,
      async close() {
        await history.close();
        await mongo.close();
      },
    };
  } catch (error) {
    await mongo.close();
    throw error;
  }
}

/**
 * The mark of a migration to this history, for whoever only looks: nothing is made.
 * @throws {Error} of the driver: the server does not answer
 */
export async function historyMark({ url, ...limits }: EngineLimits & { url: string }): Promise<{
  mark: Pick<MarkStore, 'read'>;
  close(): Promise<void>;
}> {
  const engine = new Engine({ ...limits, name: 'history', isTrouble: isMongoTrouble });
  const mongo = await openMongo({ url, deadlineMs: limits.deadlineMs, connections: 1 });
  return {
    mark: markDocument(mongo, (work) => engine.run(() => work().catch(withoutContentOf))),
    close: () => mongo.close(),
  };
}

type Run = <T>(work: () => Promise<T>) => Promise<T>;

/** Trouble is told by the error's own class; anything else would carry documents. */
function withoutContentOf(error: unknown): never {
  if (isMongoTrouble(error)) throw error;
  withoutContent(error);
}

function eventsPart(
  source: MessagesExport,
  collections: Collections,
  mostInserted: number,
  run: Run,
): Part<ExportedEvent> {
  return {
    name: 'events',
    compared: (event) => comparedEvent(documentOf(event)),
    async read(after) {
      const rows = await source.events(Number(after ?? 0), PAGE, PAGE_BYTES);
      return { rows, next: rows.at(-1)?.n ?? null };
    },
    write: (events) => run(() => importEvents(collections, events, mostInserted)),
    async readBack(after) {
      const found = await run(() => byId<EventDocument>(collections.events, after as string | null, PAGE));
      const { next } = pageOf(found, PAGE, ({ _id }) => _id);
      return { rows: (await run(() => whole(collections, found))).map(comparedEvent), next };
    },
  };
}

function comparedEvent(document: EventDocument): Compared {
  const { stream, seq, ...kept } = document;
  // One that was given by the live history, and is for it alone.
  delete kept.amends;
  return { key: `${stream}/${seq}`, value: kept };
}

function reactionsPart(
  source: MessagesExport,
  collections: Collections,
  mostInserted: number,
  run: Run,
): Part<ExportedReaction> {
  return {
    name: 'reactions',
    compared: (reaction) => comparedReaction(reactionOf(reaction)),
    async read(after) {
      const rows = await source.reactions((after ?? [0, 0]) as [number, number], PAGE);
      return pageOf(rows, PAGE, ({ place }) => place);
    },
    write: (reactions) => run(() => importReactions(collections, reactions, mostInserted)),
    async readBack(after) {
      const found = await run(() =>
        byId<ReactionDocument>(collections.reactions, after as string | null, PAGE),
      );
      const { next } = pageOf(found, PAGE, ({ _id }) => _id);
      return { rows: found.map(comparedReaction), next };
    },
  };
}

function comparedReaction({ _id, user, emoji, at }: ReactionDocument): Compared {
  return { key: _id, value: { user, emoji, at } };
}

/** How far each stream is, and its last message as it is shown: what the ports on both sides make of the events. */
function streamsPart(source: MessagesExport, there: History, collections: Collections, run: Run): Part<Head> {
  const compared = (head: Head): Compared => ({ key: head.stream, value: head });
  return {
    name: 'streams',
    compared,
    async read(after) {
      const streams = await source.streams(Number(after ?? 0), HEADS_PAGE);
      const { next } = pageOf<Named>(streams, HEADS_PAGE, ({ n }) => n);
      const heads = await source.history.heads(streams.map(({ name }) => name));
      return { rows: [...heads.values()], next };
    },
    async readBack(after) {
      const streams = await run(() =>
        byId<HeadDocument>(collections.heads, after as string | null, HEADS_PAGE),
      );
      const { next } = pageOf(streams, HEADS_PAGE, ({ _id }) => _id);
      const heads = await there.heads(streams.map(({ _id }) => _id));
      return { rows: [...heads.values()].map(compared), next };
    },
  };
}

function byId<Document extends { _id: string }>(
  collection: { find(filter: object, options: object): { toArray(): Promise<unknown[]> } },
  after: string | null,
  limit: number,
): Promise<Document[]> {
  const filter = after === null ? {} : { _id: { $gt: after } };
  return collection.find(filter, { sort: { _id: 1 }, limit }).toArray() as Promise<Document[]>;
}

function markDocument({ db }: Mongo, run: Run): MarkStore {
  const marks = db.collection<{ _id: string; mark: string }>('migration');
  const _id = 'mark';
  return {
    async read() {
      const found = await run(() => marks.findOne({ _id }));
      return found === null ? null : (JSON.parse(found.mark) as Mark);
    },
    async begin(mark) {
      await insertUnlessThere(() => marks.insertOne({ _id, mark: JSON.stringify(mark) }), run);
    },
    async save(mark) {
      await run(() => marks.updateOne({ _id }, { $set: { mark: JSON.stringify(mark) } }));
    },
  };
}

/** Somebody else may have been faster. */
async function insertUnlessThere(insert: () => Promise<unknown>, run: Run): Promise<void> {
  await run(async () => {
    try {
      await insert();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
    }
  });
}
