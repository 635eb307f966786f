import { refusal } from '../../../protocol/errors.ts';
import type { MediaAnswer, MediaQuota, MediaWithUrls } from '../../../protocol/http/media.ts';
import type { MediaContent } from '../../../protocol/media.ts';
import { RefusedError, type Session, type Sessions } from '../session.ts';
import { contentBefore, type FileDescription, type FileFields, fileFieldsIn } from './description.ts';
import { plainBlob, plainStream, type Variant } from './reading.ts';
import { type Requests, requestsOf } from './requests.ts';
import { contentIn, freshEnvelope, sourceIn } from './sealed/envelope.ts';
import { typeOf } from './sealed/type-of.ts';
import { withoutTraces } from './traces/traces.ts';
import { endUpload, type UploadSource, uploadByTus } from './tus.ts';

/** What is said of a file in its message, and whether the server may look into it. */
export interface ShareOptions extends FileDescription {
  signal?: AbortSignal;
  onProgress?(sent: number): void;
}

export interface UploadOptions extends FileFields {
  signal?: AbortSignal;
  /** It is encrypted: nothing of what is in it is said. So many bytes at its end are its thumbnail. */
  sealed?: { thumbnailBytes: number } | undefined;
  /** An upload that was begun earlier goes on. */
  url?: string | null;
  onUrl?(url: string): void | Promise<void>;
  onProgress?(sent: number): void;
}

/** Where a file is fetched, without a token, until then. */
export interface MediaPlaces {
  url: string;
  /** null: there is none. */
  thumbnail: string | null;
  /** By this device’s clock, milliseconds since the Unix epoch. */
  until: number;
}

/** Before a place is not good any more, milliseconds: what begins to fetch it must still come in time. */
const MARGIN_MS = 15_000;
const MOST_KNOWN = 2_000;

/** Files: uploaded, asked about, fetched. `server` is the base URL of the HTTP API. */
export class Media {
  readonly requests: Requests;
  readonly #places = new Map<string, Promise<MediaPlaces>>();

  constructor(options: { server: string; session: Session; sessions: Pick<Sessions, 'stored' | 'refresh'> }) {
    this.requests = requestsOf(options.server, options.sessions, options.session);
  }

  /**
   * Uploads a file in parts.
   * @throws {RefusedError} too_large, quota_exceeded, media_rejected, …; other errors: not reachable, goes on with the `url` it had
   */
  async upload(file: Blob | UploadSource, options: UploadOptions = {}): Promise<MediaAnswer> {
    const source = file instanceof Blob ? partsOf(file) : file;
    const id = await uploadByTus(this.requests, source, { ...options, fields: fieldsOf(options) });
    return this.describe(id, options.signal);
  }

  /**
   * Uploads a file, encrypted where that is wanted, and answers with what a message has of it.
   * @throws {RefusedError} too_large, bad_request, quota_exceeded, …; other errors: not reachable
   */
  async share(file: Blob, options: ShareOptions = {}): Promise<MediaContent> {
    const { caption, encrypt = false, thumbnail, signal, onProgress } = options;
    const tus = { ...(signal === undefined ? {} : { signal }), ...(onProgress ? { onProgress } : {}) };
    if (!encrypt) return contentOf(await this.upload(file, { ...fileFieldsIn(options), ...tus }), caption);
    const clean = await withoutTraces(file);
    const before = contentBefore(clean, options, await typeOf(clean));
    const envelope = await freshEnvelope(thumbnail);
    const { source, thumbnailBytes } = sourceIn(envelope, clean);
    return contentIn(envelope, before, await this.upload(source, { sealed: { thumbnailBytes }, ...tus }));
  }

  /** Gives up an upload that is not finished. */
  async giveUp(url: string): Promise<void> {
    await endUpload(this.requests, url);
  }

