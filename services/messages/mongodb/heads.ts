import type { AnyBulkWriteOperation } from 'mongodb';
import { onlyDuplicates } from '../../../platform/mongodb/trouble.ts';
import { updateAll } from './bulk.ts';
import type { Collections, EventDocument, HeadDocument } from './documents.ts';

const ATTEMPTS = 3;

/** How far streams are, as far as has been written down; 0: nothing has been. Never ahead of the truth. */
export async function hintedHeads(
  { heads }: Collections,
  streams: string[],
): Promise<Map<string, HeadDocument>> {
  const filter = streams.length === 1 ? { _id: streams[0]! } : { _id: { $in: streams } };
  const found = await heads.find(filter).toArray();
  const all = new Map(streams.map((stream) => [stream, { _id: stream, seq: 0, message: 0 }]));
  for (const head of found) all.set(head._id, head);
  return all;
}

/** How far a stream is. */
export interface Far {
  seq: number;
  /** The newest event of type `message`; 0: none. */
  message: number;
  /** The `seq` that has been written down. */
  written: number;
}

/** How far streams are, in two queries: the hints, and what lies behind them. */
export async function truthfulHeads(collections: Collections, streams: string[]): Promise<Map<string, Far>> {
  const hints = await hintedHeads(collections, streams);
  const known = new Map(
    [...hints].map(([stream, { seq, message }]) => [stream, { seq, message, written: seq }]),
  );
  const behind = collections.events.find(
    { $or: [...hints.values()].map(({ _id, seq }) => ({ stream: _id, seq: { $gt: seq } })) },
    { projection: { _id: 0, stream: 1, seq: 1, type: 1 } },
  );
  for await (const event of behind) furthered(known.get(event.stream)!, event);
  return known;
}

/** Takes in that this event is there. */
export function furthered(far: Far, { seq, type }: Pick<EventDocument, 'seq' | 'type'>): void {
  far.seq = Math.max(far.seq, seq);
  if (type === 'message') far.message = Math.max(far.message, seq);
}

/** As far as these events go. */
export function headsOf(events: Pick<EventDocument, 'stream' | 'seq' | 'type'>[]): Map<string, Far> {
  const heads = new Map<string, Far>();
  for (const event of events) {
    const far = heads.get(event.stream) ?? { seq: 0, message: 0, written: 0 };
    heads.set(event.stream, far);
    furthered(far, event);
  }
  return heads;
}

/** Writes down how far streams are. Whatever the order of such writes, the furthest stays. */
export async function advanceHeads(
  { heads, mostUpdated }: Collections,
  far: Map<string, Omit<Far, 'written'>>,
): Promise<void> {
  const updates: AnyBulkWriteOperation<HeadDocument>[] = [...far].map(([stream, { seq, message }]) => ({
    updateOne: { filter: { _id: stream }, update: { $max: { seq, message } }, upsert: true },
  }));
  for (let attempt = 1; updates.length > 0; attempt++) {
    try {
      await updateAll(heads, updates, mostUpdated);
      return;
    } catch (error) {
      // Two that make the same one: the other was faster, and now it is there.
      if (!onlyDuplicates(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
