import { uuidv7 } from 'uuidv7';
import { tombstone } from '../tombstone.ts';
import {
  type Collections,
  type EditContent,
  type EventDocument,
  type EventFields,
  type ExpiringDocument,
  messageKey,
} from './documents.ts';

/** How long the sweeper has, after content came due, before the server takes it away by itself: milliseconds. */
const GRACE_MS = 3_600_000;
/** The last moment that a date can say. */
const MOST_DATE = 8.64e15;

/**
 * An event that expires, as it is stored: a tombstone with its number, as it will be when its content has gone; and that content, under a
 * new name each time. What a failed attempt leaves of contents is nobody's, and goes by itself.
 */
export function parted(
  { words, edited, ...document }: EventDocument,
  expires: number,
  now = Date.now(),
): { event: EventDocument; content: ExpiringDocument } {
  const { _id, stream, seq, of, time, body, amends } = document;
  const content: ExpiringDocument = {
    _id: uuidv7(),
    event: _id,
    stream,
    seq,
    of: of ?? messageKey(stream, seq),
    time,
    body,
    // What waited in the log beyond its time has its hour all the same.
    goes: new Date(Math.min(Math.max(expires, now) + GRACE_MS, MOST_DATE)),
  };
  if (words !== undefined) content.words = words;
  if (edited !== undefined) content.edited = edited;
  const event: EventDocument = {
    ...document,
    body: tombstone(body, 'expired'),
    bytes: Buffer.byteLength(body),
    content: content._id,
  };
  if (amends?.kind === 'edit') {
    const { content: made, text = null, ...rest } = amends;
    if (made !== undefined) content.edit = { content: made, text };
    event.amends = rest;
  }
  return { event, content };
}

type Parted = EventFields & Partial<Pick<EventDocument, 'edited' | 'reacted' | 'words'>>;

/**
 * Puts the contents back into events that expire: one query more, when there are such. One whose content the server has taken away is as
 * if it had been swept.
 */
export async function whole<T extends Parted>(collections: Collections, documents: T[]): Promise<T[]> {
  const without = documents.filter(({ content }) => content !== undefined);
  if (without.length === 0) return documents;
  const found = await collections.contents
    .find(
      among(without, ({ content }) => content!),
      { projection: { body: 1, edited: 1, words: 1 } },
    )
    .toArray();
  const contents = new Map(found.map((content) => [content._id, content]));
  const bodies = await bodiesOf(
    collections,
    without.filter(({ content }) => !contents.has(content!)),
  );
  return documents.map((document) => {
    if (document.content === undefined) return document;
    const { content: name, bytes: _, ...rest } = document;
    const made = rest as Parted;
    const content = contents.get(name);
    if (content === undefined) {
      made.body = bodies.get(document._id) ?? document.body;
      delete made.expires;
      delete made.reacted;
    } else {
      made.body = content.body;
      if (content.edited !== undefined) made.edited = content.edited;
      if (content.words !== undefined) made.words = content.words;
    }
    return made as T;
  });
}

/** Events without their content: one may have been removed since it was read, and then says how. */
async function bodiesOf({ events }: Collections, documents: EventFields[]): Promise<Map<string, string>> {
  if (documents.length === 0) return new Map();
  const found = await events
    .find(
      among(documents, ({ _id }) => _id),
      { projection: { body: 1 } },
    )
    .toArray();
  return new Map(found.map(({ _id, body }) => [_id, body]));
}

/** What edits that expire and have not been applied make of their messages, by event; absent: it has gone. */
export async function editContents(
  { contents }: Collections,
  edits: Pick<EventDocument, '_id' | 'stream' | 'content'>[],
): Promise<Map<string, EditContent>> {
  const without = edits.filter(({ content }) => content !== undefined);
  if (without.length === 0) return new Map();
  const found = await contents
    .find(
      among(without, ({ content }) => content!),
      { projection: { event: 1, edit: 1 } },
    )
    .toArray();
  return new Map(found.flatMap(({ event, edit }) => (edit === undefined ? [] : [[event, edit] as const])));
}

/** Removes contents by their own names, when the events they were made for were not stored with them. */
export async function dropContents({ contents }: Collections, dropped: ExpiringDocument[]): Promise<void> {
  if (dropped.length > 0) await contents.deleteMany(among(dropped, ({ _id }) => _id));
}

const among = <T extends { stream: string }>(documents: T[], key: (one: T) => string) => ({
  stream: { $in: [...new Set(documents.map(({ stream }) => stream))] },
  _id: { $in: documents.map(key) },
});
