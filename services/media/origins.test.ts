import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Config, defaultConfig } from '../../platform/config/schema.ts';
import { mediaOrigins } from './origins.ts';

const origins = (media: Partial<Config['media']>) =>
  mediaOrigins({ media: { ...defaultConfig().media, ...media } });

it('files are fetched from here, from a CDN, and from where S3 has the bucket', () => {
  assert.deepEqual(origins({}), []);
  assert.deepEqual(origins({ cdnUrl: 'https://cdn.example.org/files/' }), ['https://cdn.example.org']);
  assert.deepEqual(origins({ s3: 's3://files/media', s3Region: 'eu-central-1' }), [
    'https://files.s3.eu-central-1.amazonaws.com',
  ]);
  const own = { s3: 's3://files', s3Endpoint: 'http://minio.example.org:9000' };
  assert.deepEqual(origins({ ...own, s3PathStyle: true }), ['http://minio.example.org:9000']);
  assert.deepEqual(origins(own), ['http://files.minio.example.org:9000']);
  assert.throws(() => origins({ s3: 'files' }), TypeError);
});
