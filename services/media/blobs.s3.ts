import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Config } from '../../platform/config/schema.ts';
import { Refused } from '../../protocol/errors.ts';
import { type BlobStore, shardOf } from './blobs.ts';

export type S3Settings = Pick<
  Config['media'],
  's3' | 's3Endpoint' | 's3Region' | 's3PathStyle' | 's3KeyId' | 's3KeySecret' | 's3Encryption' | 's3KmsKey'
>;

const PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/;
/** S3 takes at most 10,000 parts: enough for what we take. */
const PART_BYTES = 8 * 1_048_576;
const PARTS_AT_ONCE = 2;
const CONNECT_MS = 5_000;
/** Without a byte. */
const SILENT_MS = 30_000;

/** Blobs as objects of S3. @throws {TypeError} the setting is no such place */
export function openS3Blobs(settings: S3Settings): BlobStore {
  const { bucket, prefix } = bucketIn(settings.s3);
  const { s3KeyId, s3KeySecret, s3Encryption, s3KmsKey } = settings;
  const client = new S3Client({
    region: settings.s3Region,
    forcePathStyle: settings.s3PathStyle,
    ...(settings.s3Endpoint === '' ? {} : { endpoint: settings.s3Endpoint }),
    ...(s3KeyId === '' ? {} : { credentials: { accessKeyId: s3KeyId, secretAccessKey: s3KeySecret } }),
    // Not every S3 knows the newer checksums; what arrives is signed all the same.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENT_MS },
  });
  const encryption: Partial<PutObjectCommandInput> =
    s3Encryption === ''
      ? {}
      : {
          ServerSideEncryption: s3Encryption,
          ...(s3Encryption === 'aws:kms' && s3KmsKey !== '' ? { SSEKMSKeyId: s3KmsKey } : {}),
        };
  const at = (name: string) => ({
    Bucket: bucket,
    Key: prefix === '' ? shardOf(name) : `${prefix}/${shardOf(name)}`,
  });

  return {
    async put(name, bytes, size, signal) {
      let count = 0;
      async function* counted() {
        for await (const chunk of bytes) {
          count += (chunk as Buffer).length;
          yield chunk;
        }
        if (count !== size) throw new Refused('unavailable', 'a file was cut short');
      }
      const upload = new Upload({
        client,
        params: { ...at(name), ...encryption, Body: Readable.from(counted()) },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      // What ends the stream ends the upload, which removes its parts before it rejects.
      const giveUp = () => bytes.destroy(signal!.reason);
      signal?.addEventListener('abort', giveUp, { once: true });
      try {
        signal?.throwIfAborted();
        await upload.done();
      } catch (error) {
        bytes.destroy();
        throw troubleOf(error);
      } finally {
        signal?.removeEventListener('abort', giveUp);
      }
    },

    async get(name, range) {
      const part = range === undefined ? {} : { Range: `bytes=${range.from}-${range.to}` };
      try {
        const { Body } = await client.send(new GetObjectCommand({ ...at(name), ...part }));
        return Body instanceof Readable ? Body : Readable.from([]);
      } catch (error) {
        if (isMissing(error)) return null;
        throw troubleOf(error);
      }
    },

    async head(name) {
      try {
        return (await client.send(new HeadObjectCommand(at(name)))).ContentLength ?? 0;
      } catch (error) {
        if (isMissing(error)) return null;
        throw troubleOf(error);
      }
    },

    async delete(name) {
      try {
        await client.send(new DeleteObjectCommand(at(name)));
      } catch (error) {
        if (!isMissing(error)) throw troubleOf(error);
      }
    },

    async link(name, { goodFor, mime, disposition }) {
      const command = new GetObjectCommand({
        ...at(name),
        ResponseContentType: mime,
        ResponseContentDisposition: disposition,
        ResponseCacheControl: `private, max-age=${goodFor}, immutable`,
      });
      return getSignedUrl(client, command, { expiresIn: goodFor });
    },

    close: async () => client.destroy(),
  };
}

/** @throws {TypeError} the setting is no such place */
export function bucketIn(s3: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = PLACE.exec(s3) ?? [];
  if (bucket === undefined) throw new TypeError('media.s3: must be s3://bucket/prefix');
  return { bucket, prefix };
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || name === 'NotFound' || $metadata?.httpStatusCode === 404;
}

/** What S3 has against it, as what it means to who asked; what the stream has against it as it is. */
function troubleOf(error: unknown): unknown {
  const { name, $metadata } = error as { name?: string; $metadata?: object };
  if (error instanceof Refused || error instanceof TypeError || name === 'AbortError') return error;
  const isOurs =
    $metadata !== undefined || /^(Timeout|Networking|E[A-Z]+)/.test(codeOf(error) || (name ?? ''));
  return isOurs ? new Refused('unavailable', 'media', undefined, { cause: error }) : error;
}

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? '');
