import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CAMERA, tellingPicture } from '../../../services/media/images/samples.ts';
import type { ContentCodec } from '../codec.ts';
import { ModelDevice } from '../fixtures/device.ts';
import { MediaServer } from '../fixtures/media-server.ts';
import { direct, ModelServer } from '../fixtures/model-server.ts';
import { MemoryFiles } from '../media/files.ts';
import { DamagedError } from '../media/sealed/opening.ts';
import { RefusedError } from '../session.ts';
import type { StoreOptions } from './store.ts';

const PICTURE = new Uint8Array([0x89, ...Buffer.from('PNG\r\n\x1a\n'), ...new Uint8Array(600_000).fill(7)]);
const SMALL = new Blob(['a small picture'], { type: 'image/webp' });
const seals: ContentCodec = {
  seals: true,
  encode: async (content) => content,
  decode: async (content) => content,
};

describe('an encrypted file that is sent', () => {
  let files: MediaServer;
  let origin: string;
  let server: ModelServer;
  let device: ModelDevice;
  let keep: MemoryFiles;
  const to = { conversation: direct };

  beforeEach(async () => {
    files = new MediaServer();
    origin = await files.listen();
    keep = new MemoryFiles();
    server = new ModelServer();
    server.say(direct, '01940000-0000-7000-8000-000000000b0b', 'hi');
  });
  afterEach(async () => {
    await device.stop();
    await files.close();
  });

  async function begin(options: Partial<StoreOptions> = {}) {
    const media = files.media(origin);
    device = await ModelDevice.started(server, undefined, { media, files: keep, ...options });
    await device.connect();
    return media;
  }
  const file = () => new Blob([PICTURE], { type: 'image/png' });
  const sent = () => server.came.filter(({ type }) => type === 'message.send');
  async function arrival(count = 1) {
    while (sent().length < count) await new Promise((resolve) => setImmediate(resolve));
    return sent()[count - 1]!.content;
  }
  const upload = () => [...files.uploads.values()][0]!;
  const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

  it('says nothing of itself to the server, and all of it to who reads the message', async () => {
    const media = await begin();
    const id = await device.store.sendMedia(to, file(), {
      ...{ encrypt: true, thumbnail: SMALL, blurhash: 'LEHV6nWB2yk8', name: 'boat.png', caption: 'ours' },
      ...{ width: 30, height: 20 },
    });
    const content = await arrival();
    const { metadata, bytes } = upload();
    assert.deepEqual(Object.keys(metadata).sort(), ['encrypted', 'thumbnail_bytes']);
    assert.ok(!bytes.includes(Buffer.alloc(64, 7)), 'the picture can be read at the server');
    assert.ok(!bytes.includes('small picture'));
    const { encrypted, ...said } = content;
    assert.deepEqual(said, {
      ...{ type: 'media', kind: 'image', media: upload().media, mime: 'image/png', name: 'boat.png' },
      // Padmé makes 606 208 of 600 008; a tag every 64 KiB.
      ...{ text: 'ours', width: 30, height: 20, blurhash: 'LEHV6nWB2yk8', thumbnail: true },
      bytes: 606_208 + 10 * 16,
    });
    assert.equal(encrypted.bytes, PICTURE.length);
    assert.notEqual(encrypted.key, encrypted.thumbnail.key);
    assert.deepEqual(await bytesOf(await media.blob(content)), PICTURE);
    const small = await media.blob(content, { variant: 'thumbnail' });
    assert.deepEqual([await small.text(), small.type], ['a small picture', 'image/webp']);
    assert.equal(await keep.get(id), null);
  });

  it('is sent without what a picture says of where it was taken', async () => {
    const media = await begin();
    const telling = await tellingPicture('jpeg');
    await device.store.sendMedia(to, new Blob([new Uint8Array(telling)]), { encrypt: true });
    const content = await arrival();
    const came = await bytesOf(await media.blob(content));
    assert.deepEqual([came.length, content.kind], [content.encrypted.bytes, 'image']);
    assert.ok(telling.includes(CAMERA) && !Buffer.from(came).includes(CAMERA));
    const shared = await media.share(new Blob([new Uint8Array(telling)]), { encrypt: true });
    assert.deepEqual(await bytesOf(await media.blob(shared)), came);
  });

  it('has another key each time', async () => {
    await begin();
    for (const _ of [1, 2]) await device.store.sendMedia(to, file(), { encrypt: true, thumbnail: SMALL });
    const [one, other] = [await arrival(1), await arrival(2)];
    const keys = [one, other].flatMap(({ encrypted }) => [encrypted.key, encrypted.thumbnail.key]);
    assert.equal(new Set(keys).size, 4);
    const [first, second] = [...files.uploads.values()];
    assert.notDeepEqual(first!.bytes, second!.bytes);
  });

  it('is not encrypted where nobody asked for it', async () => {
    await begin();
    await device.store.sendMedia(to, file(), { thumbnail: SMALL });
    assert.equal((await arrival()).encrypted, undefined);
    assert.deepEqual(new Uint8Array(upload().bytes), PICTURE);
  });

  it('is encrypted by itself where messages are, also when somebody would rather not', async () => {
    await begin({ codec: seals });
    await device.store.sendMedia(to, file(), { encrypt: false });
    assert.ok((await arrival()).encrypted);
  });

  it('has a picture of itself where something draws one, and is sent without where that fails', async () => {
    const drawn: Blob[] = [];
    const media = await begin({
      codec: seals,
      preview: async (given) => {
        drawn.push(given);
        if (drawn.length > 1) throw new Error('out of paint');
        return { thumbnail: SMALL, blurhash: 'LEHV6nWB2yk8', width: 3, height: 2 };
      },
    });
    await device.store.sendMedia(to, file(), { width: 30, height: 20 });
    const content = await arrival();
    assert.deepEqual([content.blurhash, content.width], ['LEHV6nWB2yk8', 30]);
    assert.equal(await (await media.blob(content, { variant: 'thumbnail' })).text(), 'a small picture');
    await device.store.sendMedia(to, file());
    assert.equal((await arrival(2)).thumbnail, undefined);
    assert.equal(drawn.length, 2);
  });

  it('goes on after a restart in the middle, with the same key and the same bytes', async () => {
    const media = await begin();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // One part comes, and the connection ends in the next one.
    let parts = 0;
    files.before = async ({ method }) => {
      if (method === 'PATCH' && ++parts > 1) await held;
      return undefined;
    };
    const id = await device.store.sendMedia(to, file(), { encrypt: true, thumbnail: SMALL });
    while (parts < 2) await new Promise((resolve) => setImmediate(resolve));
    await device.store.uploads!.pause(id);
    const reached = upload().bytes.length;
    assert.ok(reached > 0 && reached < PICTURE.length);
    release();
    files.before = null;
    await device.restart();
    await device.connect();
    await device.store.uploads!.goOn(id);
    const content = await arrival();
    assert.equal(files.asked.filter((one) => one === 'POST /media/uploads').length, 1, 'the same upload');
    assert.deepEqual(await bytesOf(await media.blob(content)), PICTURE);
    assert.equal(await (await media.blob(content, { variant: 'thumbnail' })).text(), 'a small picture');
  });

  it('comes to its end in its progress', async () => {
    await begin();
    const told: [number, number][] = [];
    device.store.on('upload', ({ sent: reached, bytes }) => void told.push([reached, bytes]));
    await device.store.sendMedia(to, file(), { encrypt: true, thumbnail: SMALL });
    await arrival();
    assert.deepEqual(new Set(told.map(([, bytes]) => bytes)), new Set([upload().length]));
    assert.ok(told.some(([reached]) => reached === upload().length));
  });

  it('is not taken with something that is no small picture', async () => {
    await begin();
    for (const [thumbnail, code] of [
      [new Blob([new Uint8Array(262_145)], { type: 'image/webp' }), 'too_large'],
      [new Blob(['<svg/>'], { type: 'image/svg+xml' }), 'bad_request'],
    ] as const)
      await assert.rejects(
        device.store.sendMedia(to, file(), { encrypt: true, thumbnail }),
        (error) => error instanceof RefusedError && error.refusal.code === code,
      );
    assert.deepEqual(device.store.uploads!.progress, []);
  });

  it('is refused by who reads it when the server gives out something else', async () => {
    const media = await begin();
    await device.store.sendMedia(to, file(), { encrypt: true });
    const content = await arrival();
    upload().bytes[300_000]! ^= 1;
    await assert.rejects(media.blob(content), DamagedError);
    const stream = await media.open(content);
    await assert.rejects(new Response(stream).arrayBuffer(), DamagedError);
  });

  it('is uploaded without a store, too', async () => {
    const media = await begin();
    const content = await media.share(file(), { encrypt: true, thumbnail: SMALL, name: 'a.png' });
    assert.deepEqual([content.kind, content.name], ['image', 'a.png']);
    assert.deepEqual(await bytesOf(await media.blob(content)), PICTURE);
    const plain = await media.share(new Blob(['x']), { caption: 'look' });
    assert.deepEqual([plain.text, plain.encrypted], ['look', undefined]);
    assert.equal(await (await media.blob(plain)).text(), 'x');
  });
});
