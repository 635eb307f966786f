import type { Config } from '../../platform/config/schema.ts';
import { bucketIn } from './blobs.s3.ts';

/** Where clients fetch files beside this server: a CDN, S3. For pages that say where they may fetch from. */
export function mediaOrigins({ media }: Pick<Config, 'media'>): string[] {
  const origins = new Set<string>();
  if (media.cdnUrl !== '') origins.add(new URL(media.cdnUrl).origin);
  if (media.s3 !== '') {
    const { protocol, host } = new URL(
      media.s3Endpoint === '' ? `https://s3.${media.s3Region}.amazonaws.com` : media.s3Endpoint,
    );
    origins.add(`${protocol}//${media.s3PathStyle ? '' : `${bucketIn(media.s3).bucket}.`}${host}`);
  }
  return [...origins];
}
