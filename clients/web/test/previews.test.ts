/** What is shown of an encrypted file before it is fetched, made in a real browser. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isBlurhashValid } from 'blurhash';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { tellingPicture } from '../../../services/media/images/samples.ts';
import { type Browser, noChromium, openBrowser } from '../../sdk/fixtures/browser.ts';

type Made = typeof import('./previews.ts');
const noFfmpeg = existsSync('/usr/bin/ffmpeg') ? false : 'no ffmpeg at /usr/bin/ffmpeg';

describe('the small picture of a file', { skip: noChromium }, () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await openBrowser('../web/test/previews.ts');
    page = await browser.tab();
  });
  after(() => browser?.close());

  async function made(how: 'previewOf' | 'posterOf', bytes: Buffer, type: string) {
    const found = await page.evaluate(
      async ([name, base64, mime]) => {
        const { [name]: make } = (globalThis as unknown as { sdk: Made }).sdk;
        const whole = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const preview = await make(new Blob([whole], { type: mime }));
        if (preview === null) return null;
        const { thumbnail, ...said } = preview;
        const small = new Uint8Array((await thumbnail?.arrayBuffer()) ?? new ArrayBuffer(0));
        return { ...said, type: thumbnail?.type, small: [...small] };
      },
      [how, bytes.toString('base64'), type] as const,
    );
    return found === null ? null : { ...found, small: Buffer.from(found.small) };
  }

  it('is of its shape, and says nothing of where and when', async () => {
    const picture = await tellingPicture('jpeg');
    const { width, height } = await sharp(picture).metadata();
    const preview = (await made('previewOf', picture, 'image/jpeg'))!;
    assert.equal(preview.type, 'image/webp');
    assert.ok(isBlurhashValid(preview.blurhash!).result);
    const small = await sharp(preview.small).metadata();
    assert.ok(Math.max(small.width, small.height) <= 320);
    assert.deepEqual([small.exif, small.xmp], [undefined, undefined]);
    // As it is seen, which may be turned.
    assert.deepEqual([preview.width!, preview.height!].sort(), [width, height].sort());
    assert.ok(Math.abs(small.width / small.height - preview.width! / preview.height!) < 0.05);
  });

  it('is none of what is no picture', async () => {
    assert.equal(await made('previewOf', Buffer.from('<svg/>'), 'image/svg+xml'), null);
    assert.equal(await made('previewOf', Buffer.from('no picture'), 'image/png'), null);
    assert.equal(await made('posterOf', Buffer.from('no video'), 'video/mp4'), null);
  });

  it('of a video is of what is seen in it', { skip: noFfmpeg }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-poster-'));
    try {
      const path = join(folder, 'video.webm');
      const source = ['-f', 'lavfi', '-i', 'color=red:size=640x360:rate=10:duration=2'];
      execFileSync('/usr/bin/ffmpeg', ['-v', 'error', ...source, '-c:v', 'libvpx', path]);
      const preview = (await made('posterOf', readFileSync(path), 'video/webm'))!;
      assert.deepEqual([preview.width, preview.height], [640, 360]);
      assert.ok(preview.durationMs! >= 1_900 && preview.durationMs! <= 2_100, String(preview.durationMs));
      const { width, height } = await sharp(preview.small).metadata();
      assert.deepEqual([width, height], [320, 180]);
      const { channels } = await sharp(preview.small).stats();
      assert.ok(channels[0]!.mean > 200 && channels[1]!.mean < 60, 'it is red');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('and the file are encrypted where a page is not on https, and has no crypto of the browser', async () => {
    // Anything but this machine itself is such a page.
    const [secure, opened] = await page.evaluate(async () => {
      const { Media } = (globalThis as unknown as { sdk: Made }).sdk;
      Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined });
      let uploaded = new Blob([]);
      const media = new Media({ server: 'http://nowhere', session: {} as never, sessions: {} as never });
      media.upload = async (source) => {
        if (source instanceof Blob) throw new Error('it is not encrypted');
        uploaded = new Blob([await source.part(0, source.size)]);
        return { id: 'm', bytes: source.size } as never;
      };
      const content = await media.share(new Blob(['x'.repeat(100_000)]), { encrypt: true });
      media.download = async () => new Response(uploaded);
      return [(await uploaded.text()).includes('xxx'), await (await media.blob(content)).text()] as const;
    });
    assert.equal(secure, false);
    assert.equal(opened, 'x'.repeat(100_000));
  });
});
