import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { Refused } from '../../protocol/errors.ts';
import type { UploadFields } from '../../protocol/http/media.ts';
import { folderBlobs } from './blobs.folder.ts';
import { openS3Blobs } from './blobs.s3.ts';
import type { BlobStore } from './blobs.ts';
import { createCarrying, type MediaCarrying } from './carrying.ts';
import { uploadFields } from './fields.ts';
import { createWorkshop } from './images/workshop.ts';
import { type Arrived, receive, WAITING } from './incoming.ts';
import { createIntake, type Intake } from './intake.ts';
import { createLibrary, type Library } from './library.ts';
import { createTus, type Tus } from './resumable/tus.ts';
import { BYTES, NOTES } from './resumable/waiting-uploads.ts';
import { createScan } from './scan.ts';
import { type MediaSettings, mediaSettings } from './settings.ts';
import type { MediaStore } from './store.ts';
import { createMediaSweeper, type MediaSweeper, removeLeftovers, repeating } from './sweeper.ts';
import { createVideoTools } from './video.ts';

export type { MediaCarrying } from './carrying.ts';
export type { Library } from './library.ts';

/** Files: uploaded, kept, given to who may have them, removed. */
export interface MediaService {
  library: Library;
  intake: Intake;
  blobs: BlobStore;
  tus: Tus;
  settings: MediaSettings;
  /** What the rules of messages ask. */
  carrying: MediaCarrying;
  /** Writes what comes to a file of its own. @throws {Refused} too_large, storage_full, unavailable */
  receive(bytes: Readable, most?: number): Promise<Arrived>;
  /** So many bytes were fetched from here. */
  fetched(bytes: number): void;
  /** Others than this server’s pages fetch files: from another origin. */
  behindCdn: boolean;
  /** What an upload says beside its bytes. @throws {Refused} bad_request */
  fieldsOf(text: Readonly<Record<string, string | null>>): UploadFields;
  /** Counts the user’s uploads; the answer ends this one. @throws {Refused} rate_limited */
  begin(user: string): () => void;
  /** Removes what no message has any more: where messages are numbered. */
  sweeper: MediaSweeper;
  /** Removes what uploads left in this process’s folder. */
  tidy: Pick<MediaSweeper, 'start' | 'stop'>;
  close(): Promise<void>;
}

/** Until one that takes its time ends: about as long as it takes. */
const RETRY_MS = 5_000;
const TIDY_EVERY_MS = 3_600_000;

export function createMediaService(parts: {
  config: Pick<Config, 'media' | 'http'>;
  store: MediaStore;
  /** The data folder. */
  folder: string;
  /** The key that signs tokens, PEM. */
  secret: string;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
}): MediaService {
  const { config, store, secret, clock, logger, metrics } = parts;
  const settings = mediaSettings(config);
  const { media } = config;
  const blobs =
    media.s3 === ''
      ? folderBlobs(media.folder === '' ? join(parts.folder, 'media') : media.folder)
      : openS3Blobs(media);
  const folder = media.uploadFolder === '' ? join(parts.folder, 'uploads') : media.uploadFolder;
  const workshop = createWorkshop(settings.image);
  const intake = createIntake({
    ...{ store, blobs, folder, workshop, settings, clock, metrics },
    video: createVideoTools(settings.ffmpeg, settings.videoMs),
    scan: createScan(settings.scan, settings.scanMs),
  });
  const underWay = new Map<string, number>();

  async function tidy(): Promise<void> {
    const before = Date.now() - settings.uploadMs;
    for (const ending of [WAITING, BYTES, NOTES]) await removeLeftovers(folder, ending, before);
  }

  return {
    library: createLibrary({ store, blobs, secret, settings, clock }),
    intake,
    blobs,
    tus: createTus({ folder, intake, fieldsOf: uploadFields, settings, now: () => clock.now() }),
    settings,
    carrying: createCarrying({ store, clock }),
    receive: (bytes, most = settings.maxBytes) => receive(folder, bytes, most),
    fetched: (bytes) => metrics?.media_bytes_total.labels('out').inc(bytes),
    behindCdn: media.cdnUrl !== '',
    fieldsOf: uploadFields,
    begin(user) {
      const count = underWay.get(user) ?? 0;
      if (count >= settings.uploadsAtOnce) throw new Refused('rate_limited', 'uploads at once', RETRY_MS);
      underWay.set(user, count + 1);
      return () => {
        const left = (underWay.get(user) ?? 1) - 1;
        if (left === 0) underWay.delete(user);
        else underWay.set(user, left);
      };
    },
    sweeper: createMediaSweeper({ store, blobs, settings, clock, logger, metrics }),
    tidy: repeating(tidy, TIDY_EVERY_MS, logger),
    async close() {
      workshop.close();
      await blobs.close();
    },
  };
}
