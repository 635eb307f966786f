import type { Filter } from 'mongodb';
import type { FoldedEvent, Range } from '../history.ts';
import { mergeRanges } from '../ranges.ts';
import type { Collections, EventDocument, ExpiringDocument } from './documents.ts';
import { FOLDED_FIELDS, type FoldedFields, folded } from './folding.ts';
import { holdsPhrases, type Wanted, wantedOf } from './words.ts';

type Place = { time: number; stream: string; seq: number };

/**
 * Words are kept with their message, in the document that has its content: what has been appended is found. Two queries, of the messages
 * that stay and of those that expire.
 * @throws {Refused} bad_query
 */
export async function search(
  collections: Collections,
  where: { stream: string; ranges: Range[] }[],
  query: string,
  before: Place | null,
  limit: number,
  maxTimeMS: number,
): Promise<FoldedEvent[]> {
  const wanted = wantedOf(query);
  const places = within(where);
  if (places.length === 0 || limit <= 0) return [];
  const filter: Filter<Place & { words?: string[] }> = {
    $and: [{ $or: places }, ...wordsOf(wanted), ...(before === null ? [] : [{ $or: olderThan(before) }])],
  };
  // A phrase is checked here: then the server cannot know how many to look at.
  const phrases = wanted.phrases.some(({ length }) => length > 1);
  const options = { sort: NEWEST_FIRST, maxTimeMS, batchSize: Math.max(2, limit) };
  const holds = ({ words }: { words?: string[] }) => !phrases || holdsPhrases(words ?? [], wanted);
  const [staying, expiring] = await Promise.all([
    firstOf(
      collections.events.find(filter as Filter<EventDocument>, {
        ...options,
        projection: phrases ? { ...FOLDED_FIELDS, words: 1 } : FOLDED_FIELDS,
        ...(phrases ? {} : { limit }),
      }),
      holds,
      limit,
    ),
    expiringOf(
      collections,
      collections.contents.find(filter as Filter<ExpiringDocument>, {
        ...options,
        projection: { event: 1, stream: 1, ...(phrases ? { words: 1 } : {}) },
      }),
      holds,
      limit,
    ),
  ]);
  return folded(collections, [...staying, ...expiring].sort(newestFirst).slice(0, limit));
}

async function firstOf<T>(
  matches: AsyncIterable<T>,
  holds: (one: T) => boolean,
  limit: number,
): Promise<T[]> {
  const found: T[] = [];
  for await (const one of matches) {
    if (!holds(one)) continue;
    found.push(one);
    if (found.length >= limit) break;
  }
  return found;
}

type Match = Pick<ExpiringDocument, '_id' | 'event' | 'stream' | 'words'>;

/** Of contents that are nobody's, which a failed append has left, nothing is found. */
async function expiringOf(
  { events }: Collections,
  matches: AsyncIterable<Match>,
  holds: (one: Match) => boolean,
  limit: number,
): Promise<FoldedFields[]> {
  const found: FoldedFields[] = [];
  let asked: Match[] = [];
  const ask = async () => {
    const filter = {
      stream: { $in: [...new Set(asked.map(({ stream }) => stream))] },
      _id: { $in: asked.map(({ event }) => event) },
    };
    const stored = await events.find(filter, { projection: FOLDED_FIELDS }).toArray();
    const byContent = new Map(stored.map((document) => [document.content, document]));
    for (const { _id } of asked) if (byContent.has(_id)) found.push(byContent.get(_id)!);
    asked = [];
  };
  for await (const one of matches) {
    if (holds(one)) asked.push(one);
    if (asked.length + found.length < limit) continue;
    await ask();
    if (found.length >= limit) return found;
  }
  if (asked.length > 0) await ask();
  return found;
}

const NEWEST_FIRST = { time: -1, stream: -1, seq: -1 } as const;

function newestFirst(a: Place, b: Place): number {
  return b.time - a.time || (a.stream < b.stream ? 1 : a.stream > b.stream ? -1 : b.seq - a.seq);
}

/** Words are letters and numbers: nothing in them has a meaning in an expression. */
function wordsOf({ whole, begun }: Wanted): Filter<{ words?: string[] }>[] {
  return [...whole.map((word) => ({ words: word })), { words: new RegExp(`^${begun}`, 'u') }];
}

/** Streams that are asked for as a whole are one clause, so that many of them are one walk of the index. */
function within(where: { stream: string; ranges: Range[] }[]): Filter<Place>[] {
  const wholly: string[] = [];
  const clauses: Filter<Place>[] = [];
  for (const { stream, ranges } of where) {
    for (const { from, to } of mergeRanges(ranges)) {
      if (from <= 1 && to === Number.MAX_SAFE_INTEGER) wholly.push(stream);
      else clauses.push({ stream, seq: { $gte: from, $lte: to } });
    }
  }
  return wholly.length > 0 ? [{ stream: { $in: wholly } }, ...clauses] : clauses;
}

function olderThan({ time, stream, seq }: Place): Filter<Place>[] {
  return [{ time: { $lt: time } }, { time, stream: { $lt: stream } }, { time, stream, seq: { $lt: seq } }];
}
