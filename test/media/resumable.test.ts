/** Uploads that go on where they stopped, with the client that everybody has. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe as group, it } from 'node:test';
import { type HttpResponse, Upload, type UploadOptions } from 'tus-js-client';
import { type Account, register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';
import { authorization, describe, digestOf, fetched, madeBytes } from './files.ts';

const SIZE = 6 * 1_048_576;
const file = Buffer.concat([...madeBytes(SIZE)]);
const base64 = (text: string) => Buffer.from(text).toString('base64');

group('resumable uploads', () => {
  let server: Server;
  let anna: Account;
  let bert: Account;
  before(async () => {
    server = await Server.started({ flags: ['--media.maxBytes=10000000', '--media.resumableUploads=6'] });
    [anna, bert] = await Promise.all([register(server, 'anna'), register(server, 'bert')]);
  });
  after(() => server.dispose());

  const options = (who: Account, more: Partial<UploadOptions> = {}): UploadOptions => ({
    endpoint: `${server.http}/media/uploads`,
    headers: authorization(who),
    chunkSize: 1_048_576,
    retryDelays: null,
    metadata: { filename: 'large.bin', filetype: 'application/pdf' },
    ...more,
  });
  /** Resolves with the id of the file that it became. */
  function run(upload: Upload): Promise<string> {
    return new Promise((resolve, reject) => {
      let media: string | undefined;
      upload.options.onAfterResponse = (_request, response: HttpResponse) => {
        media = response.getHeader('media-id') ?? media;
      };
      upload.options.onError = reject;
      upload.options.onSuccess = () => (media === undefined ? reject(new Error('no id')) : resolve(media));
      upload.start();
    });
  }
  /** Uploads until so much has come, then stops in the middle of a request; where it can be gone on with. */
  async function interrupted(who: Account, at: number): Promise<string> {
    const upload = new Upload(file, options(who));
    await new Promise<void>((resolve, reject) => {
      upload.options.onError = reject;
      upload.options.onChunkComplete = (_size, accepted) => {
        if (accepted >= at) upload.abort().then(resolve, reject);
      };
      upload.start();
    });
    return upload.url!;
  }
  const ask = (
    who: Account,
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body: Buffer | null = null,
  ) =>
    fetch(new URL(url, server.http), {
      method,
      headers: { ...authorization(who), 'tus-resumable': '1.0.0', ...headers },
      body: body as BodyInit | null,
    });
  const offsetOf = async (who: Account, url: string) =>
    Number((await ask(who, 'HEAD', url)).headers.get('upload-offset'));
  async function created(size: number, metadata = ''): Promise<string> {
    const response = await ask(anna, 'POST', '/media/uploads', {
      'upload-length': String(size),
      ...(metadata === '' ? {} : { 'upload-metadata': metadata }),
    });
    assert.equal(response.status, 201, await response.text());
    return response.headers.get('location')!;
  }
  const patch = (url: string, offset: number, bytes: Buffer, headers: Record<string, string> = {}) =>
    ask(
      anna,
      'PATCH',
      url,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers },
      bytes,
    );
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

  it('come whole, in parts', async () => {
    const media = await run(new Upload(file, options(anna)));
    const told = await describe(server, anna, media);
    assert.deepEqual([told.bytes, told.name, told.sha256], [SIZE, 'large.bin', digestOf(SIZE)]);
    assert.deepEqual(await fetched(server, told.url), { bytes: SIZE, sha256: digestOf(SIZE) });
  });

  it('go on after they were interrupted, by whoever began them', async () => {
    const url = await interrupted(anna, 2_000_000);
    const offset = await offsetOf(anna, url);
    assert.ok(offset >= 2_000_000 && offset < SIZE, String(offset));
    assert.equal((await ask(bert, 'HEAD', url)).status, 404);
    assert.equal((await ask(bert, 'DELETE', url)).status, 404);
    const sent: number[] = [];
    const upload = new Upload(
      file,
      options(anna, { uploadUrl: url, onProgress: (bytes) => sent.push(bytes) }),
    );
    const media = await run(upload);
    assert.ok(
      sent.every((bytes) => bytes >= offset),
      'what was there was sent again',
    );
    assert.equal((await describe(server, anna, media)).sha256, digestOf(SIZE));
    // Who did not hear that it is finished can ask.
    const finished = await ask(anna, 'HEAD', url);
    assert.deepEqual(
      [finished.headers.get('media-id'), finished.headers.get('upload-offset')],
      [media, String(SIZE)],
    );
  });

  it('go on after the server was killed in the middle of one', async () => {
    const url = await interrupted(anna, 1_000_000);
    const offset = await offsetOf(anna, url);
    // A request that has sent half of what it announces when the server ends.
    const half = new ReadableStream({
      start: (controller) => controller.enqueue(file.subarray(offset, offset + 700_000)),
    });
    const broken = fetch(new URL(url, server.http), {
      method: 'PATCH',
      headers: {
        ...authorization(anna),
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      },
      body: half,
      duplex: 'half',
    } as RequestInit).catch(() => null);
    const folder = join(server.folder, 'data/uploads');
    const watch = async () => (await ask(anna, 'GET', url)).json() as Promise<{ offset: number }>;
    while ((await watch()).offset < offset + 700_000) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.kill9();
    await broken;
    await server.start();
    assert.equal(await offsetOf(anna, url), offset + 700_000, 'what was written is lost');
    const media = await run(new Upload(file, options(anna, { uploadUrl: url })));
    assert.equal((await describe(server, anna, media)).sha256, digestOf(SIZE));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.upload') || name.endsWith('.waiting')),
      [],
    );
  });

  it('are given up', async () => {
    const url = await interrupted(anna, 1_000_000);
    assert.equal((await ask(anna, 'DELETE', url)).status, 204);
    assert.equal((await ask(anna, 'HEAD', url)).status, 404);
    assert.equal(await codeOf(await patch(url, 0, Buffer.from('x'))), 'not_found');
  });

  it('are refused where they do not go on from where they are', async () => {
    const url = await created(10);
    assert.equal((await patch(url, 0, Buffer.from('01234'))).status, 204);
    const again = await patch(url, 0, Buffer.from('01234'));
    assert.equal(again.status, 409);
    assert.equal(await codeOf(again), 'upload_conflict');
    assert.equal(await codeOf(await patch(url, 5, Buffer.from('567890'))), 'too_large');
    const done = await patch(url, 5, Buffer.from('56789'));
    assert.equal(done.status, 204);
    const told = await describe(server, anna, done.headers.get('media-id')!);
    assert.equal(told.sha256, createHash('sha256').update('0123456789').digest('hex'));
  });

  it('take each part only as its checksum says', async () => {
    const url = await created(4);
    const sum = (text: string) => ({
      'upload-checksum': `sha256 ${createHash('sha256').update(text).digest('base64')}`,
    });
    const wrong = await patch(url, 0, Buffer.from('ab'), sum('xy'));
    assert.equal(wrong.status, 460);
    assert.equal(await codeOf(wrong), 'checksum_mismatch');
    assert.equal(await offsetOf(anna, url), 0, 'what was wrong was kept');
    assert.equal((await patch(url, 0, Buffer.from('ab'), sum('ab'))).status, 204);
    assert.equal((await patch(url, 2, Buffer.from('cd'), sum('cd'))).status, 204);
  });

  it('take nothing that could not become a file', async () => {
    const begin = (headers: Record<string, string>) => ask(anna, 'POST', '/media/uploads', headers);
    assert.equal(await codeOf(await begin({ 'upload-length': '10000001' })), 'too_large');
    assert.equal(await codeOf(await begin({ 'upload-length': 'many' })), 'bad_request');
    assert.equal(
      await codeOf(await begin({ 'upload-length': '5', 'upload-metadata': `kind ${base64('program')}` })),
      'bad_request',
    );
    const old = await begin({ 'upload-length': '5', 'tus-resumable': '0.2.2' });
    assert.deepEqual([old.status, await codeOf(old)], [412, 'upload_protocol']);
    const integrity = `sha256-${createHash('sha256').update('right').digest('base64')}`;
    const url = await created(5, `integrity ${base64(integrity)}`);
    assert.equal(await codeOf(await patch(url, 0, Buffer.from('wrong'))), 'integrity_failed');
  });

  it('wait in no more than so many', async () => {
    const waiting: string[] = [];
    for (;;) {
      const response = await ask(bert, 'POST', '/media/uploads', { 'upload-length': '5' });
      if (response.status !== 201) {
        assert.equal(await codeOf(response), 'rate_limited');
        break;
      }
      waiting.push(response.headers.get('location')!);
    }
    assert.equal(waiting.length, 6);
    assert.equal((await ask(bert, 'DELETE', waiting[0]!)).status, 204);
    assert.equal((await ask(bert, 'POST', '/media/uploads', { 'upload-length': '5' })).status, 201);
  });
});
