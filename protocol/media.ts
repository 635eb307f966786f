import Type, { type Static, type TSchema } from 'typebox';
import { idOf } from './ids.ts';
import { MAX_CONTENT_BYTES } from './limits.ts';

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Most bytes that any server can be set to take as one file: 2 GiB. */
export const MAX_MEDIA_BYTES = 2_147_483_648;
/** Longer edge of a picture, pixels. */
const MAX_EDGE = 100_000;

export const mediaKinds = ['image', 'video', 'audio', 'voice', 'document'] as const;
export type MediaKind = (typeof mediaKinds)[number];
export const MediaKind = Type.Union(
  mediaKinds.map((kind) => Type.Literal(kind)),
  { description: 'how it is shown' },
) as unknown as ReturnType<typeof Type.Unsafe<MediaKind>>;

export const MediaType = Type.String({
  pattern: '^[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}$',
  maxLength: 127,
  description: 'of what is fetched (RFC 6838), e.g. image/jpeg',
});
export const FileName = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'the name of the file, for people',
});
export const MediaBytes = Type.Integer({ minimum: 0, maximum: MAX_MEDIA_BYTES });
export const Pixels = Type.Integer({ minimum: 1, maximum: MAX_EDGE });
export const DurationMs = Type.Integer({ minimum: 0, maximum: 86_400_000, description: 'milliseconds' });
export const Waveform = Type.Array(Type.Integer({ minimum: 0, maximum: 31 }), {
  minItems: 1,
  maxItems: 64,
  description: 'how loud it is, from beginning to end',
});
/** Of base 83; the longest has 9 × 9 components. */
export const BlurHash = Type.String({
  pattern: '^[0-9A-Za-z#$%*+,.:;=?@\\[\\]^_{|}~-]{6,167}$',
  maxLength: 167,
  description: 'what to show until it is there',
});

/** Most bytes of a thumbnail that comes along with an encrypted file: 1 MiB. */
export const MAX_THUMBNAIL_BYTES = 1_048_576;

export const MediaKey = Type.String({
  pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$',
  description: 'a key of 32 bytes, base64url without padding (RFC 4648 §5): never used for anything else',
});

/** How a file is encrypted, and what is needed to read it; see docs/MEDIA.md. */
export const MediaSeal = Type.Object(
  {
    scheme: Type.Literal('chacha20-poly1305-stream-64k', {
      description:
        'ChaCha20-Poly1305 over chunks of 64 KiB, as the payload of an age file (c2sp.org/age, “Payload”) without its nonce',
    }),
    key: MediaKey,
    bytes: Type.Integer({
      minimum: 1,
      maximum: MAX_MEDIA_BYTES,
      description: 'of the file itself: what is decrypted behind them is padding',
    }),
    thumbnail: optional(
      Type.Object(
        {
          key: MediaKey,
          bytes: Type.Integer({ minimum: 1, maximum: MAX_THUMBNAIL_BYTES }),
          mime: MediaType,
        },
        { ...closed, description: 'of the thumbnail, which is encrypted the same way' },
      ),
    ),
  },
  {
    ...closed,
    description:
      'of a file that the server cannot read: what its readers need to decrypt it. What the message says of it then is its sender’s word; only `bytes` is of what is fetched',
  },
);
export type MediaSeal = Static<typeof MediaSeal>;

/** What every description of a file has: in messages, and in what the server answers. */
const description = {
  name: FileName,
  mime: MediaType,
  bytes: MediaBytes,
  width: Pixels,
  height: Pixels,
  duration_ms: DurationMs,
  waveform: Waveform,
  blurhash: BlurHash,
};

/** A message with a file, which was uploaded before: whoever may read the message may fetch it. */
export const MediaContent = Type.Object(
  {
    type: Type.Literal('media'),
    kind: MediaKind,
    media: idOf('what the upload was answered with'),
    text: optional(Type.String({ maxLength: MAX_CONTENT_BYTES, description: 'a caption' })),
    name: optional(description.name),
    mime: description.mime,
    bytes: description.bytes,
    width: optional(description.width),
    height: optional(description.height),
    duration_ms: optional(description.duration_ms),
    waveform: optional(description.waveform),
    blurhash: optional(description.blurhash),
    thumbnail: optional(Type.Boolean({ description: 'there is a thumbnail to fetch' })),
    encrypted: optional(MediaSeal),
  },
  { ...closed, description: 'A message with a file.' },
);
export type MediaContent = Static<typeof MediaContent>;

/** A file as the server knows it. */
export const media = {
  id: idOf('names it in messages'),
  kind: MediaKind,
  name: orNull(description.name),
  mime: description.mime,
  bytes: description.bytes,
  sha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'of the bytes that are fetched, hexadecimal',
  }),
  width: orNull(description.width),
  height: orNull(description.height),
  duration_ms: orNull(description.duration_ms),
  waveform: orNull(description.waveform),
  blurhash: orNull(description.blurhash),
  thumbnail: Type.Boolean({ description: 'there is a thumbnail to fetch' }),
  encrypted: Type.Boolean({ description: 'the server stored it as it came, without a look inside' }),
};
