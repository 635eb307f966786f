import type { AnyBulkWriteOperation, Filter } from 'mongodb';
import { type Removed, tombstone } from '../tombstone.ts';
import { updateAll } from './bulk.ts';
import { type Collections, type EventDocument, messageKey } from './documents.ts';

type Content = Pick<EventDocument, '_id' | 'stream' | 'seq' | 'body'>;
export const CONTENT_FIELDS = { stream: 1, seq: 1, body: 1 } as const;

/** Events whose content is still there, of these. */
export const withContent = (filter: Filter<EventDocument>): Filter<EventDocument> => ({
  ...filter,
  removed: { $exists: false },
});

/** Takes the content out of these events, unless that was done before. Numbers and envelopes stay. */
export async function bury(
  { events, mostUpdated }: Collections,
  content: (Content & { how: Removed })[],
): Promise<void> {
  await updateAll(
    events,
    content.map(
      ({ _id, stream, body, how }): AnyBulkWriteOperation<EventDocument> => ({
        updateOne: {
          filter: withContent({ _id, stream }),
          update: {
            $set: { body: tombstone(body, how), removed: how },
            $unset: {
              expires: '',
              words: '',
              edited: '',
              reacted: '',
              amends: '',
              content: '',
              bytes: '',
            },
          },
        },
      }),
    ),
    mostUpdated,
  );
}

/**
 * Takes away what hangs on messages that have been removed: reactions, the content of edits, and what is kept apart because it
 * expires. Comes after {@link bury}; whoever amends a
 * message writes first and looks for its removal then, so of two that do it at the same time one sees the other. Resolves to the edits.
 */
export async function buryAmendments(
  collections: Collections,
  messages: { stream: string; seq: number; how: Removed }[],
): Promise<(Content & { of: string; how: Removed })[]> {
  if (messages.length === 0) return [];
  const how = new Map(messages.map((message) => [messageKey(message.stream, message.seq), message.how]));
  const hanging = {
    stream: { $in: [...new Set(messages.map(({ stream }) => stream))] },
    of: { $in: [...how.keys()] },
  };
  await collections.reactions.deleteMany(hanging);
  await collections.contents.deleteMany(hanging);
  const found = await collections.events
    .find(withContent(hanging), {
      projection: { ...CONTENT_FIELDS, of: 1 },
      sort: { seq: 1 },
    })
    .toArray();
  const edits = found.map((edit) => ({ ...edit, of: edit.of!, how: how.get(edit.of!)! }));
  await bury(collections, edits);
  return edits;
}
