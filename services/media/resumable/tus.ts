import { link, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Server } from '@tus/server';
import { Refused } from '../../../protocol/errors.ts';
import type { UploadFields } from '../../../protocol/http/media.ts';
import { type Arrived, arrivedAt, freshPath, tooLarge } from '../incoming.ts';
import type { Intake } from '../intake.ts';
import { WaitingUploads } from './waiting-uploads.ts';

export interface TusRequest {
  method: 'POST' | 'HEAD' | 'PATCH' | 'DELETE';
  /** Of an upload; null: one is to be made. */
  upload: string | null;
  headers: Readonly<Record<string, string>>;
  body: Readable;
}

export interface TusAnswer {
  status: number;
  headers: Record<string, string>;
}

/** Resumable uploads: tus 1.0 with creation, creation-with-upload, termination, expiration and checksum. */
export interface Tus {
  /** What it can, as `OPTIONS` would say it. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * @param user an upload of somebody else’s is none
   * @throws {Refused} not_found, bad_request, too_large, upload_protocol, upload_conflict, upload_busy, and what {@link Intake.take} refuses with
   */
  handle(user: string, request: TusRequest): Promise<TusAnswer>;
  /** How far an upload has come. @throws {Refused} not_found */
  state(
    user: string,
    upload: string,
  ): Promise<{ id: string; offset: number; bytes: number; expires: number }>;
}

const VERSION = '1.0.0';
const ALGORITHMS = ['sha256', 'sha1'];
const CHECKSUM = /^(sha256|sha1) [A-Za-z0-9+/]{27,44}={0,2}$/;
const PATH = '/media/uploads';
const RETRY_MS = 1_000;

