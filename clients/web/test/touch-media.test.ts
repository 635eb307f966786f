/** Voices and photos under a finger: a phone with a microphone that hums, against a really started server. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { plainPicture } from '../../../services/media/images/samples.ts';
import { type App, noChromium, startApp } from './app.ts';
import { type Finger, fingerOn, middleOf } from './finger.ts';
import { type Guest, guest, row, say } from './people-pages.ts';

describe('a finger on the microphone and the camera', { skip: noChromium }, () => {
  let app: App;
  let anna: Guest;
  let ben: Guest;
  let page: Page;
  let finger: Finger;

  before(async () => {
    app = await startApp();
    anna = await guest(app, 'anna', { microphone: true, size: 'phone' });
    ben = await guest(app, 'ben', { size: 'phone' });
    page = anna.page;
    finger = await fingerOn(page);
    await say(app, ben, { user: anna.user }, 'Say something');
    await row(page, 'Say something').tap();
    await page.getByRole('feed').waitFor();
  });
  after(() => app?.close());
  beforeEach(async () => {
    await microphone().waitFor();
  });

  const microphone = () => page.getByRole('button', { name: 'Record a voice message' });
  const recording = () => page.getByRole('group', { name: 'Recording' });
  const has = (seconds: number) => page.getByRole('timer', { name: new RegExp(`0:0${seconds}`) }).waitFor();
  const voices = () => page.getByRole('article', { name: /Voice message/ });
  /** Whatever was to come of it has come: what is said after it is there, and nothing else. */
  let said = 0;
  async function sentSince(before: number): Promise<number> {
    const text = `and now ${++said}`;
    await say(app, ben, { user: anna.user }, text);
    await page.getByRole('article').filter({ hasText: text }).waitFor();
    return (await voices().count()) - before;
  }

  it('records as long as it holds, and sends when it lets go', async () => {
    const before = await voices().count();
    await finger.down(await middleOf(page, microphone()));
    await recording().waitFor();
    await page.getByText('Release to send').waitFor();
    await has(2);
    await finger.up();
    await recording().waitFor({ state: 'detached' });
    await voices()
      .filter({ has: page.locator('[data-state=accepted], [data-state=delivered], [data-state=read]') })
      .last()
      .waitFor();
    assert.equal(await sentSince(before), 1);
    assert.match((await voices().last().getAttribute('aria-label')) ?? '', /0:0[23]/);
    await row(ben.page, 'and now').tap();
    await ben.page.getByRole('article', { name: /Voice message/ }).waitFor();
  });

  it('discards what it draws away from', async () => {
    const before = await voices().count();
    const at = await middleOf(page, microphone());
    await finger.down(at);
    await has(1);
    await finger.drawTo({ x: at.x - 200, y: at.y });
    await finger.up();
    await recording().waitFor({ state: 'detached' });
    assert.equal(await sentSince(before), 0);
  });

  it('taps: it records until it is told to send', async () => {
    const before = await voices().count();
    await microphone().tap();
    await recording().waitFor();
    await has(1);
    await page.getByRole('button', { name: 'Send voice message' }).tap();
    await recording().waitFor({ state: 'detached' });
    assert.equal(await sentSince(before), 1);
  });

  it('is taken away by a call: what was said is not lost, and not sent', async () => {
    const before = await voices().count();
    await finger.down(await middleOf(page, microphone()));
    await has(1);
    await finger.cancel();
    await recording().waitFor();
    assert.equal(await sentSince(before), 0);
    await page.getByRole('button', { name: 'Discard voice message' }).tap();
    await recording().waitFor({ state: 'detached' });
    assert.equal(await sentSince(before), 0);
  });

  it('takes a photo with the camera', async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).tap();
    await page.getByRole('menuitem', { name: 'Take a photo' }).tap();
    const chooser = await choosing;
    const field = chooser.element();
    assert.equal(await field.getAttribute('capture'), 'environment');
    assert.equal(await field.getAttribute('accept'), 'image/*');
    assert.equal(chooser.isMultiple(), false);
    const buffer = await plainPicture(600, 900).jpeg().toBuffer();
    await chooser.setFiles({ name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer });
    await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).tap();
    await page.getByRole('article').locator('img').last().waitFor();
    // A file is not taken with the camera.
    const next = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach files' }).tap();
    await page.getByRole('menuitem', { name: 'Files' }).tap();
    assert.equal(await (await next).element().getAttribute('capture'), null);
  });

  it('made no page complain', () => {
    for (const { browser } of [anna, ben]) assert.deepEqual(browser.complaints, []);
  });
});
