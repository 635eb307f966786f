import type { Filter } from 'mongodb';
import type { FoldedEvent, Range } from '../history.ts';
import { mergeRanges } from '../ranges.ts';
import type { Collections, EventDocument } from './documents.ts';
import { FOLDED_FIELDS, type FoldedFields, folded } from './folding.ts';
import { holdsPhrases, type Wanted, wantedOf } from './words.ts';

type Place = { time: number; stream: string; seq: number };

/** Words are kept with their message, in the same document: what has been appended is found. @throws {Refused} bad_query */
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
  const filter: Filter<EventDocument> = {
    $and: [{ $or: places }, ...wordsOf(wanted), ...(before === null ? [] : [{ $or: olderThan(before) }])],
  };
  // A phrase is checked here: then the server cannot know how many to look at.
  const phrases = wanted.phrases.some(({ length }) => length > 1);
  const found: FoldedFields[] = [];
  const matches = collections.events.find(filter, {
    projection: phrases ? { ...FOLDED_FIELDS, words: 1 } : FOLDED_FIELDS,
    sort: { time: -1, stream: -1, seq: -1 },
    maxTimeMS,
    ...(phrases ? { batchSize: Math.max(2, limit) } : { limit }),
  });
  for await (const document of matches) {
    if (phrases && !holdsPhrases(document.words ?? [], wanted)) continue;
    found.push(document);
    if (found.length >= limit) break;
  }
  return folded(collections, found);
}

/** Words are letters and numbers: nothing in them has a meaning in an expression. */
function wordsOf({ whole, begun }: Wanted): Filter<EventDocument>[] {
  return [...whole.map((word) => ({ words: word })), { words: new RegExp(`^${begun}`, 'u') }];
}

/** Streams that are asked for as a whole are one clause, so that many of them are one walk of the index. */
function within(where: { stream: string; ranges: Range[] }[]): Filter<EventDocument>[] {
  const wholly: string[] = [];
  const clauses: Filter<EventDocument>[] = [];
  for (const { stream, ranges } of where) {
    for (const { from, to } of mergeRanges(ranges)) {
      if (from <= 1 && to === Number.MAX_SAFE_INTEGER) wholly.push(stream);
      else clauses.push({ stream, seq: { $gte: from, $lte: to } });
    }
  }
  return wholly.length > 0 ? [{ stream: { $in: wholly } }, ...clauses] : clauses;
}

function olderThan({ time, stream, seq }: Place): Filter<EventDocument>[] {
  return [{ time: { $lt: time } }, { time, stream: { $lt: stream } }, { time, stream, seq: { $lt: seq } }];
}
