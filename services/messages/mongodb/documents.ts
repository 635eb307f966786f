import type { Collection } from 'mongodb';
import type { Mongo } from '../../../platform/mongodb/client.ts';
import { ensureIndexes } from '../../../platform/mongodb/indexes.ts';
import type { Amendment, EventDraft, StoredEvent } from '../history.ts';
import type { Removed } from '../tombstone.ts';
import { wordsOf } from './words.ts';

/** What an edit makes of its message. `content` is JSON text: it may have fields that MongoDB has another meaning for. */
export interface EditContent {
  content: string;
  text: string | null;
}

/** An amendment that has not been applied to its message yet. */
export type PendingAmendment =
  /** Without its content: that is in {@link ExpiringDocument.edit}. */
  | ({ kind: 'edit'; seq: number; at: number } & Partial<EditContent>)
  | { kind: 'delete'; seq: number }
  | { kind: 'react'; seq: number; at: number; user: string; emoji: string | null };

/** One event. What is absent is null to the port. */
export interface EventDocument {
  /** {@link commandKey}: what makes a command unique for ever. */
  _id: string;
  stream: string;
  seq: number;
  type: string;
  user: string;
  device?: string;
  time: number;
  body: string;
  expires?: number;
  /** The words to find it by, in their order; of an edited message those of its newest content. */
  words?: string[];
  /** Of an edit: {@link messageKey} of the message, whose content it carries again. */
  of?: string;
  /** Kept until it has been applied: who finds it later applies it. */
  amends?: PendingAmendment;
  removed?: Removed;
  /** Of a message: its newest content, which the event `by` made. `content` is JSON text. */
  edited?: { by: number; at: number; count: number; content: string };
  /** Of a message: there is something in `reactions`. */
  reacted?: boolean;
  /** Of an event that expires: the {@link ExpiringDocument}. `body` is the tombstone already; words and edits are there as well. */
  content?: string;
  /** Of the body that is in `content`. */
  bytes?: number;
}

/**
 * The content of an event that expires. It is the sweeper's to remove; when nobody sweeps, a TTL index does it, which takes whole
 * documents: so it is one by itself, and the numbered event stays.
 */
export interface ExpiringDocument {
  _id: string;
  /** The event that it is of, provided that one names it. */
  event: string;
  stream: string;
  seq: number;
  /** {@link messageKey} of the message that it goes with: the event's own, or of an edit that of the message. */
  of: string;
  time: number;
  body: string;
  words?: string[];
  edited?: EventDocument['edited'];
  /** Of an edit: what it makes of the message, for as long as it has not been applied. */
  edit?: EditContent;
  /** When the server removes it by itself. */
  goes: Date;
}

/** What one user thinks of one message; taken back: `emoji` null. */
export interface ReactionDocument {
  /** `${of}/${user}` */
  _id: string;
  stream: string;
  of: string;
  user: string;
  emoji: string | null;
  at: number;
  /** The seq of the event that made it: an earlier one does not replace it. */
  by: number;
}

/**
 * How far a stream is. A hint: written after the events, and only when it has fallen some behind, so it may lag, and is never ahead. What
 * needs the truth looks for events behind it.
 */
export interface HeadDocument {
  /** The stream. */
  _id: string;
  seq: number;
  /** The newest event of type `message`; 0: none. */
  message: number;
}

export interface Collections {
  events: Collection<EventDocument>;
  reactions: Collection<ReactionDocument>;
  heads: Collection<HeadDocument>;
  contents: Collection<ExpiringDocument>;
  /** Updates in one command at most. */
  mostUpdated: number;
}

export const commandKey = (user: string, id: string): string => `${user}/${id}`;
export const messageKey = (stream: string, seq: number): string => `${stream}/${seq}`;
export const seqOfKey = (of: string): number => Number(of.slice(of.lastIndexOf('/') + 1));

export async function openCollections({ db, mostUpdated }: Mongo): Promise<Collections> {
  const events = db.collection<EventDocument>('events');
  const reactions = db.collection<ReactionDocument>('reactions');
  const contents = db.collection<ExpiringDocument>('expiring_contents');
  await ensureIndexes(events, [
    { name: 'seq', key: { stream: 1, seq: 1 }, unique: true },
    // Unread counts, without touching the documents.
    { name: 'unread', key: { stream: 1, type: 1, seq: 1, user: 1 } },
    { name: 'words', key: { stream: 1, words: 1, time: -1, seq: -1 } },
    { name: 'expires', key: { expires: 1 }, sparse: true },
    { name: 'of', key: { of: 1 }, sparse: true },
    { name: 'pending', key: { 'amends.kind': 1 }, sparse: true },
  ]);
  await ensureIndexes(reactions, [{ name: 'of', key: { of: 1 } }]);
  await ensureIndexes(contents, [
    { name: 'goes', key: { goes: 1 }, expireAfterSeconds: 0 },
    { name: 'of', key: { of: 1 } },
    { name: 'words', key: { stream: 1, words: 1, time: -1, seq: -1 } },
  ]);
  return {
    events,
    reactions,
    heads: db.collection<HeadDocument>('heads'),
    contents,
    mostUpdated: mostUpdated ?? Number.POSITIVE_INFINITY,
  };
}

/** Most bytes of one draft's text fields: MongoDB takes documents of 16 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The document of a draft; `seq` is given to it later. @throws {TypeError} when it cannot be stored */
export function encode(draft: EventDraft): EventDocument {
  const { stream, type, sender, id, time, body, expires, text } = draft;
  for (const value of [stream, type, sender.user, id, body])
    if (typeof value !== 'string') throw new TypeError('an event without one of its parts');
  if (!Number.isSafeInteger(time)) throw new TypeError('an event without a time');
  if (Buffer.byteLength(body) + Buffer.byteLength(text ?? '') > MOST_BYTES)
    throw new TypeError('an event that is too large to be stored');
  const made: EventDocument = {
    _id: commandKey(sender.user, id),
    stream,
    seq: 0,
    type,
    user: sender.user,
    time,
    body,
  };
  if (sender.device !== null) made.device = sender.device;
  if (expires !== null) made.expires = expires;
  if (text !== null) made.words = wordsOf(text);
  return made;
}

export function pending(amendment: Amendment): PendingAmendment {
  const { kind, seq } = amendment;
  if (kind === 'delete') return { kind, seq };
  if (kind === 'react') return { kind, seq, at: amendment.at, user: amendment.user, emoji: amendment.emoji };
  const { at, content, text } = amendment;
  return { kind, seq, at, content: JSON.stringify(content), text };
}

/** The fields of which {@link toEvent} makes an event. */
export const EVENT_FIELDS = {
  stream: 1,
  seq: 1,
  type: 1,
  user: 1,
  device: 1,
  time: 1,
  body: 1,
  expires: 1,
  content: 1,
  bytes: 1,
} as const;

export type EventFields = Pick<EventDocument, '_id' | keyof typeof EVENT_FIELDS>;

export function toEvent(document: EventFields): StoredEvent {
  const { _id, stream, seq, type, user, device, time, body, expires } = document;
  return {
    stream,
    seq,
    type,
    sender: { user, device: device ?? null },
    id: _id.slice(user.length + 1),
    time,
    body,
    expires: expires ?? null,
  };
}
