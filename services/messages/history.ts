import type { Actor } from '../actor.ts';

/** How an event changes what an earlier message of its stream shows. */
export type Amendment =
  | { kind: 'edit'; seq: number; at: number; content: unknown; text: string | null }
  | { kind: 'delete'; seq: number; at: number; by: string }
  | { kind: 'react'; seq: number; at: number; user: string; emoji: string | null };

/** An event that has everything but its number. */
export interface EventDraft {
  /** A conversation, or a user's or device's own stream. */
  stream: string;
  type: string;
  /** The sender's user and device; (sender.user, id) is unique for ever over all streams. */
  sender: { user: string; device: string | null };
  /** The id of the command that made it. */
  id: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** The event as JSON text without `seq`; see `withSequence` in protocol/events.ts. */
  body: string;
  /** When the content is to be removed, milliseconds since the epoch; null: never. */
  expires: number | null;
  /** The text to find it by; null: not to be found. */
  text: string | null;
  amends: Amendment | null;
}

export interface StoredEvent {
  stream: string;
  seq: number;
  type: string;
  sender: { user: string; device: string | null };
  id: string;
  time: number;
  /** JSON text without `seq`. After deletion or expiry: the tombstone, which says so and has no content. */
  body: string;
  expires: number | null;
}

/** What later events made of a message; absent parts: nothing. */
export interface Fold {
  /** The newest content and when; earlier ones are in the `message.edited` events. */
  edited?: { at: number; content: unknown; count: number };
  /** Most used first; at most 20 users are named an emoji. */
  reactions?: { emoji: string; count: number; users: string[] }[];
}

export interface FoldedEvent extends StoredEvent {
  fold: Fold | null;
}

export type Appended =
  | { duplicate: false; seq: number }
  /** The same (sender.user, id) was stored before: nothing was written, this is the first one. */
  | { duplicate: true; event: StoredEvent };

export interface Head {
  stream: string;
  /** 0 when the stream is empty. */
  seq: number;
  time: number;
  /** The newest event of type `message`, and what became of it. */
  last: FoldedEvent | null;
}

/** Part of a stream that someone may read, both ends included; `to` null: open. */
export interface Range {
  from: number;
  to: number | null;
}

/**
 * Port: message history. One gapless sequence a stream, beginning at 1; append is idempotent by (sender.user, id).
 */
export interface History {
  /**
   * Numbers and stores the drafts, in their order, all or none, with their amendments. Durable when it resolves.
   * Drafts of one call may repeat each other: the later one is then the duplicate.
   * @throws {Refused} storage_full, overloaded, unavailable: then nothing was kept
   */
  append(drafts: EventDraft[]): Promise<Appended[]>;

  /** The first events made by these commands, null where there is none; in the order asked. */
  lookup(commands: { user: string; id: string }[]): Promise<(StoredEvent | null)[]>;

  /** Events with seq > `after`, ascending; at most `limit` and about `maxBytes` of bodies (at least one). For delivery. */
  read(stream: string, after: number, limit: number, maxBytes: number): Promise<StoredEvent[]>;

  /**
   * A page with folds, ascending by seq, within `ranges`. With `before` the events next below it, with `after` those next above it, with
   * neither the newest. Costs the same at any depth.
   */
  page(
    stream: string,
    ranges: Range[],
    at: { before?: number; after?: number },
    limit: number,
  ): Promise<FoldedEvent[]>;

  get(stream: string, seq: number): Promise<FoldedEvent | null>;

  /** Heads of many streams in one query; only those that are not empty. */
  heads(streams: string[]): Promise<Map<string, Head>>;

  /**
   * How many events of type `message` lie after `after` (and within `to`, null: open) and are not by `user`; counted to `most` and no further.
   */
  unread(
    asked: { stream: string; after: number; to: number | null }[],
    user: string,
    most: number,
  ): Promise<Map<string, number>>;

  /**
   * Full-text search, newest first, over everything appended before the call. `before` pages.
   * @throws {Refused} bad_query
   */
  search(
    where: { stream: string; ranges: Range[] }[],
    query: string,
    before: { time: number; stream: string; seq: number } | null,
    limit: number,
  ): Promise<FoldedEvent[]>;

  /**
   * Removes the content of at most `limit` events whose `expires` is at or before `now` (milliseconds): body, fold,
   * search text and the content kept by edits. Resolves to what was removed; the edits that went with a message come on top.
   */
  expire(now: number, limit: number): Promise<{ stream: string; seq: number }[]>;

  close(): Promise<void>;
}

/** An event that has just been stored, as it goes to delivery, push, bots. */
export interface StreamedEvent extends StoredEvent {
  /** Users for whom the stream begins with this event. */
  joined?: string[];
  /** Users for whom the stream ends with this event, which they still get. */
  left?: string[];
  /** The device whose command made it, when the answer must go there as well. */
  actor?: Actor;
  /** An earlier event whose content this one removed from history (deletion). */
  erased?: number;
}
