import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { bomb, CAMERA, plainPicture, tellingPicture } from '../../media/images/samples.ts';
import { fetched, filesStage, upload, uploaded, urlOf } from '../fixtures/files.ts';
import { form } from '../fixtures/form.ts';
import { type Person, register } from '../fixtures/person.ts';
import type { Stage } from '../fixtures/stage.ts';

describe('files over HTTP', () => {
  let stage: Stage;
  let anna: Person;
  before(async () => {
    stage = await filesStage();
    anna = await register(stage.app, 'anna');
  });
  after(() => stage.dispose());

  const raw = (url: string, headers?: Record<string, string>, method?: 'GET' | 'HEAD') =>
    fetched(stage, url, headers, method);

  it('are stored as they came, and fetched whole and in parts', async () => {
    const bytes = Buffer.from('0123456789'.repeat(10));
    const media = await uploaded(anna, bytes, {}, 'tëst (1).txt');
    assert.equal(media.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(
      [media.kind, media.mime, media.bytes, media.name, media.thumbnail],
      ['document', 'application/octet-stream', 100, 'tëst (1).txt', false],
    );
    const url = await urlOf(anna, media.id);
    const whole = await raw(url);
    assert.deepEqual(whole.rawPayload, bytes);
    assert.match(
      String(whole.headers['content-disposition']),
      /^attachment; filename="t_st \(1\)\.txt"; filename\*=UTF-8''t%C3%ABst%20%281%29.txt$/,
    );
    assert.equal(whole.headers['x-content-type-options'], 'nosniff');
    assert.match(String(whole.headers['content-security-policy']), /sandbox/);
    assert.match(String(whole.headers['cache-control']), /^private, max-age=\d+, immutable$/);
    const etag = String(whole.headers.etag);

    const parts: [string, string, string][] = [
      ['bytes=0-0', '0', 'bytes 0-0/100'],
      ['bytes=95-', '56789', 'bytes 95-99/100'],
      ['bytes=-3', '789', 'bytes 97-99/100'],
      ['bytes=98-500', '89', 'bytes 98-99/100'],
    ];
    for (const [range, expected, told] of parts) {
      const part = await raw(url, { range });
      assert.deepEqual([part.statusCode, part.payload, part.headers['content-range']], [206, expected, told]);
    }
    for (const range of ['bytes=100-', 'bytes=-0']) {
      const none = await raw(url, { range });
      assert.deepEqual([none.statusCode, none.headers['content-range']], [416, 'bytes */100']);
      assert.equal(none.json().code, 'range_not_satisfiable');
    }
    for (const range of ['bytes=5-3', 'lines=1-2', 'bytes=0-1,4-5', 'bytes=-'])
      assert.equal((await raw(url, { range })).statusCode, 200, range);
    assert.equal((await raw(url, { range: 'bytes=0-1', 'if-range': etag })).statusCode, 206);
    assert.equal((await raw(url, { range: 'bytes=0-1', 'if-range': '"another"' })).statusCode, 200);
    assert.equal((await raw(url, { 'if-none-match': `"x", W/${etag}` })).statusCode, 304);
    const head = await raw(url, {}, 'HEAD');
    assert.deepEqual([head.statusCode, head.headers['content-length'], head.payload], [200, '100', '']);
  });

  it('are what their bytes are, whatever they are called', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
    const page = '<!doctype html><script>alert(1)</script>';
    for (const text of [
      svg,
      page,
      `<?xml version="1.0"?>${svg}`,
      `GIF89a/*${page}*/=1`,
      `%!PS\n${page}`,
      `\xff\xd8\xff\xe0${page}`,
    ]) {
      const media = await uploaded(anna, Buffer.from(text, 'latin1'), { kind: 'image' }, 'cat.jpg');
      assert.deepEqual(
        [media.kind, media.mime, media.thumbnail],
        ['document', 'application/octet-stream', false],
        text,
      );
      const answer = await raw(await urlOf(anna, media.id));
      assert.equal(answer.headers['content-type'], 'application/octet-stream');
      assert.match(String(answer.headers['content-disposition']), /^attachment/);
    }
    const pdf = await uploaded(anna, Buffer.from('%PDF-1.7\n%%EOF'), {}, 'a.pdf');
    assert.equal(pdf.mime, 'application/pdf');
    assert.match(
      String((await raw(await urlOf(anna, pdf.id))).headers['content-disposition']),
      /^attachment/,
    );
  });

  it('that are pictures say nothing of where they were taken, and have a thumbnail', async () => {
    const bytes = await tellingPicture('jpeg');
    const media = await uploaded(anna, bytes, {}, 'holiday.jpg');
    assert.deepEqual(
      [media.kind, media.mime, media.width, media.height, media.thumbnail],
      ['image', 'image/jpeg', 400, 800, true],
    );
    const { body } = await anna.ask('GET', `/media/${media.id}`);
    const [picture, small] = await Promise.all([raw(body.url), raw(body.thumbnail_url)]);
    assert.equal(picture.rawPayload.length, media.bytes);
    assert.equal(createHash('sha256').update(picture.rawPayload).digest('hex'), media.sha256);
    assert.ok(
      bytes.includes(CAMERA) && !picture.rawPayload.includes(CAMERA) && !small.rawPayload.includes(CAMERA),
    );
    assert.match(String(picture.headers['content-disposition']), /^inline; filename="holiday.jpg"/);
    assert.deepEqual([small.statusCode, small.headers['content-type']], [200, 'image/webp']);
  });

  it('that unfold to too much are refused', async () => {
    const { body } = await upload(anna, bomb(50_000, 50_000));
    assert.equal(body.code, 'media_rejected');
  });

  it('are held against their digest, and no more than so large', async () => {
    const bytes = Buffer.from('exactly this');
    const integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
    await uploaded(anna, bytes, { integrity });
    assert.equal(
      (await upload(anna, Buffer.from('exactly that'), { integrity })).body.code,
      'integrity_failed',
    );
    const large = await upload(anna, Buffer.alloc(3_000_001));
    assert.equal(large.body.code, 'too_large');
    await uploaded(anna, Buffer.alloc(3_000_000));
  });

  it('that are encrypted are stored without a look inside', async () => {
    const picture = await plainPicture().jpeg().toBuffer();
    const { payload, headers } = form({
      encrypted: 'true',
      kind: 'image',
      file: { bytes: picture, name: 'x.jpg', type: 'image/jpeg' },
      thumbnail: { bytes: Buffer.from('sealed') },
    });
    const { body: media } = await anna.ask('POST', '/media/upload', payload, headers);
    assert.deepEqual(
      [media.kind, media.mime, media.bytes, media.blurhash, media.thumbnail, media.encrypted],
      ['image', 'application/octet-stream', picture.length, null, true, true],
    );
    const { body } = await anna.ask('GET', `/media/${media.id}`);
    const answer = await raw(body.url);
    assert.deepEqual(answer.rawPayload, picture);
    assert.match(String(answer.headers['content-disposition']), /^attachment/);
    const small = await raw(body.thumbnail_url);
    assert.deepEqual([small.payload, small.headers['content-type']], ['sealed', 'application/octet-stream']);
  });

  it('are for bots with a scope for messages', async () => {
    const { body: bot } = await anna.ask('POST', '/bots', {
      username: 'filebot',
      scopes: ['messages.send'],
    });
    const headers = { authorization: `Bearer ${bot.mqtt.password}` };
    const { payload, headers: type } = form({ file: { bytes: Buffer.from('by a bot') } });
    const made = await stage.app.inject({
      method: 'POST',
      url: '/media/upload',
      payload,
      headers: { ...headers, ...type },
    });
    assert.equal(made.statusCode, 201, made.payload);
    const asked = await stage.app.inject({ method: 'GET', url: `/media/${made.json().id}`, headers });
    assert.equal(asked.json().code, 'scope_missing');
  });
});
