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

/** How far streams are, in two queries: the hints, and what lies behind them. */
export async function truthfulHeads(
  collections: Collections,
  streams: string[],
): Promise<Map<string, number>> {
  const hints = await hintedHeads(collections, streams);
  const known = new Map([...hints].map(([stream, { seq }]) => [stream, seq]));
  const behind = collections.events.find(
    { $or: [...hints.values()].map(({ _id, seq }) => ({ stream: _id, seq: { $gt: seq } })) },
    { projection: { _id: 0, stream: 1, seq: 1 } },
  );
  for await (const { stream, seq } of behind) known.set(stream, Math.max(known.get(stream) ?? 0, seq));
  return known;
}

/** Writes down how far the streams of these events are. Whatever the order of such writes, the furthest stays. */
export async function advanceHeads(
  { heads, mostUpdated }: Collections,
  events: Pick<EventDocument, 'stream' | 'seq' | 'type'>[],
): Promise<void> {
  const furthest = new Map<string, { seq: number; message: number }>();
  for (const { stream, seq, type } of events) {
    const { seq: s, message: m } = furthest.get(stream) ?? { seq: 0, message: 0 };
    furthest.set(stream, {
      seq: Math.max(s, seq),
      message: type === 'message' ? Math.max(m, seq) : m,
    });
  }
  const updates: AnyBulkWriteOperation<HeadDocument>[] = [...furthest].map(([stream, far]) => ({
    updateOne: { filter: { _id: stream }, update: { $max: far }, upsert: true },
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
