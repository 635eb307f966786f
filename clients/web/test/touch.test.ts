/** The conversation under a finger: a real Chromium that is touched, on a fake chat. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { noChromium } from '../../sdk/fixtures/browser.ts';
import { type ConversationPages, conversationPages, type Given } from './conversation-page.ts';
import { group, long } from './conversation-scenes.ts';
import { type Finger, fingerOn, middleOf } from './finger.ts';

declare const given: Given;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

describe('a finger on the conversation', { skip: noChromium }, () => {
  let pages: ConversationPages;
  before(async () => {
    pages = await conversationPages();
  });
  after(() => pages?.close());

  async function shown(scene: 'group' | 'long' = 'group', language: 'en' | 'ar' = 'en') {
    const { page, troubles } = await pages.page(PHONE);
    if (language !== 'en') await page.evaluate((to) => given.speak(to), language);
    if (scene === 'group') await page.evaluate(group, { now: Date.now() });
    else await page.evaluate(long, { count: 300, now: Date.now() });
    await page.getByRole('feed').waitFor();
    await page.waitForSelector('[role=feed][data-place=end]');
    const done = async () => {
      assert.deepEqual(troubles, []);
      await page.context().close();
    };
    return { page, finger: await fingerOn(page), done };
  }

  const bubble = (page: Page, text: string) =>
    page.getByRole('article').filter({ hasText: text }).locator('[data-bubble]').first();
  const answering = (page: Page) =>
    page
      .locator('form')
      .locator('strong')
      .filter({ hasText: /Anna Sand/ });
  const place = (page: Page) => page.evaluate(() => document.querySelector('[role=feed]')!.scrollTop);
  /** By what the browser has drawn. */
  const drawn = (page: Page, text: string) =>
    bubble(page, text).evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).e);
  /** Two turns of the page: what was to come of a touch has come. */
  const settled = (page: Page) =>
    page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );

  async function swipe(page: Page, finger: Finger, text: string, by: { x: number; y?: number }) {
    const from = await middleOf(page, bubble(page, text));
    await finger.down(from);
    await finger.drawTo({ x: from.x + by.x, y: from.y + (by.y ?? 0) });
  }

  it('draws a message along the line, and replies to it', async () => {
    const { page, finger, done } = await shown('long');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await swipe(page, finger, 'Message 300', { x: 70 });
    const far = await drawn(page, 'Message 300');
    assert.ok(far >= 56 && far <= 80, `${far}`);
    await finger.up();
    await answering(page).waitFor();
    assert.equal(await drawn(page, 'Message 300'), 0);
    // It was no tap, and no long press.
    assert.equal(await page.getByRole('menu').count(), 0);
    await done();
  });

  it('does nothing when it draws too little, the other way, or along the list; which then scrolls', async () => {
    const { page, finger, done } = await shown('long');
    for (const by of [{ x: 40 }, { x: -90 }]) {
      await swipe(page, finger, 'Message 300', by);
      await finger.up();
      await settled(page);
      assert.equal(await answering(page).count(), 0);
    }
    const before = await place(page);
    await swipe(page, finger, 'Message 299', { x: 20, y: 300 });
    await finger.up();
    await page.waitForFunction(
      (from) => document.querySelector('[role=feed]')!.scrollTop < from - 100,
      before,
    );
    assert.equal(await answering(page).count(), 0);
    assert.equal(await page.getByRole('menu').count(), 0);
    await done();
  });

  it('is taken away in the middle: the message is where it was', async () => {
    const { page, finger, done } = await shown('long');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await swipe(page, finger, 'Message 300', { x: 70 });
    await finger.cancel();
    await settled(page);
    assert.equal(await drawn(page, 'Message 300'), 0);
    assert.equal(await answering(page).count(), 0);
    await done();
  });

  it('draws the other way where one reads from right to left', async () => {
    const { page, finger, done } = await shown('long', 'ar');
    await swipe(page, finger, 'Message 300', { x: 70 });
    await finger.up();
    await settled(page);
    assert.equal(await answering(page).count(), 0);
    await swipe(page, finger, 'Message 300', { x: -70 });
    await finger.up();
    await answering(page).waitFor();
    await done();
  });

  it('rests on a message: its menu opens, stays when the finger goes, and does what is chosen', async () => {
    const { page, finger, done } = await shown('long');
    await finger.down(await middleOf(page, bubble(page, 'Message 300')));
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await finger.up();
    await settled(page);
    assert.equal(await menu.count(), 1);
    assert.equal(await page.evaluate(() => getSelection()!.toString()), '');
    const edges = await menu.evaluate((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    });
    assert.ok(edges, 'all of it is on the screen');
    await menu.getByRole('menuitem', { name: 'Reply' }).tap();
    await answering(page).waitFor();
    assert.equal(await menu.count(), 0);
    await done();
  });

  it('taps beside a menu: it closes, and nothing below it is pressed', async () => {
    const { page, finger, done } = await shown();
    const emoji = page.getByRole('button', { name: 'Emoji' });
    const at = await middleOf(page, emoji);
    await finger.down(await middleOf(page, bubble(page, 'On my way')));
    await page.getByRole('menu').waitFor();
    await finger.up();
    await finger.down(at);
    await finger.up();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await settled(page);
    assert.equal(await page.getByRole('dialog').count(), 0);
    // The next one is for what it touches.
    await emoji.tap();
    await page.getByRole('dialog').waitFor();
    await done();
  });

  it('rests while it scrolls: no menu', async () => {
    const { page, finger, done } = await shown('long');
    const from = await middleOf(page, bubble(page, 'Message 299'));
    await finger.down(from);
    await finger.drawTo({ x: from.x, y: from.y + 120 });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
    await finger.up();
    assert.equal(await page.getByRole('menu').count(), 0);
    await done();
  });

  it('chooses several after one was chosen from the menu, by taps', async () => {
    const { page, finger, done } = await shown('long');
    await finger.down(await middleOf(page, bubble(page, 'Message 300')));
    await page.getByRole('menu').waitFor();
    await finger.up();
    await page.getByRole('menuitem', { name: 'Select' }).tap();
    await page.getByText('1 selected').waitFor();
    await bubble(page, 'Message 299').tap();
    await page.getByText('2 selected').waitFor();
    await done();
  });
});
