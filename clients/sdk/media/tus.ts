import { RefusedError } from '../session.ts';
import type { Requests } from './requests.ts';

const PATH = '/media/uploads';
const TUS = { 'tus-resumable': '1.0.0' } as const;
/** A part is as large as what goes out in about this time, milliseconds: progress moves, and what is lost with a connection is little. */
const PART_MS = 1_000;
const LEAST_PART = 64 * 1_024;
const FIRST_PART = 256 * 1_024;
const MOST_PART = 8 * 1_024 * 1_024;

/** What is uploaded: the same bytes however often they are asked for. */
export interface UploadSource {
  /** Bytes. */
  readonly size: number;
  /** From one byte to before another. */
  part(from: number, to: number): Promise<Blob | Uint8Array<ArrayBuffer>>;
}

export interface TusOptions {
  /** What is said beside the file, as text. */
  fields: Readonly<Record<string, string>>;
  /** Of an upload that was begun earlier; null: a new one. */
  url?: string | null;
  signal?: AbortSignal;
  /** It has begun, and can be gone on with under this. Waited for. */
  onUrl?(url: string): void | Promise<void>;
  /** So many bytes are there. */
  onProgress?(sent: number): void;
}

/**
 * Uploads a file in parts, from where an earlier upload of it ended (tus 1.0: creation, HEAD, PATCH). Resolves with the id of the file.
 * @throws {RefusedError}, what the signal was aborted with, or an Error when the connection is gone: goes on when called again
 */
export async function uploadByTus(
  requests: Requests,
  file: UploadSource,
  { fields, url = null, signal, onUrl = () => {}, onProgress = () => {} }: TusOptions,
): Promise<string> {
  const ask = (path: string, options: RequestInit) =>
    requests.ask(path, {
      ...options,
      headers: { ...TUS, ...(options.headers as Record<string, string>) },
      ...(signal === undefined ? {} : { signal }),
    });

  let place = url === null ? null : await whereIs(ask, url);
  if (place === null) {
    const made = await ask(PATH, {
      method: 'POST',
      headers: { 'upload-length': String(file.size), ...metadata(fields) },
    });
    const path = pathIn(made.headers.get('location'), requests.server);
    const media = made.headers.get('media-id');
    if (media !== null) return media; // it was empty
    await onUrl(path);
    place = { path, offset: 0, media: null };
  }
  let { path, offset, media } = place;
  onProgress(offset);
  let part = FIRST_PART;
  // Also what is there to its last byte and was not told: an empty part asks for it.
  while (media === null) {
    const begun = performance.now();
    const answer = await ask(path, {
      method: 'PATCH',
      headers: { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: await file.part(offset, offset + part),
    });
    const reached = Number(answer.headers.get('upload-offset'));
    if (!Number.isSafeInteger(reached) || reached < offset || reached > file.size)
      throw new Error('the upload is somewhere else');
    media = answer.headers.get('media-id');
    if (reached === offset && media === null) throw new Error('the upload does not go on');
    offset = reached;
    onProgress(offset);
    const took = performance.now() - begun;
    if (took < PART_MS / 2) part = Math.min(part * 2, MOST_PART);
    else if (took > PART_MS * 2) part = Math.max(part >> 1, LEAST_PART);
  }
  return media;
}

/** Gives an upload up. */
export async function endUpload(requests: Requests, url: string): Promise<void> {
  await requests.ask(url, { method: 'DELETE', headers: TUS });
}

type Ask = (path: string, options: RequestInit) => Promise<Response>;

/** How far it has come; null: there is no such upload any more. */
async function whereIs(ask: Ask, path: string) {
  try {
    const { headers } = await ask(path, { method: 'HEAD' });
    return { path, offset: Number(headers.get('upload-offset')), media: headers.get('media-id') };
  } catch (error) {
    if (error instanceof RefusedError && error.refusal.code === 'not_found') return null;
    throw error;
  }
}

/** Of this server, and of nothing else: what carries the device’s token. */
function pathIn(location: string | null, server: string): string {
  // Where the server is behind a path of a proxy its own paths do not have that.
  const path = location === null ? '' : new URL(location, `${server}/`).pathname;
  const id = /\/media\/uploads\/([0-9a-f]+)$/.exec(path)?.[1];
  if (id === undefined) throw new Error('the server did not say where to upload to');
  return `${PATH}/${id}`;
}

/** `Upload-Metadata`: names, each with its value in base64; without any there is no such header. */
function metadata(fields: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(fields).map(([name, value]) => `${name} ${base64(value)}`);
  return pairs.length === 0 ? {} : { 'upload-metadata': pairs.join(',') };
}

function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
