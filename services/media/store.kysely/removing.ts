import type { Kysely } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MediaStore } from '../store.ts';
import { holdMedia } from './references.ts';

type Removing = Pick<
  MediaStore,
  'remove' | 'removeUnreferenced' | 'removeOld' | 'claimLoose' | 'dropLoose' | 'forgetDays'
>;

export function removing(db: Kysely<DirectoryTables>): Removing {
  return {
    remove: (id, now) =>
      db.transaction().execute(async (tx) => {
        await holdMedia(tx, [id]);
        return (await removeFree(tx, [id], now)) === 1;
      }),

    removeUnreferenced: (before, limit, now) =>
      db.transaction().execute(async (tx) => {
        const free = await tx
          .selectFrom('media')
          .select('id')
          .where('free_since', '<=', before)
          .orderBy('free_since')
          .orderBy('id')
          .limit(limit)
          .execute();
        const ids = free.map(({ id }) => id);
        await holdMedia(tx, ids);
        return removeFree(tx, ids, now, before);
      }),

    removeOld: (before, limit, now) =>
      db.transaction().execute(async (tx) => {
        const old = await tx
          .selectFrom('media')
          .select('id')
          .where('created_at', '<=', before)
          .orderBy('created_at')
          .orderBy('id')
          .limit(limit)
          .execute();
        const ids = old.map(({ id }) => id);
        if (ids.length === 0) return 0;
        await holdMedia(tx, ids);
        await tx.deleteFrom('media_references').where('media', 'in', ids).execute();
        return removeFree(tx, ids, now);
      }),

    async claimLoose(now, limit) {
      const due = db
        .selectFrom('media_loose')
        .select('blob')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit);
      const rows = await db
        .updateTable('media_loose')
        .set({ claimed: 1 })
        .where('blob', 'in', due)
        .where('due_at', '<=', now)
        .returning('blob')
        .execute();
      return rows.map(({ blob }) => blob);
    },

    async dropLoose(blobs) {
      for (const some of chunks(blobs))
        await db.deleteFrom('media_loose').where('blob', 'in', some).where('claimed', '=', 1).execute();
    },

    async forgetDays(before) {
      await db.deleteFrom('media_days').where('day', '<', before).execute();
    },
  };
}

/** Removes those of them, which are held, that no message has and, with `before`, none has had since. Blobs that nobody has any more are loose. */
async function removeFree(
  tx: Kysely<DirectoryTables>,
  ids: readonly string[],
  now: number,
  before?: number,
): Promise<number> {
  if (ids.length === 0) return 0;
  const gone = await tx
    .deleteFrom('media')
    .where('id', 'in', ids)
    .$if(before !== undefined, (query) => query.where('free_since', '<=', before!))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('media_references as r').select('r.media').whereRef('r.media', '=', 'media.id'))),
    )
    .returning(['blob', 'thumbnail'])
    .execute();
  const thumbnailOf = new Map(gone.map(({ blob, thumbnail }) => [blob, thumbnail]));
  for (const some of chunks([...thumbnailOf.keys()])) {
    const others = await tx.selectFrom('media').select('blob').where('blob', 'in', some).execute();
    const kept = new Set(others.map(({ blob }) => blob));
    const loose = some
      .filter((blob) => !kept.has(blob))
      .flatMap((blob) => [blob, thumbnailOf.get(blob) ?? null])
      .filter((blob) => blob !== null);
    if (loose.length === 0) continue;
    await tx
      .insertInto('media_loose')
      .values(loose.map((blob) => ({ blob, due_at: now, claimed: 0 })))
      .onConflict((conflict) => conflict.column('blob').doNothing())
      .execute();
  }
  return gone.length;
}
