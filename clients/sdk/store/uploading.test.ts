import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ModelDevice } from '../fixtures/device.ts';
import { MediaServer } from '../fixtures/media-server.ts';
import { direct, ModelServer } from '../fixtures/model-server.ts';
import { MemoryFiles } from '../media/files.ts';
import { RefusedError } from '../session.ts';
import type { Message } from './entries.ts';
import type { UploadProgress } from './upload.ts';

describe('a file that is sent', () => {
  let files: MediaServer;
  let server: ModelServer;
  let device: ModelDevice;
  let keep: MemoryFiles;
  const to = { conversation: direct };

  beforeEach(async () => {
    files = new MediaServer();
    const media = files.media(await files.listen());
    keep = new MemoryFiles();
    server = new ModelServer();
    server.say(direct, '01940000-0000-7000-8000-000000000b0b', 'hi');
    device = await ModelDevice.started(server, undefined, { media, files: keep });
  });
  afterEach(async () => {
    release();
    await device.stop();
    await files.close();
  });

  let release = () => {};
  /** Parts wait from now on, until it is called. */
  function hold(): void {
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    files.before = async ({ method }) => {
      if (method === 'PATCH') await held;
      return undefined;
    };
  }
  const progress = (id: string, state: UploadProgress['state']) =>
    new Promise<UploadProgress>((resolve) => {
      const now = device.store.uploads!.progress.find((one) => one.id === id);
      if (now?.state === state) return resolve(now);
      const off = device.store.on('upload', (told) => {
        if (told.id !== id || told.state !== state) return;
        off();
        resolve(told);
      });
    });
  const shown = async (id: string): Promise<Message | undefined> => {
    const window = await device.store.look(to);
    const found = window.entries.find(({ key }) => key === id);
    window.close();
    return found as Message | undefined;
  };
  const sent = () => server.came.filter(({ type }) => type === 'message.send');
  /** The command has come. */
  async function arrival(count: number): Promise<void> {
    while (sent().length < count) await new Promise((resolve) => setImmediate(resolve));
  }
  const file = (length = 600_000) => new Blob(['x'.repeat(length)], { type: 'text/plain' });

  it('is shown at once, and sent when it is there', async () => {
    await device.connect();
    hold();
    const id = await device.store.sendMedia(to, file(), { name: 'a.txt', caption: 'look', replyTo: 1 });
    const before = (await shown(id))!;
    assert.equal(before.state, 'uploading');
    assert.deepEqual(before.content, {
      ...{ type: 'media', kind: 'document', media: '', mime: 'text/plain', bytes: 600_000 },
      ...{ text: 'look', name: 'a.txt' },
    });
    assert.equal(sent().length, 0);
    release();
    await progress(id, 'ended');
    await arrival(1);
    const [command] = sent();
    const [upload] = files.uploads.values();
    assert.equal(command.id, id);
    assert.equal(command.reply_to, 1);
    assert.equal(command.content.media, upload!.media);
    assert.equal(command.content.text, 'look');
    assert.equal(await keep.get(id), null, 'nothing of it is left here');
  });

  it('waits for a connection', async () => {
    const id = await device.store.sendMedia(to, file());
    assert.equal((await progress(id, 'waiting')).bytes, 600_000);
    assert.deepEqual(files.asked, []);
    await device.connect();
    await arrival(1);
  });

  it('is paused and goes on where it was, also after a restart', async () => {
    await device.connect();
    hold();
    const id = await device.store.sendMedia(to, file());
    await progress(id, 'running');
    while (files.uploads.size === 0 || !files.asked.includes('PATCH /media/uploads/…'))
      await new Promise((resolve) => setImmediate(resolve));
    await device.store.uploads!.pause(id);
    assert.equal((await progress(id, 'paused')).state, 'paused');
    release();
    files.before = null;
    await device.restart();
    await device.connect();
    assert.equal((await progress(id, 'paused')).bytes, 600_000);
    assert.equal(sent().length, 0);
    await device.store.uploads!.goOn(id);
    await arrival(1);
    assert.equal(files.asked.filter((one) => one === 'POST /media/uploads').length, 1, 'the same upload');
  });

  it('is cancelled: nothing of it is sent or stays', async () => {
    await device.connect();
    hold();
    const id = await device.store.sendMedia(to, file());
    while (!files.asked.includes('PATCH /media/uploads/…'))
      await new Promise((resolve) => setImmediate(resolve));
    await device.store.uploads!.cancel(id);
    release();
    assert.equal(await shown(id), undefined);
    assert.equal(await keep.get(id), null);
    assert.equal(files.uploads.size, 0);
    assert.deepEqual(device.store.uploads!.progress, []);
  });

  it('goes on by itself after a connection that ended', async () => {
    await device.connect();
    files.cutAfter = 100_000;
    await device.store.sendMedia(to, file());
    await arrival(1);
    assert.ok(files.asked.includes('HEAD /media/uploads/…'));
  });

  it('is refused with its reason, and tried again or given up', async () => {
    await device.connect();
    files.before = () => 'quota_exceeded';
    const id = await device.store.sendMedia(to, file());
    await progress(id, 'ended');
    const refused = (await shown(id))!;
    assert.deepEqual([refused.state, refused.refusal?.code], ['refused', 'quota_exceeded']);
    files.before = null;
    await device.store.retry(id);
    await arrival(1);

    files.before = () => 'media_rejected';
    const other = await device.store.sendMedia(to, file());
    await progress(other, 'ended');
    await device.store.discard(other);
    assert.equal(await shown(other), undefined);
    assert.equal(await keep.get(other), null);
  });

  it('that is small does not wait for a large one; those alike go in the order of writing', async () => {
    await device.connect();
    files.before = ({ method, headers }) =>
      method === 'POST' && Number(headers['upload-length']) > 16_777_216 ? new Promise(() => {}) : undefined;
    const large = await device.store.sendMedia(to, file(16_777_217));
    const small = [];
    for (const length of [200_000, 1_000, 10]) small.push(await device.store.sendMedia(to, file(length)));
    await arrival(3);
    assert.deepEqual(
      sent().map(({ id }) => id),
      small,
    );
    assert.equal((await shown(large))?.state, 'uploading');
  });

  it('is gone when the device has not kept it', async () => {
    const id = await device.store.sendMedia(to, file());
    await keep.remove(id);
    await device.restart();
    await device.connect();
    while ((await shown(id))?.state === 'uploading') await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await shown(id))?.refusal?.code, 'media_not_found');
  });

  it('is not begun where nothing is in it, or its caption is too long', async () => {
    const refused = (code: string) => (error: unknown) =>
      error instanceof RefusedError && error.refusal.code === code;
    await assert.rejects(device.store.sendMedia(to, new Blob([])), refused('bad_request'));
    await assert.rejects(
      device.store.sendMedia(to, file(), { caption: 'x'.repeat(70_000) }),
      refused('too_large'),
    );
    assert.deepEqual(device.store.uploads!.progress, []);
  });
});
