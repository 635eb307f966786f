import { type Kysely, SqliteAdapter } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import { refuseAbove } from '../quotas.ts';
import type { Media, MediaStore, Substance } from '../store.ts';
import type { MediaRow } from '../tables.ts';

type Adding = Pick<MediaStore, 'begin' | 'known' | 'add' | 'get' | 'usage'>;

export function adding(db: Kysely<DirectoryTables>): Adding {
  return {
    async begin(blobs, until) {
      await db
        .insertInto('media_loose')
        .values(blobs.map((blob) => ({ blob, due_at: until, claimed: 0 })))
        .execute();
    },

    async known(owner, uploaded, encrypted) {
      const row = await db
        .selectFrom('media')
        .selectAll()
        .where('owner', '=', owner)
        .where('uploaded', '=', uploaded)
        .where('encrypted', '=', encrypted ? 1 : 0)
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : substanceOf(fromRow(row));
    },

    async add(media, uploadedBytes, day, quotas) {
      const adding = db.transaction().execute(async (tx) => {
        // First, as it holds what this owner adds apart from what the same owner adds at the same time.
        const { bytes: today } = await tx
          .insertInto('media_days')
          .values({ owner: media.owner, day, bytes: uploadedBytes })
          .onConflict((conflict) =>
            conflict
              .columns(['owner', 'day'])
              .doUpdateSet((eb) => ({ bytes: eb('media_days.bytes', '+', eb.ref('excluded.bytes')) })),
          )
          .returning('bytes')
          .executeTakeFirstOrThrow();
        if (!(await takeBlobs(tx, media))) throw new BlobsAreGone();
        await tx
          .insertInto('media')
          .values({ ...toRow(media), free_since: media.createdAt })
          .execute();
        const kept = await keptBytes(tx, media.owner);
        refuseAbove({ kept, today: Number(today) }, quotas, media.createdAt);
      });
      try {
        await adding;
        return true;
      } catch (error) {
        if (error instanceof BlobsAreGone) return false;
        throw error;
      }
    },

    async get(id) {
      const row = await db.selectFrom('media').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async usage(owner, day) {
      const row = await db
        .selectFrom('media_days')
        .select('bytes')
        .where('owner', '=', owner)
        .where('day', '=', day)
        .executeTakeFirst();
      return { kept: await keptBytes(db, owner), today: Number(row?.bytes ?? 0) };
    },
  };
}

/** Undoes what was written for the file. */
class BlobsAreGone extends Error {}

function substanceOf({
  blob,
  thumbnail,
  sha256,
  bytes,
  mime,
  kind,
  width,
  height,
  durationMs,
  blurhash,
}: Media): Substance {
  return { blob, thumbnail, sha256, bytes, mime, kind, width, height, durationMs, blurhash };
}

/** Makes the blobs those of a file: from among those that were begun, or by the file that has them already, which is held meanwhile. */
async function takeBlobs(tx: Kysely<DirectoryTables>, { owner, blob, thumbnail }: Media): Promise<boolean> {
  const there = tx.selectFrom('media').select('id').where('blob', '=', blob).where('owner', '=', owner);
  const sqlite = tx.getExecutor().adapter instanceof SqliteAdapter;
  const rows = await there.$if(!sqlite, (query) => query.forNoKeyUpdate()).execute();
  if (rows.length > 0) return true;
  const blobs = thumbnail === null ? [blob] : [blob, thumbnail];
  const { numDeletedRows } = await tx
    .deleteFrom('media_loose')
    .where('blob', 'in', blobs)
    .where('claimed', '=', 0)
    .executeTakeFirst();
  return Number(numDeletedRows) === blobs.length;
}

async function keptBytes(db: Kysely<DirectoryTables>, owner: string): Promise<number> {
  const once = db.selectFrom('media').select(['blob', 'bytes']).distinct().where('owner', '=', owner);
  const { sum } = await db
    .selectFrom(once.as('once'))
    .select((eb) => eb.fn.sum<number | null>('bytes').as('sum'))
    .executeTakeFirstOrThrow();
  return Number(sum ?? 0);
}

function toRow({ durationMs, waveform, encrypted, createdAt, ...same }: Media): Omit<MediaRow, 'free_since'> {
  return {
    ...same,
    duration_ms: durationMs,
    waveform: waveform === null ? null : waveform.join(' '),
    encrypted: encrypted ? 1 : 0,
    created_at: createdAt,
  };
}

function fromRow({ duration_ms, waveform, encrypted, created_at, free_since: _, ...same }: MediaRow): Media {
  return {
    ...same,
    durationMs: duration_ms,
    waveform: waveform === null ? null : waveform.split(' ').map(Number),
    encrypted: encrypted === 1,
    createdAt: created_at,
  };
}
