import { duplicateAt, onlyDuplicates } from '../../../platform/mongodb/trouble.ts';
import type { ExportedEvent, ExportedReaction } from '../exporting.ts';
import { updateAll } from './bulk.ts';
import {
  type Collections,
  commandKey,
  type EventDocument,
  type ExpiringDocument,
  messageKey,
  type ReactionDocument,
} from './documents.ts';
import { dropContents, parted } from './expiring-contents.ts';
import { advanceHeads, headsOf, truthfulHeads } from './heads.ts';
import { wordsOf } from './words.ts';

/** An event of another history as it is stored here: numbered, and with what later ones made of it. */
export function documentOf(event: ExportedEvent): EventDocument {
  const { stream, seq, type, sender, id, time, body, expires, text, removed, target, edited, reacted } =
    event;
  const made: EventDocument = {
    _id: commandKey(sender.user, id),
    stream,
    seq,
    type,
    user: sender.user,
    time,
    body,
  };
  if (sender.device !== null) made.device = sender.device;
  if (expires !== null) made.expires = expires;
  if (text !== null) made.words = wordsOf(text);
  if (target !== null) made.of = messageKey(stream, target);
  if (removed !== null) made.removed = removed;
  if (edited !== null) made.edited = edited;
  if (reacted) made.reacted = true;
  return made;
}

/** Who said it later than this is not known, and need not be: whatever amends the message from now on comes after everything imported. */
export function reactionOf({ stream, seq, user, emoji, at }: ExportedReaction): ReactionDocument {
  const of = messageKey(stream, seq);
  return { _id: `${of}/${user}`, stream, of, user, emoji, at, by: seq };
}

/**
 * Stores events that another history has numbered. The caller is the only writer, and brings each stream in its order.
 * @throws {Error} a number is left out, or taken by another event: nothing behind it is stored
 */
export async function importEvents(
  collections: Collections,
  events: ExportedEvent[],
  mostInserted: number,
): Promise<void> {
  if (events.length === 0) return;
  const known = await truthfulHeads(collections, [...new Set(events.map(({ stream }) => stream))]);
  const heads = new Map([...known].map(([stream, { seq }]) => [stream, seq]));
  const seen = new Set<string>();
  for (const { stream, seq } of events) {
    const head = heads.get(stream)!;
    // The first ones may be here already, when an earlier import was ended.
    const follows = seen.has(stream) ? seq === head + 1 : seq >= 1 && seq <= head + 1;
    if (!follows) throw new Error(`event ${seq} of ${stream} does not follow event ${head}`);
    heads.set(stream, seq);
    seen.add(stream);
  }
  const documents = events.map(documentOf);
  for (let from = 0; from < documents.length; from += mostInserted)
    await insert(collections, documents.slice(from, from + mostInserted));
  await advanceHeads(collections, headsOf(events));
}

async function insert(collections: Collections, documents: EventDocument[]): Promise<void> {
  const contents: ExpiringDocument[] = [];
  const stored = documents.map((document) => {
    if (document.expires === undefined || document.removed !== undefined) return document;
    const { event, content } = parted(document, document.expires);
    contents.push(content);
    return event;
  });
  if (contents.length > 0) await collections.contents.insertMany(contents);
  const before = await insertEvents(collections, stored);
  await dropContents(
    collections,
    contents.filter(({ event }) => before.has(event)),
  );
}

/** Resolves to the events that were there before, with another content than these have. */
async function insertEvents({ events }: Collections, documents: EventDocument[]): Promise<Set<string>> {
  const before = new Set<string>();
  const contents = new Map(documents.map(({ _id, content }) => [_id, content]));
  for (let left = documents; left.length > 0; ) {
    try {
      await events.insertMany(left, { ordered: true });
      break;
    } catch (error) {
      if (duplicateAt(error) === null) throw error;
    }
    const fields = { stream: 1, seq: 1, content: 1 } as const;
    const ids = left.map(({ _id }) => _id);
    const found = await events.find({ _id: { $in: ids } }, { projection: fields }).toArray();
    const stored = new Map(found.map(({ _id, stream, seq }) => [_id, messageKey(stream, seq)]));
    for (const { _id, content } of found) if (content !== contents.get(_id)) before.add(_id);
    const taken = left.find(({ _id, stream, seq }) => {
      const place = stored.get(_id);
      return place !== undefined && place !== messageKey(stream, seq);
    });
    const rest = left.filter(({ _id }) => !stored.has(_id));
    if (taken !== undefined || rest.length === left.length) {
      const { stream, seq } = taken ?? left[0]!;
      throw new Error(`event ${seq} of ${stream}: its number, or its command, is another event's`);
    }
    left = rest;
  }
  return before;
}

export async function importReactions(
  { reactions, mostUpdated }: Collections,
  made: ExportedReaction[],
  mostInserted: number,
): Promise<void> {
  for (let from = 0; from < made.length; from += mostInserted) {
    const updates = made.slice(from, from + mostInserted).map((one) => {
      const { _id, ...fields } = reactionOf(one);
      return { updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } };
    });
    try {
      await updateAll(reactions, updates, mostUpdated);
    } catch (error) {
      if (!onlyDuplicates(error)) throw error;
    }
  }
}
