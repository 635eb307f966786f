import type { Removed } from '../tombstone.ts';
import { applyAmendments } from './amending.ts';
import { isAmending } from './appending.ts';
import { type Collections, type EventDocument, messageKey, seqOfKey } from './documents.ts';
import { bury, buryAmendments, CONTENT_FIELDS, withContent } from './removal.ts';

const DUE_FIELDS = { ...CONTENT_FIELDS, type: 1, of: 1 } as const;
type Due = Pick<EventDocument, '_id' | keyof typeof DUE_FIELDS>;
type Gone = { stream: string; seq: number };

/** Applies what was left when a process ended between storing an amendment and applying it, and no log brings it again. */
export async function applyLeftAmendments(collections: Collections, limit: number): Promise<void> {
  const left = await collections.events
    .find({ 'amends.kind': { $in: ['edit', 'delete', 'react'] } }, { limit, sort: { seq: 1 } })
    .toArray();
  await applyAmendments(collections, left.filter(isAmending));
}

/** See {@link History.expire}: a message goes before its edits, which are due with it and so are found when that was interrupted. */
export async function expire(collections: Collections, now: number, limit: number): Promise<Gone[]> {
  const due: Due[] = await collections.events
    .find(withContent({ expires: { $lte: now } }), { projection: DUE_FIELDS, sort: { expires: 1 }, limit })
    .toArray();
  if (due.length === 0) return [];
  const whole = due.filter(({ of }) => of === undefined);
  const known = new Set(whole.map(({ stream, seq }) => messageKey(stream, seq)));
  // An edit that is due: its message is, too, and goes first, or has gone.
  const edited = new Map(
    due.flatMap(({ stream, of }) =>
      of === undefined || known.has(of) ? [] : [[of, { stream, seq: seqOfKey(of) }] as const],
    ),
  );
  const messages = edited.size === 0 ? [] : await messagesOf(collections, [...edited.values()]);
  const going = [...whole, ...messages.filter(({ removed }) => removed === undefined)];
  await bury(
    collections,
    going.map((event) => ({ ...event, how: 'expired' })),
  );
  const hanging = await buryAmendments(collections, [
    ...going.map(({ stream, seq }) => ({ stream, seq, how: 'expired' as Removed })),
    ...messages.flatMap(({ stream, seq, removed }) => (removed ? [{ stream, seq, how: removed }] : [])),
  ]);
  const edits = Map.groupBy(hanging, ({ of }) => of);
  const gone: Gone[] = [];
  for (const { stream, seq } of [...going, ...messages.filter(({ removed }) => removed !== undefined)]) {
    if (going.some((one) => one.stream === stream && one.seq === seq)) gone.push({ stream, seq });
    for (const edit of edits.get(messageKey(stream, seq)) ?? []) gone.push({ stream, seq: edit.seq });
  }
  return gone;
}

function messagesOf({ events }: Collections, places: Gone[]) {
  const asked = places.map(({ stream, seq }) => ({ stream, seq }));
  return events.find({ $or: asked }, { projection: { ...DUE_FIELDS, removed: 1 } }).toArray();
}