  /** @throws {RefusedError} not_found: also of what one may not see */
  async describe(id: string, signal?: AbortSignal): Promise<MediaWithUrls> {
    return (await this.#described(id, signal)).media;
  }

  /** Where it is fetched: asked for once, until that is not good any more. @throws {RefusedError} not_found */
  async places(id: string): Promise<MediaPlaces> {
    const known = this.#places.get(id);
    if (known !== undefined && (await known).until > Date.now()) return known;
    const asked = this.#described(id).then(({ media, answered }): MediaPlaces => {
      const there = (url: string) => new URL(url, `${this.requests.server}/`).href;
      return {
        url: there(media.url),
        thumbnail: media.thumbnail_url === null ? null : there(media.thumbnail_url),
        until: Date.now() + (media.urls_expire - answered) - MARGIN_MS,
      };
    });
    this.#places.delete(id);
    this.#places.set(id, asked);
    asked.catch(() => {
      if (this.#places.get(id) === asked) this.#places.delete(id);
    });
    // The one that was asked for first goes first.
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= MOST_KNOWN) break;
      this.#places.delete(oldest);
    }
    return asked;
  }

  /** The URL of a file, or of the small picture of it; null: there is none. @throws {RefusedError} not_found */
  async url(id: string, { variant = 'content' }: { variant?: Variant } = {}): Promise<string | null> {
    const places = await this.places(id);
    return variant === 'content' ? places.url : places.thumbnail;
  }

  /**
   * The bytes as they are at the server: of what is encrypted see {@link open}.
   * @throws {RefusedError} not_found, or an Error when not reachable
   */
  async download(
    id: string,
    { signal, variant = 'content' }: { signal?: AbortSignal; variant?: Variant } = {},
  ): Promise<Response> {
    const places = await this.places(id);
    const url = variant === 'content' ? places.url : places.thumbnail;
    if (url === null) throw new RefusedError(refusal('not_found', 'there is no thumbnail'));
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status} from ${new URL(url).host}`);
    return response;
  }

  /**
   * The file of a message as it was sent, as it comes: what is encrypted is decrypted, and every part of it has been authenticated before it is
   * given out. The stream errors with {@link DamagedError} where it is not what was sent, also when its end is missing.
   * @throws {RefusedError} not_found, or an Error when not reachable or it cannot be decrypted here
   */
  async open(
    content: MediaContent,
    { signal, variant = 'content' }: { signal?: AbortSignal; variant?: Variant } = {},
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const response = await this.download(content.media, {
      variant,
      ...(signal === undefined ? {} : { signal }),
    });
    return plainStream(response, content, variant);
  }

  /** The same, as one Blob. @throws {DamagedError} and what {@link open} throws */
  async blob(
    content: MediaContent,
    { signal, variant = 'content' }: { signal?: AbortSignal; variant?: Variant } = {},
  ): Promise<Blob> {
    const response = await this.download(content.media, {
      variant,
      ...(signal === undefined ? {} : { signal }),
    });
    return plainBlob(response, content, { variant });
  }

  /** How much one has, and may have. */
  async quota(): Promise<MediaQuota> {
    return (await (await this.requests.ask('/media/quota')).json()) as MediaQuota;
  }

  async #described(id: string, signal?: AbortSignal) {
    const path = `/media/${encodeURIComponent(id)}`;
    const response = await this.requests.ask(path, signal === undefined ? {} : { signal });
    const media = (await response.json()) as MediaWithUrls;
    // By the server’s clock, as its times are; a device’s own may be hours off.
    const date = Date.parse(response.headers.get('date') ?? '');
    return { media, answered: Number.isNaN(date) ? Date.now() : date };
  }
}

const partsOf = (file: Blob): UploadSource => ({
  size: file.size,
  part: async (from, to) => file.slice(from, to),
});

function fieldsOf({ kind, name, durationMs, waveform, sealed }: UploadOptions): Record<string, string> {
  const fields: Record<string, string> = {};
  if (sealed !== undefined) {
    fields.encrypted = 'true';
    if (sealed.thumbnailBytes > 0) fields.thumbnail_bytes = String(sealed.thumbnailBytes);
    return fields;
  }
  if (kind !== undefined) fields.kind = kind;
  if (name !== undefined) fields.name = name;
  if (durationMs !== undefined) fields.duration_ms = String(durationMs);
  if (waveform !== undefined) fields.waveform = waveform.join(',');
  return fields;
}

/** What a message says of a file that has been uploaded. */
export function contentOf(media: MediaAnswer, caption?: string): MediaContent {
  const { id, kind, name, mime, bytes, width, height, duration_ms, waveform, blurhash, thumbnail } = media;
  return {
    type: 'media',
    kind,
    media: id,
    mime,
    bytes,
    ...(caption === undefined || caption === '' ? {} : { text: caption }),
    ...(name === null ? {} : { name }),
    ...(width === null ? {} : { width }),
    ...(height === null ? {} : { height }),
    ...(duration_ms === null ? {} : { duration_ms }),
    ...(waveform === null ? {} : { waveform }),
    ...(blurhash === null ? {} : { blurhash }),
    ...(thumbnail ? { thumbnail } : {}),
  };
}
