/** Files among people in browsers of their own, against a really started server. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { plainPicture } from '../../../services/media/images/samples.ts';
import { type App, barriers, noChromium, startApp } from './app.ts';
import { does, type Guest, guest, row, say } from './people-pages.ts';
import { type SlowWay, slowWay } from './slow-way.ts';

const SCRIPT = '<img src=x onerror="globalThis.ran=1">';

describe('files in the web app', { skip: noChromium }, () => {
  let app: App;
  let anna: Guest;
  let ben: Guest;
  let picture: Buffer;
  let way: SlowWay;

  before(async () => {
    app = await startApp();
    way = await slowWay(app.server.http);
    anna = await guest(app, 'anna', { microphone: true, origin: way.origin });
    ben = await guest(app, 'ben', { size: 'phone' });
    for (const { page } of [anna, ben]) await page.emulateMedia({ reducedMotion: 'reduce' });
    picture = await plainPicture(900, 600).png().toBuffer();
    await say(app, ben, { user: anna.user }, 'Show me the boat');
    await row(anna.page, 'Show me the boat').click();
    await row(ben.page, 'Show me the boat').click();
    await feed(anna.page).waitFor();
    await feed(ben.page).waitFor();
  });
  after(async () => {
    await app?.close();
    await way?.close();
  });

  const feed = (page: Page) => page.getByRole('feed');
  const articles = (page: Page) => feed(page).getByRole('article');
  const dialog = (page: Page) => page.getByRole('dialog');
  const fine = ({ browser }: Guest) => assert.deepEqual(browser.complaints, []);

  /** As somebody who picks them. */
  async function attach(page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).click();
    await page.getByRole('menuitem', { name: 'Files' }).click();
    await (await choosing).setFiles(files);
    await dialog(page).waitFor();
  }
  const png = (name: string) => ({ name, mimeType: 'image/png', buffer: picture });
  const sendIt = (page: Page) => dialog(page).getByRole('button', { name: 'Send', exact: true }).click();
  /** It is on the server. */
  const sent = (page: Page, name: RegExp) =>
    articles(page)
      .filter({ has: page.locator('[data-state=accepted], [data-state=delivered], [data-state=read]') })
      .and(page.getByRole('article', { name }))
      .last();

  it('a picture is picked, captioned, sent, seen by the other, and looked at in the gallery', async () => {
    await attach(anna.page, png('boat.png'));
    assert.deepEqual(await barriers(anna.page), [], 'the preview');
    await dialog(anna.page).getByLabel('Caption').fill('Our boat');
    await sendIt(anna.page);
    await sent(anna.page, /Our boat/).waitFor();

    const shown = articles(ben.page).filter({ hasText: 'Our boat' }).locator('img');
    await shown.waitFor();
    assert.match((await shown.getAttribute('src'))!, /\/media\/[^/]+\/thumbnail\?/);
    await ben.page.waitForFunction(
      (image) => (image as HTMLImageElement | null)?.complete && (image as HTMLImageElement).naturalWidth > 0,
      await shown.elementHandle(),
    );
    // Its place is that of the picture, whatever has come of it.
    const box = (await shown.boundingBox())!;
    assert.ok(Math.abs(box.width / box.height - 1.5) < 0.02, JSON.stringify(box));
    assert.deepEqual(await barriers(ben.page), [], 'the message');

    await articles(ben.page)
      .getByRole('button', { name: /^Open Photo by/ })
      .click();
    const whole = dialog(ben.page).locator('img[data-whole=true]');
    await whole.waitFor();
    assert.match((await whole.getAttribute('src'))!, /\/media\/[^/]+\/content\?/);
    await dialog(ben.page).getByText('Our boat').waitFor();
    assert.deepEqual(await barriers(ben.page), [], 'the gallery');
    await dialog(ben.page).getByRole('button', { name: 'Zoom in' }).click();
    assert.match((await whole.getAttribute('style'))!, /scale\(1\.5\)/);
    const saving = ben.page.waitForEvent('download');
    await dialog(ben.page).getByRole('button', { name: 'Download' }).click();
    assert.equal((await saving).suggestedFilename(), 'boat.png');
    await ben.page.keyboard.press('Escape');
    await dialog(ben.page).waitFor({ state: 'detached' });
  });

  it('a picture is pasted; arrows go through the gallery', async () => {
    await anna.page.getByRole('textbox', { name: 'Message', exact: true }).focus();
    await anna.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
      document.activeElement!.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      );
    }, picture.toString('base64'));
    await dialog(anna.page).getByText('pasted.png').waitFor();
    await anna.page.keyboard.press('Enter'); // the caption has the focus
    await sent(anna.page, /📷 Photo/).waitFor();

    await articles(anna.page)
      .getByRole('button', { name: /^Open Photo by/ })
      .last()
      .click();
    await dialog(anna.page).locator('img[data-whole=true]').waitFor();
    assert.equal(await dialog(anna.page).getByRole('button', { name: 'Next' }).isDisabled(), true);
    await anna.page.keyboard.press('ArrowLeft');
    await dialog(anna.page).getByText('Our boat').waitFor();
    await anna.page.keyboard.press('Escape');
    // In the list it is what it is.
    await row(anna.page, '📷 Photo').waitFor();
  });

  it('several are put in order, and dropped', async () => {
    await anna.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['one'], 'first.txt', { type: 'text/plain' }));
      dataTransfer.items.add(new File(['two'], 'second.txt', { type: 'text/plain' }));
      const pane = document.querySelector('[role=feed]')!;
      for (const type of ['dragenter', 'dragover', 'drop'])
        pane.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    });
    await dialog(anna.page).getByRole('heading', { name: 'Send 2 files' }).waitFor();
    assert.deepEqual(await barriers(anna.page), []);
    await dialog(anna.page).getByRole('button', { name: 'Move “second.txt” up' }).click();
    await sendIt(anna.page);
    await sent(anna.page, /first\.txt/).waitFor();
    await articles(ben.page)
      .getByRole('button', { name: /^Download first\.txt/ })
      .waitFor();
    const names = await articles(ben.page)
      .getByRole('button', { name: /^Download (first|second)\.txt/ })
      .evaluateAll((buttons) => buttons.map((button) => button.querySelector('bdi')!.textContent));
    assert.deepEqual(names, ['second.txt', 'first.txt']);
  });

  it('a voice is recorded, and played by the other at another speed', async () => {
    await anna.page.getByRole('button', { name: 'Record a voice message' }).click();
    await anna.page.getByRole('group', { name: 'Recording' }).waitFor();
    assert.deepEqual(await barriers(anna.page), []);
    await anna.page.getByRole('timer', { name: /0:02/ }).waitFor();
    await anna.page.getByRole('button', { name: 'Send voice message' }).click();
    await sent(anna.page, /Voice message 0:0[23]/).waitFor();

    const voice = articles(ben.page)
      .filter({ has: ben.page.locator('[data-sound]') })
      .last();
    assert.ok((await voice.locator('[data-sound] span[aria-hidden] > span').count()) > 3, 'a waveform');
    await voice.getByRole('button', { name: 'Play' }).click();
    await voice.locator('[data-sound=plays]').waitFor();
    await voice.getByRole('button', { name: 'Speed: 1×' }).click();
    await voice.getByRole('button', { name: 'Speed: 1.5×' }).waitFor();
    await voice.locator('[data-sound=rests]').waitFor(); // it has an end
    assert.deepEqual(await barriers(ben.page), []);
    fine(ben);
  });

  it('a recording that is discarded is not sent', async () => {
    // Of the others some may be out of sight afterwards, and not drawn.
    const voices = articles(anna.page).filter({ has: anna.page.locator('[data-sound]') });
    const before = await voices.count();
    await anna.page.getByRole('button', { name: 'Record a voice message' }).click();
    await anna.page.getByRole('timer', { name: /0:01/ }).waitFor();
    await anna.page.keyboard.press('Escape');
    await anna.page.getByRole('group', { name: 'Recording' }).waitFor({ state: 'detached' });
    await say(app, ben, { user: anna.user }, 'I hear nothing');
    await articles(anna.page).filter({ hasText: 'I hear nothing' }).waitFor();
    assert.ok((await voices.count()) <= before);
  });

  it('an upload is paused, survives its page and its host, goes on, and another is cancelled', async () => {
    const { page } = anna;
    const path = join(app.server.folder, 'large.bin');
    writeFileSync(path, randomBytes(6_000_000));
    way.rate = 400_000;
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).click();
    await page.getByRole('menuitem', { name: 'Files' }).click();
    await (await choosing).setFiles(path);
    await sendIt(page);
    const message = articles(page).filter({ hasText: 'large.bin' });
    const bar = message.getByRole('progressbar');
    const percent = async () => Number(await bar.getAttribute('aria-valuenow'));
    while ((await percent()) < 3) await page.waitForTimeout(50); // moves by itself
    await message.getByRole('button', { name: 'Pause the upload' }).click();
    await message.locator('[data-upload=paused]').waitFor();
    const reached = await percent();
    assert.ok(reached > 0 && reached < 90, `${reached}%`);
    assert.deepEqual(await barriers(page), []);

    // With its only page the host ends: the file is kept, and what is there of it.
    await page.reload();
    await message.locator('[data-upload=paused]').waitFor();
    way.rate = null;
    await message.getByRole('button', { name: 'Go on with the upload' }).click();
    await sent(page, /large\.bin/).waitFor({ timeout: 30_000 });
    const button = articles(ben.page).getByRole('button', { name: /^Download large\.bin 6/ });
    await button.waitFor();
    const saving = ben.page.waitForEvent('download');
    await button.click();
    assert.deepEqual(readFileSync(await (await saving).path()), readFileSync(path));

    way.rate = 200_000;
    await attach(page, { name: 'never.bin', mimeType: 'application/zip', buffer: randomBytes(3_000_000) });
    await sendIt(page);
    const other = articles(page).filter({ hasText: 'never.bin' });
    await other.getByRole('button', { name: 'Cancel the upload' }).click();
    await other.waitFor({ state: 'detached' });
    way.rate = null;
    await page.reload();
    await message.waitFor();
    assert.equal(await other.count(), 0);
  });

  it('names are names, and drawings that are programs are documents', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg"><script>globalThis.ran=1</script><rect width="9" height="9"/></svg>',
    );
    await attach(anna.page, { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: svg });
    await sendIt(anna.page);
    await sent(anna.page, /drawing\.svg/).waitFor();
    const file = await form(anna, 'x', `${SCRIPT}.txt`);
    await does(app, anna.token, 'POST', '/messages/send', {
      to: { user: ben.user },
      content: {
        type: 'media',
        kind: 'document',
        media: file.id,
        mime: file.mime,
        bytes: file.bytes,
        name: `\u202e${SCRIPT}`,
      },
    });
    const drawing = articles(ben.page).filter({ hasText: 'drawing.svg' });
    await drawing.waitFor();
    assert.equal(await drawing.locator('img').count(), 0);
    await articles(ben.page).filter({ hasText: SCRIPT }).waitFor();
    for (const { page } of [anna, ben]) {
      assert.equal(await page.evaluate(() => 'ran' in globalThis), false);
      assert.doesNotMatch(await page.evaluate(() => document.body.textContent!), /\u202e/);
    }
    // What its sender calls a picture is none.
    const drawn = await form(anna, svg.toString(), 'x.svg');
    await does(app, anna.token, 'POST', '/messages/send', {
      to: { user: ben.user },
      content: {
        type: 'media',
        kind: 'image',
        media: drawn.id,
        mime: drawn.mime,
        bytes: drawn.bytes,
        text: 'look at this',
      },
    });
    const forged = articles(ben.page).filter({ hasText: 'look at this' });
    await forged.getByRole('button', { name: /^Download/ }).waitFor();
    assert.equal(await forged.locator('img').count(), 0);
  });

  it('somebody else cannot fetch what one sends', async () => {
    const carl = await guest(app, 'carl');
    const src = await articles(ben.page)
      .getByRole('button', { name: /^Open Photo by/ })
      .first()
      .locator('img')
      .getAttribute('src');
    const id = /\/media\/([^/]+)\//.exec(src!)?.[1];
    assert.ok(id, src!);
    const answer = await fetch(`${app.server.http}/media/${id}`, {
      headers: { authorization: `Bearer ${carl.token}` },
    });
    assert.equal(answer.status, 404);
    assert.equal((await fetch(`${app.server.http}/media/${id}/content`)).ok, false);
    await carl.browser.close();
  });

  it('is there on a phone in the dark', async () => {
    const dora = await guest(app, 'dora', { dark: true, size: 'phone' });
    await dora.page.emulateMedia({ reducedMotion: 'reduce' });
    const { id, mime, bytes } = await form(dora, picture, 'boat.png');
    const content = {
      type: 'media',
      kind: 'image',
      media: id,
      mime,
      bytes,
      width: 900,
      height: 600,
      thumbnail: true,
    };
    await does(app, dora.token, 'POST', '/messages/send', { to: { user: anna.user }, content });
    await row(dora.page, '📷 Photo').click();
    await feed(dora.page).locator('img').waitFor();
    assert.deepEqual(await barriers(dora.page), []);
    fine(ben);
    fine(anna);
  });

  /** By HTTP, as other clients do. */
  async function form(who: Guest, text: string | Buffer, name: string) {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(Buffer.from(text as string))]), name);
    const answer = await fetch(`${app.server.http}/media/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${who.token}` },
      body,
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    return (await answer.json()) as { id: string; mime: string; bytes: number };
  }
});
