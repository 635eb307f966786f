/** Files that the server cannot read, uploaded in parts with their thumbnails. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { form } from '../fixtures/form.ts';
import { type Person, register } from '../fixtures/person.ts';
import { gatewayStage, type Stage } from '../fixtures/stage.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

describe('encrypted files in parts', () => {
  let stage: Stage;
  let anna: Person;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-uploads-'));
    stage = await gatewayStage((config) => {
      config.limits.httpRequestsPerMinuteIp = 0;
      config.media.maxBytes = 3_000_000;
      config.media.uploadFolder = folder;
    });
    anna = await register(stage.app, 'anna');
  });
  after(async () => {
    await stage.dispose();
    await rm(folder, { recursive: true });
  });

  const headers = () => ({ authorization: `Bearer ${anna.token}`, 'tus-resumable': '1.0.0' });
  function begin(length: number, fields: Record<string, string>) {
    const metadata = Object.entries(fields).map(([name, value]) => `${name} ${base64(value)}`);
    return stage.app.inject({
      ...{ method: 'POST', url: '/media/uploads' },
      headers: { ...headers(), 'upload-length': String(length), 'upload-metadata': metadata.join(',') },
    });
  }
  function goOn(url: string, offset: number, payload: Buffer) {
    return stage.app.inject({
      ...{ method: 'PATCH', url, payload },
      headers: {
        ...headers(),
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      },
    });
  }
  /** In two parts, of which the second begins in the middle of the thumbnail. */
  async function uploaded(file: Buffer, thumbnail: Buffer, more: Record<string, string> = {}) {
    const whole = Buffer.concat([file, thumbnail]);
    const fields = { encrypted: 'true', thumbnail_bytes: String(thumbnail.length), ...more };
    const begun = await begin(whole.length, fields);
    assert.equal(begun.statusCode, 201, begun.payload);
    const url = String(begun.headers.location);
    const cut = whole.length - (thumbnail.length >> 1);
    assert.equal((await goOn(url, 0, whole.subarray(0, cut))).statusCode, 204);
    return { url, answer: await goOn(url, cut, whole.subarray(cut)) };
  }
  const fetched = async (url: string) => (await stage.app.inject({ method: 'GET', url })).rawPayload;
  const quota = async () => (await anna.ask('GET', '/media/quota')).body;

  it('bring their thumbnail at the end', async () => {
    const [file, thumbnail] = [randomBytes(100_000), randomBytes(1_001)];
    const before = await quota();
    const { url, answer } = await uploaded(file, thumbnail, {
      integrity: `sha256-${sha256(file).toString('base64')}`,
    });
    assert.equal(answer.statusCode, 204, answer.payload);
    const id = String(answer.headers['media-id']);
    const { body: media } = await anna.ask('GET', `/media/${id}`);
    assert.deepEqual(
      [media.bytes, media.sha256, media.thumbnail, media.encrypted, media.mime],
      [100_000, sha256(file).toString('hex'), true, true, 'application/octet-stream'],
    );
    assert.deepEqual(await fetched(media.url), file);
    assert.deepEqual(await fetched(media.thumbnail_url), thumbnail);
    const now = await quota();
    assert.equal(now.used_bytes - before.used_bytes, 100_000);
    assert.equal(now.today_bytes - before.today_bytes, 101_001);
    // Who did not hear it asks again, and it is the same.
    const head = await stage.app.inject({ method: 'HEAD', url, headers: headers() });
    assert.equal(head.headers['media-id'], id);
  });

  it('with another thumbnail are another file, whatever is known of their bytes', async () => {
    const file = randomBytes(5_000);
    const ids: string[] = [];
    for (const thumbnail of [Buffer.from('one'), Buffer.from('another')]) {
      const { answer } = await uploaded(file, thumbnail);
      ids.push(String(answer.headers['media-id']));
      const { body } = await anna.ask('GET', `/media/${ids.at(-1)}`);
      assert.deepEqual(await fetched(body.thumbnail_url), thumbnail);
    }
    assert.notEqual(ids[0], ids[1]);
  });

  it('are refused when the file is not the one that was announced', async () => {
    const [file, thumbnail] = [randomBytes(5_000), randomBytes(50)];
    const whole = sha256(Buffer.concat([file, thumbnail])).toString('base64');
    const { answer } = await uploaded(file, thumbnail, { integrity: `sha256-${whole}` });
    assert.equal(answer.json().code, 'integrity_failed');
  });

  it('leave nothing of themselves on the way', async () => {
    await uploaded(randomBytes(5_000), randomBytes(50));
    const left = (await readdir(folder)).filter((name) => !name.endsWith('.json'));
    assert.deepEqual(left, []);
  });

  const wrong: [string, number, Record<string, string>, RegExp][] = [
    ['with a thumbnail of what is not encrypted', 100, { thumbnail_bytes: '10' }, /\/thumbnail_bytes/],
    ['of nothing but a thumbnail', 100, { encrypted: 'true', thumbnail_bytes: '100' }, /\/thumbnail_bytes/],
    ['with an empty thumbnail', 100, { encrypted: 'true', thumbnail_bytes: '0' }, /\/thumbnail_bytes/],
    [
      'with a thumbnail that is too large',
      2_000_000,
      { encrypted: 'true', thumbnail_bytes: '1048577' },
      /\/thumbnail_bytes/,
    ],
    ['with a thumbnail of no size', 100, { encrypted: 'true', thumbnail_bytes: '-1' }, /\/thumbnail_bytes/],
  ];
  for (const [what, length, fields, detail] of wrong)
    it(`are not begun ${what}`, async () => {
      const body = (await begin(length, fields)).json();
      assert.equal(body.code, 'bad_request');
      assert.match(body.detail, detail);
    });

  it('in a form bring it as a part of its own, and nothing else', async () => {
    const { payload, headers: type } = form({
      file: { bytes: randomBytes(100) },
      encrypted: 'true',
      thumbnail_bytes: '10',
    });
    const { body } = await anna.ask('POST', '/media/upload', payload, type);
    assert.equal(body.code, 'bad_request');
    assert.match(body.detail, /\/thumbnail_bytes/);
  });
});

describe('files behind a CDN', () => {
  it('may be read by a script of any page that has their place; without one by none', async () => {
    for (const cdnUrl of ['https://cdn.example.org', '']) {
      const stage = await gatewayStage((config) => {
        config.media.cdnUrl = cdnUrl;
      });
      try {
        const dora = await register(stage.app, 'dora');
        const { payload, headers } = form({ file: { bytes: randomBytes(10) } });
        const { body } = await dora.ask('POST', '/media/upload', payload, headers);
        const { body: media } = await dora.ask('GET', `/media/${body.id}`);
        const { pathname, search } = new URL(media.url, 'http://here');
        const fetched = await stage.app.inject({ method: 'GET', url: pathname + search });
        assert.equal(fetched.statusCode, 200);
        assert.equal(fetched.headers['access-control-allow-origin'], cdnUrl === '' ? undefined : '*');
      } finally {
        await stage.dispose();
      }
    }
  });
});
