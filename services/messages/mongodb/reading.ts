import type { Filter } from 'mongodb';
import type { FoldedEvent, Head, Range, StoredEvent } from '../history.ts';
import { mergeRanges } from '../ranges.ts';
import { type Amending, applyAmendments } from './amending.ts';
import { isAmending } from './appending.ts';
import {
  type Collections,
  commandKey,
  EVENT_FIELDS,
  type EventDocument,
  type EventFields,
  toEvent,
} from './documents.ts';
import { whole } from './expiring-contents.ts';
import { FOLDED_FIELDS, type FoldedFields, folded } from './folding.ts';
import { hintedHeads } from './heads.ts';

/** Events that the server sends at once: bodies are at most some ten kilobytes, so that what is not asked for stays small. */
const AT_ONCE = 250;
/** Counts that are under way at once. */
const COUNTS_AT_ONCE = 8;

/** The reads of the port, but for search. All go by an index whose first field is the stream, `lookup` by the command. */
export class Reading {
  readonly #collections: Collections;
  readonly #maxTimeMS: number;

  constructor(collections: Collections, maxTimeMS: number) {
    this.#collections = collections;
    this.#maxTimeMS = maxTimeMS;
  }

  async lookup(commands: { user: string; id: string }[]): Promise<(StoredEvent | null)[]> {
    const keys = commands.map(({ user, id }) => commandKey(user, id));
    const find = async () =>
      new Map((await this.#byCommand([...new Set(keys)])).map((document) => [document._id, document]));
    let found = await find();
    // A command that comes again, and the process that stored it ended before it was through: nobody else may come by to do the rest.
    const amending: Amending[] = [...found.values()].filter(isAmending);
    if (amending.length > 0) {
      await applyAmendments(this.#collections, amending);
      found = await find();
    }
    const events = new Map(
      (await whole(this.#collections, [...found.values()])).map((document) => [
        document._id,
        toEvent(document),
      ]),
    );
    return keys.map((key) => events.get(key) ?? null);
  }

  #byCommand(keys: string[]): Promise<EventDocument[]> {
    const filter: Filter<EventDocument> = keys.length === 1 ? { _id: keys[0]! } : { _id: { $in: keys } };
    if (keys.length === 0) return Promise.resolve([]);
    const projection = { ...EVENT_FIELDS, of: 1, amends: 1 };
    return this.#collections.events.find(filter, { projection, maxTimeMS: this.#maxTimeMS }).toArray();
  }

  async read(stream: string, after: number, limit: number, maxBytes: number): Promise<StoredEvent[]> {
    const events: EventFields[] = [];
    if (limit <= 0) return [];
    const found = this.#collections.events.find<EventFields>(
      { stream, seq: { $gt: after } },
      {
        projection: EVENT_FIELDS,
        sort: { seq: 1 },
        limit,
        batchSize: Math.min(limit, AT_ONCE),
        maxTimeMS: this.#maxTimeMS,
      },
    );
    let bytes = 0;
    for await (const document of found) {
      bytes += document.bytes ?? Buffer.byteLength(document.body);
      if (events.length > 0 && bytes > maxBytes) break;
      events.push(document);
    }
    return (await whole(this.#collections, events)).map(toEvent);
  }

  async page(
    stream: string,
    ranges: Range[],
    { before, after }: { before?: number; after?: number },
    limit: number,
  ): Promise<FoldedEvent[]> {
    const forward = after !== undefined;
    const found: FoldedFields[] = [];
    const parts = mergeRanges(ranges);
    for (const { from, to } of forward ? parts : parts.reverse()) {
      if (found.length >= limit) break;
      const low = Math.max(from, (after ?? 0) + 1);
      const high = Math.min(to, (before ?? Number.MAX_SAFE_INTEGER) - 1);
      if (low > high) continue;
      const documents = await this.#collections.events
        .find(
          { stream, seq: { $gte: low, $lte: high } },
          {
            projection: FOLDED_FIELDS,
            sort: { seq: forward ? 1 : -1 },
            limit: limit - found.length,
            maxTimeMS: this.#maxTimeMS,
          },
        )
        .toArray();
      found.push(...documents);
    }
    return folded(this.#collections, forward ? found : found.reverse());
  }

  async get(stream: string, seq: number): Promise<FoldedEvent | null> {
    const document = await this.#collections.events.findOne(
      { stream, seq },
      { projection: FOLDED_FIELDS, maxTimeMS: this.#maxTimeMS },
    );
    return document === null ? null : (await folded(this.#collections, [document]))[0]!;
  }

  /** Two queries: where the heads are, as far as is written down; and the events from there on, some a stream, which are the truth. */
  async heads(streams: string[]): Promise<Map<string, Head>> {
    const heads = new Map<string, Head>();
    if (streams.length === 0) return heads;
    const hints = await hintedHeads(this.#collections, [...new Set(streams)]);
    const from = [...hints.values()].map(({ _id, seq }) => ({ stream: _id, seq: { $gte: seq } }));
    const messages = [...hints.values()]
      .filter(({ seq, message }) => message > 0 && message < seq)
      .map(({ _id, message }) => ({ stream: _id, seq: message }));
    const found = await this.#collections.events
      .find({ $or: [...from, ...messages] }, { projection: FOLDED_FIELDS, maxTimeMS: this.#maxTimeMS })
      .toArray();
    const newest = new Map<string, FoldedFields>();
    const lasts = new Map<string, FoldedFields>();
    for (const document of found) {
      keepNewest(newest, document);
      if (document.type === 'message') keepNewest(lasts, document);
    }
    const last = new Map(
      (await folded(this.#collections, [...lasts.values()])).map((event) => [event.stream, event]),
    );
    for (const [stream, { seq, time }] of newest)
      heads.set(stream, { stream, seq, time, last: last.get(stream) ?? null });
    return heads;
  }

  /** A small count for each stream, of the index alone; some of them at once. */
  async unread(
    asked: { stream: string; after: number; to: number | null }[],
    user: string,
    most: number,
  ): Promise<Map<string, number>> {
    const counts = new Map(asked.map(({ stream }) => [stream, 0]));
    const waiting = [...asked];
    const count = async () => {
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
        const { stream, after, to } = one;
        if (to !== null && to <= after) continue;
        const seq = to === null ? { $gt: after } : { $gt: after, $lte: to };
        const number = await this.#collections.events.countDocuments(
          { stream, type: 'message', seq, user: { $ne: user } },
          { limit: most, maxTimeMS: this.#maxTimeMS },
        );
        counts.set(stream, number);
      }
    };
    await Promise.all(Array.from({ length: COUNTS_AT_ONCE }, count));
    return counts;
  }
}

function keepNewest(of: Map<string, FoldedFields>, document: FoldedFields): void {
  if (document.seq > (of.get(document.stream)?.seq ?? 0)) of.set(document.stream, document);
}
