import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { uuidv7 } from 'uuidv7';
import { defaultConfig } from '../../platform/config/schema.ts';
import { Refused } from '../../protocol/errors.ts';
import { s3 } from '../../test/engines/s3.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { blobStoreConformance } from './blobs.conformance.ts';
import { openS3Blobs, type S3Settings } from './blobs.s3.ts';

const { url, skip } = sharedEngine('s3');

/** A bucket of its own on the server at `url`. */
async function temporaryBucket(url: string, more: Partial<S3Settings> = {}) {
  const { origin, username, password } = new URL(url);
  const bucket = `dunlin-${uuidv7()}`;
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: origin,
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const blobs = openS3Blobs({
    ...defaultConfig().media,
    s3: `s3://${bucket}/of/tests`,
    s3Endpoint: origin,
    s3PathStyle: true,
    s3KeyId: username,
    s3KeySecret: password,
    ...more,
  });
  return {
    ...{ blobs, client, bucket },
    async dispose() {
      await blobs.close();
      client.destroy();
    },
  };
}

const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

describe('media in S3', { skip }, () => {
  blobStoreConformance('S3', () => temporaryBucket(url));

  it('links to a blob for a while, as what it is', async () => {
    const { blobs, dispose } = await temporaryBucket(url);
    try {
      const name = uuidv7();
      await blobs.put(name, Readable.from([Buffer.from('0123456789')]), 10);
      const link = await blobs.link(name, {
        goodFor: 60,
        mime: 'image/png',
        disposition: 'inline; filename="a.png"',
      });
      const whole = await fetch(link!);
      assert.equal(await whole.text(), '0123456789');
      assert.equal(whole.headers.get('content-type'), 'image/png');
      assert.equal(whole.headers.get('content-disposition'), 'inline; filename="a.png"');
      const part = await fetch(link!, { headers: { range: 'bytes=2-3' } });
      assert.deepEqual([part.status, await part.text()], [206, '23']);
      const changed = new URL(link!);
      changed.searchParams.set('response-content-type', 'text/html');
      assert.equal((await fetch(changed)).status, 403);
    } finally {
      await dispose();
    }
  });

  it('leaves no unfinished upload behind', async () => {
    const { blobs, client, bucket, dispose } = await temporaryBucket(url);
    try {
      const failing = Readable.from(
        (function* () {
          for (let i = 0; i < 20; i++) yield Buffer.alloc(1_048_576);
          throw new Error('the sender went away');
        })(),
      );
      await assert.rejects(blobs.put(uuidv7(), failing, 40 * 1_048_576), /the sender went away/);
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      assert.deepEqual(Uploads, []);
    } finally {
      await dispose();
    }
  });

  it('is refused for the time being while the server is away', async () => {
    const server = await s3.start();
    const { blobs, dispose } = await temporaryBucket(server.url);
    try {
      const name = uuidv7();
      await blobs.put(name, Readable.from([Buffer.from('x')]), 1);
      await server.kill();
      await assert.rejects(blobs.get(name), refusedWith('unavailable'));
      await assert.rejects(
        blobs.put(uuidv7(), Readable.from([Buffer.from('x')]), 1),
        refusedWith('unavailable'),
      );
      await server.start();
      assert.equal(await blobs.head(name), 1);
    } finally {
      await dispose();
      await server.dispose();
    }
  });
});
