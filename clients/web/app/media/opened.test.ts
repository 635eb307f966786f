import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, mock } from 'node:test';
import { MediaServer } from '../../../sdk/fixtures/media-server.ts';
import { DamagedError, type Media, type MediaContent } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { holdOpened } from './opened.ts';

describe('decrypted files in a page', () => {
  let server: MediaServer;
  let media: Media;
  let chat: Chat;
  const revoked = mock.method(URL, 'revokeObjectURL');

  before(async () => {
    server = new MediaServer();
    media = server.media(await server.listen());
    chat = { mediaPlaces: (id: string) => media.places(id) } as unknown as Chat;
  });
  after(async () => {
    revoked.mock.restore();
    await server.close();
  });
  beforeEach(() => revoked.mock.resetCalls());

  const share = (text: string): Promise<MediaContent> => media.share(new Blob([text]), { encrypt: true });
  const fetches = (content: MediaContent) =>
    server.asked.filter((one) => one.includes(`${content.media}/content`)).length;
  const textAt = async (url: string) => (await fetch(url)).text();

  it('are fetched once however many look at them, and again later without asking', async () => {
    const content = await share('a boat');
    const [one, other] = [holdOpened(chat, content, 'content'), holdOpened(chat, content, 'content')];
    assert.equal(await one.url, await other.url);
    assert.equal(await textAt(await one.url), 'a boat');
    one.release();
    other.release();
    const later = holdOpened(chat, content, 'content');
    assert.equal(await later.url, await one.url);
    assert.equal(fetches(content), 1);
    later.release();
  });

  it('are let go of when many others have been looked at since, and not before', async () => {
    const seen = await share('seen all the time');
    const held = holdOpened(chat, seen, 'content');
    const first = holdOpened(chat, await share('first'), 'content');
    const url = await first.url;
    first.release();
    for (let count = 0; count < 45; count++) {
      const one = holdOpened(chat, await share(`another ${count}`), 'content');
      await one.url;
      one.release();
      one.release(); // twice is once
    }
    await new Promise(setImmediate);
    const gone = revoked.mock.calls.map((call) => call.arguments[0]);
    assert.ok(gone.includes(url));
    assert.ok(gone.length < 45, 'the last ones are kept');
    assert.ok(!gone.includes(await held.url));
    assert.equal(await textAt(await held.url), 'seen all the time');
    held.release();
  });

  it('are not waited for when nobody looks any more', async () => {
    const content = await share('never seen');
    let release = () => {};
    const asked = new Promise<void>((resolve) => {
      server.before = async ({ url }) => {
        if (!url?.includes('/content')) return undefined;
        resolve();
        await new Promise<void>((go) => {
          release = go;
        });
        return undefined;
      };
    });
    const one = holdOpened(chat, content, 'content');
    await asked;
    one.release();
    await assert.rejects(one.url, { name: 'AbortError' });
    server.before = null;
    release();
    const again = holdOpened(chat, content, 'content');
    assert.equal(await textAt(await again.url), 'never seen');
    again.release();
  });

  it('that are damaged are asked for anew', async () => {
    const content = await share('a boat');
    const upload = [...server.uploads.values()].find(({ media: id }) => id === content.media)!;
    upload.bytes[0]! ^= 1;
    const one = holdOpened(chat, content, 'content');
    await assert.rejects(one.url, DamagedError);
    one.release();
    upload.bytes[0]! ^= 1;
    const again = holdOpened(chat, content, 'content');
    assert.equal(await textAt(await again.url), 'a boat');
    again.release();
  });
});
