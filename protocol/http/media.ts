import Type, { type Static, type TSchema } from 'typebox';
import { Id, Time } from '../ids.ts';
import {
  DurationMs,
  FileName,
  MAX_THUMBNAIL_BYTES,
  MediaBytes,
  MediaKind,
  media,
  Waveform,
} from '../media.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What an upload may say beside the file, as fields of the form or as metadata of tus: all of it text. */
export const UploadFields = Type.Object(
  {
    kind: Type.Optional(
      Type.Unsafe<MediaKind>({
        ...MediaKind,
        description: 'wanted: it is shown as this, where its bytes allow it',
      }),
    ),
    name: Type.Optional(FileName),
    duration_ms: Type.Optional(DurationMs),
    waveform: Type.Optional(Waveform),
    integrity: Type.Optional(
      Type.String({
        pattern: '^sha256-[A-Za-z0-9+/]{43}=$',
        description:
          'what must arrive, without the thumbnail: `sha256-` and the digest in base64, as of Subresource Integrity',
      }),
    ),
    encrypted: Type.Optional(
      Type.Boolean({
        description: 'stored as it comes: no look inside, no thumbnail but the one that comes along',
      }),
    ),
    thumbnail_bytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_THUMBNAIL_BYTES,
        description:
          'of an encrypted file that is uploaded by tus: so many bytes at the end of the upload are its thumbnail, encrypted too',
      }),
    ),
  },
  closed,
);
const { thumbnail_bytes: _, ...formFields } = UploadFields.properties;
export type UploadFields = Static<typeof UploadFields>;

export const MediaAnswer = Type.Object(media, { title: 'Media' });
export type MediaAnswer = Static<typeof MediaAnswer>;
export const MediaWithUrls = Type.Object(
  {
    ...media,
    url: Type.String({ description: 'where to fetch it, until `urls_expire`, without a token' }),
    thumbnail_url: orNull(Type.String()),
    urls_expire: Time,
  },
  { title: 'MediaWithUrls' },
);
export type MediaWithUrls = Static<typeof MediaWithUrls>;
export const MediaQuota = Type.Object(
  {
    file_bytes: Type.Integer({ minimum: 0, description: 'most that one file may have' }),
    used_bytes: Type.Integer({ minimum: 0 }),
    most_bytes: orNull(Type.Integer({ description: 'null: no limit' })),
    today_bytes: Type.Integer({ minimum: 0, description: 'uploaded since midnight UTC' }),
    most_today_bytes: orNull(Type.Integer()),
  },
  { title: 'MediaQuota' },
);
export type MediaQuota = Static<typeof MediaQuota>;
export const UploadState = Type.Object(
  { id: Type.String(), offset: MediaBytes, bytes: MediaBytes, expires: Time },
  { title: 'UploadState' },
);

export const SignedQuery = Type.Object(
  { user: Id, expires: Time, signature: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) },
  closed,
);
export const UploadParams = Type.Object({ upload: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, closed);
export const MediaParams = Type.Object({ media: Id }, closed);

const form = {
  tag: 'media',
  auth: 'bearer',
  params: null,
  query: null,
  body: null,
  status: 200,
  media: JSON_MEDIA,
  command: null,
} as const;
const send = ['messages.send'] as const;
const read = ['messages.read'] as const;
const ofOne = { ...form, params: MediaParams } as const;
const file = {
  ...ofOne,
  method: 'GET',
  auth: 'none',
  query: SignedQuery,
  media: 'application/octet-stream',
} as const;
const bytes = Type.String({ description: 'the bytes' });
const uploading = [
  'too_large',
  'quota_exceeded',
  'daily_quota_exceeded',
  'storage_full',
  'bad_request',
] as const;
const whole = [...uploading, 'media_rejected', 'integrity_failed'] as const;
const tus = ['upload_protocol', 'not_found', 'bad_request'] as const;

export const mediaRoutes = {
  uploadMedia: {
    ...form,
    method: 'POST',
    path: '/media/upload',
    summary:
      'Uploads a file in one request. A message with its id gives it to those who may read the message.',
    stream: {
      'multipart/form-data': Type.Object(
        {
          file: Type.String({ contentMediaType: 'application/octet-stream' }),
          thumbnail: Type.Optional(
            Type.String({
              contentMediaType: 'application/octet-stream',
              description: 'of an encrypted file, encrypted too',
            }),
          ),
          ...formFields,
        },
        closed,
      ),
    },
    status: 201,
    answer: MediaAnswer,
    codes: whole,
    need: send,
  },
  mediaQuota: {
    ...form,
    method: 'GET',
    path: '/media/quota',
    summary: 'How much one has, and may have.',
    answer: MediaQuota,
    codes: [],
    need: send,
  },
  createUpload: {
    ...form,
    method: 'POST',
    path: '/media/uploads',
    summary:
      'Begins a resumable upload (tus 1.0: creation); `Upload-Metadata` carries the fields of an upload.',
    stream: { 'application/offset+octet-stream': bytes },
    status: 201,
    answer: null,
    codes: [...whole, 'upload_protocol', 'checksum_mismatch'],
    need: send,
  },
  uploadState: {
    ...form,
    method: 'GET',
    path: '/media/uploads/{upload}',
    summary: 'How far an upload has come; of HEAD the headers that tus has for it.',
    params: UploadParams,
    answer: UploadState,
    codes: tus,
    need: send,
  },
  continueUpload: {
    ...form,
    method: 'PATCH',
    path: '/media/uploads/{upload}',
    summary:
      'Goes on with an upload. The last part is answered with `Media-Id`, which names the file in messages.',
    params: UploadParams,
    stream: { 'application/offset+octet-stream': bytes },
    status: 204,
    answer: null,
    codes: [...whole, ...tus, 'upload_conflict', 'upload_busy', 'checksum_mismatch'],
    need: send,
  },
  endUpload: {
    ...form,
    method: 'DELETE',
    path: '/media/uploads/{upload}',
    summary: 'Gives an upload up (tus 1.0: termination).',
    params: UploadParams,
    status: 204,
    answer: null,
    codes: [...tus, 'upload_busy'],
    need: send,
  },
  describeMedia: {
    ...ofOne,
    method: 'GET',
    path: '/media/{media}',
    summary:
      'What it is, and where to fetch it: for its owner, and for whoever may read a message that has it.',
    answer: MediaWithUrls,
    codes: ['not_found'],
    need: read,
  },
  removeMedia: {
    ...ofOne,
    method: 'DELETE',
    path: '/media/{media}',
    summary: 'Removes a file of one’s own that no message has.',
    status: 204,
    answer: null,
    codes: ['not_found', 'media_in_use', 'storage_full'],
    need: send,
  },
  mediaContent: {
    ...file,
    path: '/media/{media}/content',
    summary: 'The bytes, also in ranges; by the URL that the description has.',
    answer: bytes,
    codes: ['not_found', 'bad_request', 'range_not_satisfiable'],
  },
  mediaThumbnail: {
    ...file,
    path: '/media/{media}/thumbnail',
    summary: 'A small picture of it; by the URL that the description has.',
    answer: bytes,
    codes: ['not_found', 'bad_request', 'range_not_satisfiable'],
  },
} as const satisfies Record<string, Route>;
