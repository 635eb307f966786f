import type { Clock } from '../../platform/clock.ts';
import { Refused } from '../../protocol/errors.ts';
import type { MediaAnswer, MediaQuota, MediaWithUrls } from '../../protocol/http/media.ts';
import type { BlobStore } from './blobs.ts';
import { dispositionOf } from './disposition.ts';
import { dayOf } from './quotas.ts';
import type { MediaSettings } from './settings.ts';
import { type Grant, UrlSigner, type Variant } from './signing.ts';
import type { Media, MediaStore } from './store.ts';

/** What is behind a signed URL. */
export interface Piece {
  blob: string;
  mime: string;
  disposition: string;
  /** Of what is fetched: the same as long as it is there. */
  etag: string;
}

/** Who may have what, and where. */
export interface Library {
  /** For its owner, and for who may read a message that has it; to others there is no such file. @throws {Refused} not_found */
  describe(user: string, id: string): Promise<MediaWithUrls>;
  /** @throws {Refused} not_found when the URL is not ours, not good any more, or what it names is gone */
  open(grant: Grant, signature: string): Promise<Piece>;
  /** Where it is fetched without us; null: here. */
  elsewhere(piece: Piece): Promise<string | null>;
  /** @throws {Refused} not_found also when it is another’s, media_in_use */
  remove(user: string, id: string): Promise<void>;
  quota(user: string): Promise<MediaQuota>;
}

/** Thumbnails are made here, of this; those that come along with encrypted files are opaque. */
const THUMBNAIL_TYPE = 'image/webp';

export function createLibrary(parts: {
  store: MediaStore;
  blobs: BlobStore;
  /** The key that signs tokens, PEM. */
  secret: string;
  settings: Pick<MediaSettings, 'urlMs' | 'baseUrl' | 'quotas' | 'maxBytes'>;
  clock: Clock;
}): Library {
  const { store, blobs, settings, clock } = parts;
  const signer = new UrlSigner(parts.secret);

  function urlOf(grant: Grant): string {
    const query = new URLSearchParams({
      user: grant.user,
      expires: String(grant.expires),
      signature: signer.sign(grant),
    });
    return `${settings.baseUrl}/media/${grant.media}/${grant.variant}?${query}`;
  }

  return {
    async describe(user, id) {
      const now = clock.now();
      // Both are asked whoever asks: how long it takes says nothing.
      const [media, may] = await Promise.all([store.get(id), store.mayFetch(user, id, now)]);
      if (media === null || !may) throw new Refused('not_found');
      // The same URL for a while, so that who asks again has it in a cache.
      const expires = Math.ceil((now + settings.urlMs / 2) / (settings.urlMs / 2)) * (settings.urlMs / 2);
      const url = (variant: Variant) => urlOf({ media: id, variant, user, expires });
      return {
        ...answerOf(media),
        url: url('content'),
        thumbnail_url: media.thumbnail === null ? null : url('thumbnail'),
        urls_expire: expires,
      };
    },

    async open(grant, signature) {
      if (!signer.verify(grant, signature, clock.now())) throw new Refused('not_found');
      const media = await store.get(grant.media);
      if (media === null) throw new Refused('not_found');
      if (grant.variant === 'content') {
        const { blob, mime, sha256 } = media;
        return { blob, mime, disposition: dispositionOf(media), etag: `"${sha256}"` };
      }
      if (media.thumbnail === null) throw new Refused('not_found');
      const mime = media.encrypted ? media.mime : THUMBNAIL_TYPE;
      return {
        blob: media.thumbnail,
        mime,
        disposition: dispositionOf({ mime, name: null }),
        etag: `"${media.thumbnail}"`,
      };
    },

    elsewhere: ({ blob, mime, disposition }) =>
      blobs.link(blob, { goodFor: Math.ceil(settings.urlMs / 1_000), mime, disposition }),

    async remove(user, id) {
      const media = await store.get(id);
      if (media === null || media.owner !== user) throw new Refused('not_found');
      if (!(await store.remove(id, clock.now()))) throw new Refused('media_in_use');
    },

    async quota(user) {
      const { kept, today } = await store.usage(user, dayOf(clock.now()));
      return {
        file_bytes: settings.maxBytes,
        used_bytes: kept,
        most_bytes: settings.quotas.kept,
        today_bytes: today,
        most_today_bytes: settings.quotas.aDay,
      };
    },
  };
}

export function answerOf(media: Media): MediaAnswer {
  const { id, kind, name, mime, bytes, sha256, width, height, waveform, blurhash, encrypted } = media;
  return {
    ...{ id, kind, name, mime, bytes, sha256, width, height, waveform, blurhash, encrypted },
    duration_ms: media.durationMs,
    thumbnail: media.thumbnail !== null,
  };
}
