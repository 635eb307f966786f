import { type Kysely, SqliteAdapter } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MediaStore } from '../store.ts';

type References = Pick<MediaStore, 'mayFetch' | 'touch' | 'refer' | 'release' | 'releaseExpired'>;

export function references(db: Kysely<DirectoryTables>): References {
  return {
    async mayFetch(user, id, now) {
      const owned = db.selectFrom('media').select('id').where('id', '=', id).where('owner', '=', user);
      // What is readable of a conversation, as of its `joinings`.
      const read = db
        .selectFrom('media_references as r')
        .innerJoin('joinings as j', 'j.conversation', 'r.conversation')
        .select('r.media as id')
        .where('r.media', '=', id)
        .where('j.user', '=', user)
        .where((eb) => eb.or([eb('r.expires_at', 'is', null), eb('r.expires_at', '>', now)]))
        .whereRef('r.seq', '>=', 'j.readable_from')
        .where((eb) => eb.or([eb('j.to_seq', 'is', null), eb('r.seq', '<=', eb.ref('j.to_seq'))]));
      return (await owned.unionAll(read).limit(1).executeTakeFirst()) !== undefined;
    },

    async touch(id, now) {
      await db
        .updateTable('media')
        .set({ free_since: now })
        .where('id', '=', id)
        .where('free_since', '<', now)
        .execute();
    },

    refer: ({ media, conversation, seq, message, expires }) =>
      db.transaction().execute(async (tx) => {
        // It holds the file until the reference is there.
        const { numUpdatedRows } = await tx
          .updateTable('media')
          .set({ free_since: null })
          .where('id', '=', media)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return;
        await tx
          .insertInto('media_references')
          .values({ media, conversation, seq, message, expires_at: expires })
          .onConflict((conflict) => conflict.columns(['media', 'conversation', 'seq']).doNothing())
          .execute();
      }),

    release: (conversation, message, now) =>
      db.transaction().execute(async (tx) => {
        const rows = await tx
          .deleteFrom('media_references')
          .where('conversation', '=', conversation)
          .where('message', '=', message)
          .returning('media')
          .execute();
        await setFree(tx, mediaOf(rows), now);
      }),

    releaseExpired: (now, limit) =>
      db.transaction().execute(async (tx) => {
        const due = await tx
          .selectFrom('media_references')
          .select(['media', 'conversation', 'seq'])
          .where('expires_at', '<=', now)
          .orderBy('expires_at')
          .limit(limit)
          .execute();
        for (const { media, conversation, seq } of due)
          await tx
            .deleteFrom('media_references')
            .where('media', '=', media)
            .where('conversation', '=', conversation)
            .where('seq', '=', seq)
            .execute();
        await setFree(tx, mediaOf(due), now);
        return due.length;
      }),
  };
}

const mediaOf = (rows: readonly { media: string }[]) =>
  [...new Set(rows.map(({ media }) => media))].toSorted();

/** Those of them that no message has are free from now on. */
async function setFree(tx: Kysely<DirectoryTables>, ids: readonly string[], now: number): Promise<void> {
  for (const some of chunks(ids)) {
    await holdMedia(tx, some);
    await tx
      .updateTable('media')
      .set({ free_since: now })
      .where('id', 'in', some)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom('media_references as r').select('r.media').whereRef('r.media', '=', 'media.id')),
        ),
      )
      .execute();
  }
}

/** Until the transaction ends nobody refers to them: what is asked next is still so when it is acted on. SQLite has one writer anyway. */
export async function holdMedia(tx: Kysely<DirectoryTables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || tx.getExecutor().adapter instanceof SqliteAdapter) return;
  await tx.selectFrom('media').select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute();
}
