/** Files that the server cannot read, sent through the SDK, as people in a browser see them; really started server, real Chromium. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { plainPicture } from '../../../services/media/images/samples.ts';
import { Media, type MediaContent, type Session, type ShareOptions } from '../../sdk/index.ts';
import { type App, barriers, noChromium, startApp } from './app.ts';
import { does, type Guest, guest, row, say } from './people-pages.ts';

const noFfmpeg = existsSync('/usr/bin/ffmpeg') ? false : 'no ffmpeg at /usr/bin/ffmpeg';

describe('encrypted files in the web app', { skip: noChromium }, () => {
  let app: App;
  let anna: { token: string; media: Media };
  let ben: Guest;
  let picture: Buffer;

  before(async () => {
    app = await startApp();
    ben = await guest(app, 'ben');
    const joined = await does(app, '', 'POST', '/register', {
      ...{ username: 'anna', password: 'correct horse battery staple', device: 'test' },
    });
    const token = String(joined.access_token);
    const session = { device: 'test', accessToken: token } as Session;
    const sessions = { stored: async () => session, refresh: async () => session };
    anna = { token, media: new Media({ server: app.server.http, session, sessions }) };
    picture = await plainPicture(900, 600).png().toBuffer();
    await say(app, { accessToken: token }, { user: ben.user }, 'Look at these');
    await row(ben.page, 'Look at these').click();
    await ben.page.getByRole('feed').waitFor();
  });
  after(() => app?.close());

  const articles = (page: Page) => page.getByRole('feed').getByRole('article');
  const dialog = (page: Page) => page.getByRole('dialog');
  async function send(file: Blob, options: ShareOptions): Promise<MediaContent> {
    const content = await anna.media.share(file, { encrypt: true, ...options });
    await does(app, anna.token, 'POST', '/messages/send', { to: { user: ben.user }, content });
    return content;
  }
  const isDrawn = async (image: Locator) => {
    await image.waitFor();
    await ben.page.waitForFunction(
      (found) => (found as HTMLImageElement).complete && (found as HTMLImageElement).naturalWidth > 0,
      await image.elementHandle(),
    );
    return image.evaluate((found) => {
      const { src, naturalWidth } = found as HTMLImageElement;
      return { src, naturalWidth };
    });
  };
  /** What the server has of files: paths. */
  const stored = () => {
    const folder = join(app.server.folder, 'data/media');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
  };
  const storedOf = ({ bytes }: MediaContent) => stored().filter((path) => statSync(path).size === bytes);
  const fine = () => assert.deepEqual(ben.browser.complaints, []);

  it('a picture is seen by its thumbnail, and whole in the gallery; the server has other bytes', async () => {
    const thumbnail = new Blob([new Uint8Array(await plainPicture(90, 60).webp().toBuffer())], {
      type: 'image/webp',
    });
    const content = await send(new Blob([new Uint8Array(picture)]), {
      ...{ thumbnail, blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', name: 'boat.png', caption: 'Our boat' },
      ...{ width: 900, height: 600 },
    });
    const message = articles(ben.page).filter({ hasText: 'Our boat' });
    const small = await isDrawn(message.locator('img'));
    assert.deepEqual([small.src.slice(0, 5), small.naturalWidth], ['blob:', 90]);
    const box = (await message.locator('img').boundingBox())!;
    assert.ok(Math.abs(box.width / box.height - 1.5) < 0.02, JSON.stringify(box));
    assert.deepEqual(await barriers(ben.page), []);

    // Nothing at the server is the picture, or as long as it.
    assert.ok(content.bytes > picture.length);
    assert.equal(storedOf(content).length, 1);
    for (const path of stored()) {
      const bytes = readFileSync(path);
      assert.ok(!bytes.includes(picture.subarray(0, 8)) && !bytes.includes('WEBP'), path);
      assert.notEqual(bytes.length, picture.length);
    }

    await message.getByRole('button', { name: /^Open Photo by/ }).click();
    const whole = await isDrawn(dialog(ben.page).locator('img[data-whole=true]'));
    assert.deepEqual([whole.src.slice(0, 5), whole.naturalWidth], ['blob:', 900]);
    const saving = ben.page.waitForEvent('download');
    await dialog(ben.page).getByRole('button', { name: 'Download' }).click();
    const saved = await saving;
    assert.equal(saved.suggestedFilename(), 'boat.png');
    assert.deepEqual(readFileSync(await saved.path()), picture);
    await ben.page.keyboard.press('Escape');
    await dialog(ben.page).waitFor({ state: 'detached' });
    fine();
  });

  it('a document is saved as it was, whatever it is called', async () => {
    const text = '<script>globalThis.ran=1</script>';
    const content = await send(new Blob([text], { type: 'text/html' }), { name: 'page.html' });
    assert.notEqual(content.bytes, text.length);
    const button = articles(ben.page).getByRole('button', { name: /^Download page\.html 33/ });
    const saving = ben.page.waitForEvent('download');
    await button.click();
    assert.equal(readFileSync(await (await saving).path(), 'utf8'), text);
    assert.equal(await ben.page.evaluate(() => 'ran' in globalThis), false);
    fine();
  });

  it('a voice is fetched when it is listened to', async () => {
    await send(new Blob([hum(1_500)], { type: 'audio/wav' }), {
      ...{ kind: 'voice', durationMs: 1_500, waveform: [1, 20, 31, 20] },
    });
    const voice = articles(ben.page)
      .filter({ has: ben.page.locator('[data-sound]') })
      .last();
    await voice.getByRole('button', { name: 'Play' }).click();
    await voice.locator('[data-sound=plays]').waitFor();
    await voice.locator('[data-sound=rests]').waitFor();
    fine();
  });

  it('a video is shown by its poster, and played when it is pressed', { skip: noFfmpeg }, async () => {
    const path = join(app.server.folder, 'video.webm');
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=2'];
    execFileSync('/usr/bin/ffmpeg', ['-v', 'error', ...source, '-c:v', 'libvpx', path]);
    await send(new Blob([new Uint8Array(readFileSync(path))]), {
      width: 160,
      height: 120,
      caption: 'Sailing',
    });
    const message = articles(ben.page).filter({ hasText: 'Sailing' });
    await message.getByRole('button', { name: 'Play the video' }).waitFor();
    assert.deepEqual(await barriers(ben.page), []);
    await message.getByRole('button', { name: 'Play the video' }).click();
    await message.locator('video').waitFor();
    await ben.page.waitForFunction(
      (found) => (found as HTMLVideoElement).currentTime > 0,
      await message.locator('video').elementHandle(),
    );
    fine();
  });

  it('what is damaged at the server says so', async () => {
    const content = await send(new Blob([new Uint8Array(picture)]), { caption: 'Not our boat' });
    const [path] = storedOf(content).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    const whole = articles(ben.page).filter({ hasText: 'Not our boat' });
    await isDrawn(whole.locator('img'));
    const bytes = readFileSync(path!);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path!, bytes);
    // What it had decrypted goes with its page; what it had fetched is still good.
    await (await ben.browser.context.newCDPSession(ben.page)).send('Network.clearBrowserCache');
    await ben.page.reload();
    await whole.getByText('This file is damaged').waitFor();
    assert.equal(await whole.locator('img').count(), 0);
    assert.deepEqual(await barriers(ben.page), []);
    fine();
  });
});

/** A sound as WAV, 8 000 samples a second. */
function hum(milliseconds: number): Uint8Array<ArrayBuffer> {
  const samples = milliseconds * 8;
  const bytes = Buffer.alloc(44 + samples, 128);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(8_000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at++) bytes[44 + at] = 128 + Math.round(40 * Math.sin(at / 4));
  return new Uint8Array(bytes);
}