export function createTus(parts: {
  /** Of what is being uploaded. */
  folder: string;
  intake: Intake;
  /** @throws {Refused} bad_request */
  fieldsOf(text: Readonly<Record<string, string | null>>): UploadFields;
  settings: { maxBytes: number; uploadMs: number; resumableUploads: number };
  now(): number;
}): Tus {
  const { folder, intake, fieldsOf, settings } = parts;
  const { maxBytes } = settings;
  const uploads = new WaitingUploads(folder, settings.uploadMs, parts.now);
  /** One request at a time writes to an upload; what finishes is waited for by all. */
  const busy = new Set<string>();
  const finishing = new Map<string, Promise<string>>();

  const server = new Server({
    path: PATH,
    datastore: uploads,
    maxSize: maxBytes,
    relativeLocation: true,
    namingFunction: (request) => WaitingUploads.idFor(request.headers.get('dunlin-user')!),
    async onUploadFinish(_request, { id }) {
      return { headers: { 'Media-Id': await finish(id) } };
    },
    onResponseError(request, error) {
      if (error instanceof Error) failures.set(request, error);
      return undefined;
    },
  });
  /** What is told to the server of tus as text is told to clients as a code. */
  const failures = new WeakMap<object, Error>();

  /** Makes it a file, once. What can be tried again leaves it as it was. */
  function finish(id: string): Promise<string> {
    const running = finishing.get(id) ?? becomeFile(id).finally(() => finishing.delete(id));
    finishing.set(id, running);
    return running;
  }

  async function becomeFile(id: string): Promise<string> {
    const done = await uploads.mediaOf(id);
    if (done !== null) return done;
    const { metadata } = await uploads.getUpload(id);
    const owner = ownerIn(id);
    try {
      const fields = fieldsOf(metadata ?? {});
      const { file, thumbnail } = await arrived(uploads.path(id), fields.thumbnail_bytes ?? 0);
      const media = await intake.take(owner, file, fields, thumbnail);
      await uploads.finished(id, media.id);
      return media.id;
    } catch (error) {
      if (error instanceof Refused && !error.refusal.retry) await uploads.remove(id);
      throw error;
    }
  }

  /** Under another name, which is the intake’s to remove. @param tail bytes of the thumbnail at its end */
  async function arrived(source: string, tail: number): Promise<{ file: Arrived; thumbnail?: Arrived }> {
    const path = await freshPath(folder);
    await link(source, path);
    const { size } = await stat(path);
    if (tail === 0) return { file: await arrivedAt(path, size) };
    // Both are parts of the one file: nothing is copied, and the upload stays as it came.
    const bytes = size - tail;
    return { file: await arrivedAt(path, bytes, 0), thumbnail: await arrivedAt(path, tail, bytes) };
  }

  async function begin(user: string, headers: TusRequest['headers']): Promise<void> {
    const length = Number(headers['upload-length']);
    if (!Number.isSafeInteger(length) || length < 0)
      throw new Refused('bad_request', 'upload-length: a whole number');
    if (length > maxBytes) throw tooLarge(maxBytes);
    // Before anything comes: what cannot become a file is not begun.
    const { thumbnail_bytes = 0 } = fieldsOf(metadataIn(headers['upload-metadata'] ?? ''));
    if (thumbnail_bytes > 0 && thumbnail_bytes >= length)
      throw new Refused('bad_request', '/thumbnail_bytes: the file comes before it');
    await intake.room(user, length);
    if ((await uploads.countOf(user)) >= settings.resumableUploads)
      throw new Refused('rate_limited', 'uploads that are not finished', RETRY_MS);
  }

  async function handle(user: string, asked: TusRequest): Promise<TusAnswer> {
    const { method, upload, headers } = asked;
    if (headers['tus-resumable'] !== VERSION)
      throw new Refused('upload_protocol', `tus-resumable: ${VERSION}`);
    if (upload === null) await begin(user, headers);
    else if (!WaitingUploads.isOf(user, upload)) throw new Refused('not_found');
    const checksum = headers['upload-checksum'] ?? null;
    if (checksum !== null && !CHECKSUM.test(checksum))
      throw new Refused(
        'bad_request',
        `upload-checksum: ${ALGORITHMS.join(' or ')}, and the digest in base64`,
      );
    if (method === 'PATCH' && !/^\d{1,16}$/.test(headers['upload-offset'] ?? ''))
      throw new Refused('bad_request', 'upload-offset: a whole number');

    const request = webRequest(user, asked);
    const answer = await alone(method === 'HEAD' ? null : upload, () =>
      uploads.checksum.run(checksum, () => server.handleWeb(request as never)),
    );
    if (answer.status >= 400) throw refusalOf(answer.status, failures.get(request), maxBytes);
    const told = Object.fromEntries(answer.headers);
    for (const name of Object.keys(told)) if (name.startsWith('access-control-')) delete told[name];
    if (method === 'HEAD' && told['upload-offset'] === told['upload-length'])
      told['media-id'] = await finish(upload!);
    return { status: answer.status, headers: told };
  }

  async function alone<T>(upload: string | null, work: () => Promise<T>): Promise<T> {
    if (upload === null) return work();
    if (busy.has(upload)) throw new Refused('upload_busy', undefined, RETRY_MS);
    busy.add(upload);
    try {
      return await work();
    } finally {
      busy.delete(upload);
    }
  }

  return {
    headers: {
      'tus-resumable': VERSION,
      'tus-version': VERSION,
      'tus-extension': 'creation,creation-with-upload,termination,expiration,checksum',
      'tus-checksum-algorithm': ALGORITHMS.join(','),
      'tus-max-size': String(maxBytes),
    },
    handle,
    async state(user, id) {
      if (!WaitingUploads.isOf(user, id)) throw new Refused('not_found');
      const {
        size = 0,
        offset,
        creation_date,
      } = await uploads.getUpload(id).catch(() => {
        throw new Refused('not_found');
      });
      return { id, offset, bytes: size, expires: Date.parse(creation_date!) + settings.uploadMs };
    },
  };
}

/** The user’s id, with which the upload’s begins. */
const ownerIn = (id: string) =>
  id.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function webRequest(user: string, { method, upload, headers, body }: TusRequest): Request {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith('upload-') || name === 'content-type' || name === 'content-length')
      given.set(name, value);
  given.set('tus-resumable', VERSION);
  given.set('dunlin-user', user);
  const url = `http://localhost${PATH}${upload === null ? '' : `/${upload}`}`;
  const carries = method === 'POST' || method === 'PATCH';
  return new Request(url, {
    method,
    headers: given,
    ...(carries ? { body: Readable.toWeb(body) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit);
}

/** `Upload-Metadata`: names, each with a space and a value in base64 behind it, and commas between. @throws {Refused} bad_request */
function metadataIn(header: string): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  if (header === '') return found;
  for (const pair of header.split(',')) {
    const [name, value, more] = pair.trim().split(' ');
    if (!name || more !== undefined || Object.hasOwn(found, name))
      throw new Refused('bad_request', 'upload-metadata: names with values in base64');
    found[name] = value === undefined ? null : Buffer.from(value, 'base64').toString('utf8');
  }
  return found;
}

function refusalOf(status: number, cause: Error | undefined, most: number): Refused {
  if (cause instanceof Refused) return cause;
  switch (status) {
    case 404:
    case 410:
      return new Refused('not_found');
    case 409:
      return new Refused('upload_conflict', 'upload-offset');
    case 413:
      return tooLarge(most);
    case 500:
      return new Refused('unavailable', 'media', RETRY_MS, { cause });
    default:
      return new Refused('bad_request', 'not as tus 1.0 has it');
  }
}
