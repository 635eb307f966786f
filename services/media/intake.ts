import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../../platform/clock.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { Refused } from '../../protocol/errors.ts';
import type { UploadFields } from '../../protocol/http/media.ts';
import type { BlobStore } from './blobs.ts';
import { discard, type Examined, type Examiners, examine, opaque } from './examining.ts';
import { type Arrived, bytesOf } from './incoming.ts';
import { dayOf, refuseAbove } from './quotas.ts';
import type { Scan } from './scan.ts';
import type { MediaSettings } from './settings.ts';
import type { Media, MediaStore, Substance } from './store.ts';
import { kindOf } from './types.ts';

export interface IntakeParts extends Examiners {
  store: MediaStore;
  blobs: BlobStore;
  /** Null: nobody looks. */
  scan: Scan | null;
  settings: Pick<MediaSettings, 'quotas' | 'orphanMs'>;
  clock: Clock;
  metrics?: Metrics | undefined;
}

export interface Intake {
  /** Whether there is room for so many bytes more, as far as is known before they come. @throws {Refused} quota_exceeded, daily_quota_exceeded */
  room(owner: string, bytes: number): Promise<void>;
  /**
   * Makes what has arrived a file of the owner’s: looked at, cleaned, stored. What arrived is removed, whatever becomes of it.
   * @param thumbnail of an encrypted file
   * @throws {Refused} bad_request, integrity_failed, media_rejected, quota_exceeded, daily_quota_exceeded, storage_full, unavailable, overloaded
   */
  take(owner: string, file: Arrived, fields: UploadFields, thumbnail?: Arrived): Promise<Media>;
}

export function createIntake(parts: IntakeParts): Intake {
  const { store, blobs, scan, settings, clock, metrics } = parts;

  async function room(owner: string, bytes: number): Promise<void> {
    const { kept, aDay } = settings.quotas;
    if (kept === null && aDay === null) return;
    const now = clock.now();
    const used = await store.usage(owner, dayOf(now));
    refuseAbove({ kept: used.kept + bytes, today: used.today + bytes }, settings.quotas, now);
  }

  async function take(
    owner: string,
    file: Arrived,
    fields: UploadFields,
    thumbnail?: Arrived,
  ): Promise<Media> {
    checkIntegrity(file, fields.integrity);
    const encrypted = fields.encrypted === true;
    if (thumbnail !== undefined && !encrypted)
      throw new Refused('bad_request', '/thumbnail: only of an encrypted file');

    // The same again needs no second look; of an encrypted one the thumbnail may be another.
    const known = thumbnail === undefined ? await store.known(owner, file.sha256, encrypted) : null;
    const again = known === null ? null : await add(owner, file, fields, known, file.bytes);
    if (again !== null) return again;

    await room(owner, arriving(file, thumbnail));
    if (!encrypted) await scan?.(file.path);
    const examined = encrypted ? opaque(fields.kind ?? 'document') : await examine(parts, file.path);
    try {
      const substance = await keep(file, examined, thumbnail);
      const came = arriving(file, thumbnail);
      const media = await add(owner, file, fields, substance, came).catch(async (error) => {
        // It is certain that nobody refers to them, and the next may come at once.
        if (isQuota(error)) for (const blob of namesOf(substance)) await blobs.delete(blob).catch(() => {});
        throw error;
      });
      if (media !== null) return media;
      throw new Refused('unavailable', 'it took longer than what is unfinished is kept');
    } finally {
      await discard(examined.path, examined.thumbnail);
    }
  }

  /** Its bytes are durable before anybody is told of it. */
  async function keep(
    file: Arrived,
    { path, thumbnail: made, ...what }: Examined,
    brought?: Arrived,
  ): Promise<Substance> {
    const small = made === null ? (brought ?? null) : { path: made, bytes: (await stat(made)).size };
    const { bytes, sha256 } = path === null ? file : await measured(path);
    const substance = { ...what, bytes, sha256, blob: uuidv7(), thumbnail: small === null ? null : uuidv7() };
    await store.begin(namesOf(substance), clock.now() + settings.orphanMs);
    await blobs.put(substance.blob, path === null ? bytesOf(file) : createReadStream(path), bytes);
    if (small !== null) await blobs.put(substance.thumbnail!, bytesOf(small), small.bytes);
    return substance;
  }

  /**
   * Null: its bytes are not there any more.
   * @param came bytes that were uploaded for it
   */
  async function add(
    owner: string,
    file: Arrived,
    fields: UploadFields,
    substance: Substance,
    came: number,
  ): Promise<Media | null> {
    const { mime, kind, durationMs } = substance;
    const encrypted = fields.encrypted === true;
    const now = clock.now();
    const media: Media = {
      ...substance,
      ...{ id: uuidv7(), owner, encrypted, uploaded: file.sha256, createdAt: now },
      kind: encrypted ? (fields.kind ?? kind) : kindOf(mime, fields.kind),
      name: fields.name ?? null,
      durationMs: durationMs ?? fields.duration_ms ?? null,
      waveform: fields.waveform ?? null,
    };
    if (!(await store.add(media, came, dayOf(now), settings.quotas))) return null;
    metrics?.media_uploads_total.labels(media.kind).inc();
    metrics?.media_bytes_total.labels('in').inc(came);
    return media;
  }

  return {
    room,
    async take(owner, file, fields, thumbnail) {
      try {
        return await take(owner, file, fields, thumbnail);
      } finally {
        await discard(file.path, thumbnail?.path ?? null);
      }
    },
  };
}

/** Bytes of an upload: what comes along is of it too. */
const arriving = (file: Arrived, thumbnail: Arrived | undefined) => file.bytes + (thumbnail?.bytes ?? 0);

const namesOf = ({ blob, thumbnail }: Substance) => [blob, thumbnail].filter((name) => name !== null);

const isQuota = (error: unknown) =>
  error instanceof Refused && /^(daily_)?quota_exceeded$/.test(error.refusal.code);

/** @param integrity `sha256-` and the digest in base64 @throws {Refused} integrity_failed */
function checkIntegrity({ sha256 }: Arrived, integrity: string | undefined): void {
  if (integrity === undefined) return;
  // Nothing secret is compared: who sends it knows the bytes.
  if (integrity !== `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`)
    throw new Refused('integrity_failed', 'integrity');
}

async function measured(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
