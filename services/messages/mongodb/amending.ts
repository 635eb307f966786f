import type { AnyBulkWriteOperation } from 'mongodb';
import { onlyDuplicates } from '../../../platform/mongodb/trouble.ts';
import type { Removed } from '../tombstone.ts';
import { updateAll } from './bulk.ts';
import {
  type Collections,
  type EditContent,
  type EventDocument,
  type ExpiringDocument,
  messageKey,
  type PendingAmendment,
  type ReactionDocument,
} from './documents.ts';
import { editContents } from './expiring-contents.ts';
import { bury, buryAmendments, CONTENT_FIELDS, withContent } from './removal.ts';
import { wordsOf } from './words.ts';

/** An event whose amendment is to be applied. */
export type Amending = Pick<EventDocument, '_id' | 'stream' | 'seq' | 'of' | 'expires' | 'content'> & {
  amends: PendingAmendment;
};

type Of<K extends PendingAmendment['kind']> = Amending & { amends: PendingAmendment & { kind: K } };

const isOf =
  <K extends PendingAmendment['kind']>(kind: K) =>
  (one: Amending): one is Of<K> =>
    one.amends.kind === kind;
const keyOf = ({ stream, amends }: Amending) => messageKey(stream, amends.seq);

/** By `key`, the one that was made last. */
function newest<T extends Amending>(all: T[], key: (one: T) => string): T[] {
  const found = new Map<string, T>();
  for (const one of all) if (one.seq >= (found.get(key(one))?.seq ?? 0)) found.set(key(one), one);
  return [...found.values()];
}

/**
 * Applies amendments to their messages. Each is kept in its event until it has been applied, so one that a crash interrupted is found and
 * applied again; and whoever applies an old one late changes nothing that a newer one made: the seq of the amending event decides.
 */
export async function applyAmendments(collections: Collections, all: Amending[]): Promise<void> {
  if (all.length === 0) return;
  const edits = all.filter(isOf('edit'));
  const reactions = all.filter(isOf('react'));
  await react(collections, reactions);
  await change(collections, edits, reactions);
  await removeDeleted(collections, all.filter(isOf('delete')));
  await buryAmendments(collections, await removedOf(collections, all));
  await collections.events.updateMany(
    { _id: { $in: all.map(({ _id }) => _id) }, stream: { $in: streamsOf(all) } },
    { $unset: { amends: '' } },
  );
}

async function react({ reactions, mostUpdated }: Collections, made: Of<'react'>[]): Promise<void> {
  const updates = newest(made, (one) => `${keyOf(one)}/${one.amends.user}`).map(
    (one): AnyBulkWriteOperation<ReactionDocument> => {
      const { user, emoji, at } = one.amends;
      const { stream, seq: by } = one;
      const of = keyOf(one);
      return {
        updateOne: {
          filter: { _id: `${of}/${user}`, stream, by: { $lt: by } },
          update: { $set: { of, user, emoji, at, by } },
          upsert: true,
        },
      };
    },
  );
  if (updates.length === 0) return;
  try {
    await updateAll(reactions, updates, mostUpdated);
  } catch (error) {
    // It is there, made by the same event or a later one.
    if (!onlyDuplicates(error)) throw error;
  }
}

async function change(
  collections: Collections,
  edits: Of<'edit'>[],
  reactions: Of<'react'>[],
): Promise<void> {
  const { events, contents, mostUpdated } = collections;
  const last = newest(edits, keyOf);
  // Counted anew and not added up, so that doing it twice is the same: all edits up to this one are there, as numbers have no gaps.
  const numbers = new Map<string, number[]>();
  if (last.length > 0) {
    const filter = { stream: { $in: streamsOf(last) }, of: { $in: last.map(keyOf) } };
    for await (const { of, seq } of events.find(filter, { projection: { _id: 0, of: 1, seq: 1 } })) {
      const known = numbers.get(of!);
      if (known === undefined) numbers.set(of!, [seq]);
      else known.push(seq);
    }
  }
  const kept = await editContents(
    collections,
    last.filter(({ amends }) => amends.content === undefined),
  );
  const updates: AnyBulkWriteOperation<EventDocument>[] = [];
  const updatesOfExpiring: AnyBulkWriteOperation<ExpiringDocument>[] = [];
  for (const one of last) {
    const { _id, stream, seq: by, amends, expires } = one;
    const made = contentOf(amends) ?? kept.get(_id);
    // It has expired, and its message with it.
    if (made === undefined) continue;
    const count = numbers.get(keyOf(one))?.filter((seq) => seq <= by).length ?? 1;
    const edited = { by, at: amends.at, count, content: made.content };
    const older = {
      stream,
      seq: amends.seq,
      $or: [{ edited: { $exists: false } }, { 'edited.by': { $lt: by } }],
    };
    const update =
      made.text === null
        ? { $set: { edited }, $unset: { words: '' as const } }
        : { $set: { edited, words: wordsOf(made.text) } };
    if (expires === undefined) updates.push({ updateOne: { filter: withContent(older), update } });
    else {
      // One that was stored before contents that expire were put apart.
      const filter = withContent({ ...older, content: { $exists: false } });
      updates.push({ updateOne: { filter, update } });
      // Many: what a failed attempt at this number has left is there as well, perhaps.
      updatesOfExpiring.push({ updateMany: { filter: { ...older, of: keyOf(one) }, update } });
    }
  }
  for (const { stream, amends } of newest(reactions, keyOf)) {
    const filter = withContent({ stream, seq: amends.seq });
    updates.push({ updateOne: { filter, update: { $set: { reacted: true } } } });
  }
  await updateAll(contents, updatesOfExpiring, mostUpdated);
  await updateAll(events, updates, mostUpdated);
}

const contentOf = ({ content, text = null }: Of<'edit'>['amends']): EditContent | undefined =>
  content === undefined ? undefined : { content, text };

async function removeDeleted(collections: Collections, deletions: Of<'delete'>[]): Promise<void> {
  if (deletions.length === 0) return;
  const found = await collections.events
    .find(withContent({ $or: targetsOf(deletions) }), { projection: CONTENT_FIELDS })
    .toArray();
  await bury(
    collections,
    found.map((event) => ({ ...event, how: 'deleted' })),
  );
}

/** The amended messages that have been removed, now or before: what hangs on them has to go too. */
async function removedOf({ events }: Collections, all: Amending[]) {
  const found = await events
    .find(
      { $or: targetsOf(all), removed: { $exists: true } },
      { projection: { stream: 1, seq: 1, removed: 1 } },
    )
    .toArray();
  return found.map(({ stream, seq, removed }) => ({ stream, seq, how: removed as Removed }));
}

const streamsOf = (all: Amending[]) => [...new Set(all.map(({ stream }) => stream))];

function targetsOf(all: Amending[]): { stream: string; seq: { $in: number[] } }[] {
  return streamsOf(all).map((stream) => ({
    stream,
    seq: { $in: [...new Set(all.filter((one) => one.stream === stream).map(({ amends }) => amends.seq))] },
  }));
}
