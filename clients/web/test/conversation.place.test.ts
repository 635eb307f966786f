import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { noChromium } from '../../sdk/fixtures/browser.ts';
import type { Given } from './conversation-page.ts';
import { long } from './conversation-scenes.ts';
import { atEnd, conversationStage, entry, NOW } from './conversation-stage.ts';

/** In the page: what its script leaves there. */
declare const given: Given;
/** How far a message stands from the top of the list, pixels. */
const top = (page: Page, seq: number) =>
  page.evaluate((number) => {
    const list = document.querySelector('[role=feed]')!.getBoundingClientRect();
    return Math.round(
      document.querySelector(`[data-seq="${number}"]`)!.getBoundingClientRect().top - list.top,
    );
  }, seq);
const scrollTo = (page: Page, where: number) =>
  page.evaluate((to) => {
    const list = document.querySelector('[role=feed]')!;
    list.scrollTop = to < 0 ? list.scrollHeight : to;
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }, where);

describe('where the conversation view stands', { skip: noChromium }, () => {
  const { opened, shown } = conversationStage();

  it('opens at the newest, draws only what is seen, and follows what comes', async () => {
    const { page, troubles, done } = await shown('long');
    await atEnd(page);
    await entry(page, 'Message 300').waitFor();
    assert.ok((await page.getByRole('article').count()) < 80);
    await page.evaluate(() => {
      const { chat, fakes } = given;
      chat.arrive(
        { conversation: 'long' },
        fakes.fakeMessage({
          key: 'new',
          seq: 301,
          sender: 'user-anna',
          content: { type: 'text', text: 'And here I am' },
        }),
      );
    });
    await entry(page, 'And here I am').waitFor();
    await atEnd(page);
    assert.equal(await page.locator('[role=log]').textContent(), 'Anna Sand: And here I am');
    assert.deepEqual(troubles, []);
    await done();
  });

  it('does not move what one reads when messages come, at either end', async () => {
    const { page, done } = await shown('long');
    await entry(page, 'Message 300').waitFor();
    await page.waitForFunction(() => {
      const list = document.querySelector('[role=feed]')!;
      return list.scrollHeight - list.scrollTop - list.clientHeight < 2;
    });
    await scrollTo(page, 6_000);
    await page.waitForSelector('[role=feed][data-place=back]');
    const seq = await page.evaluate(() => {
      const list = document.querySelector('[role=feed]')!.getBoundingClientRect();
      const all = [...document.querySelectorAll<HTMLElement>('[data-seq]')];
      return Number(all.find((one) => one.getBoundingClientRect().top > list.top + 100)!.dataset.seq);
    });
    const was = await top(page, seq);
    await page.evaluate(() => {
      const { chat, fakes } = given;
      const { entries } = chat.view({ conversation: 'long' });
      const older = Array.from({ length: 60 }, (_, at) =>
        fakes.fakeMessage({
          key: `old${at}`,
          seq: at - 59,
          sender: 'user-anna',
          content: { type: 'text', text: 'older '.repeat(1 + ((at * 13) % 60)) },
        }),
      );
      // Older ones at the start, and as many gone from the end, at once: as a window does it.
      entries.value = [...older, ...entries.value.slice(0, -40)];
    });
    await page.waitForFunction(() => document.querySelector('[role=feed]')!.scrollTop > 7_000);
    await scrollTo(page, await page.evaluate(() => document.querySelector('[role=feed]')!.scrollTop));
    assert.ok(Math.abs((await top(page, seq)) - was) <= 2, `moved from ${was} to ${await top(page, seq)}`);
    await page.evaluate(() => {
      const { chat, fakes } = given;
      chat.arrive(
        { conversation: 'long' },
        fakes.fakeMessage({ key: 'n', seq: 400, content: { type: 'text', text: 'new' } }),
      );
    });
    await scrollTo(page, await page.evaluate(() => document.querySelector('[role=feed]')!.scrollTop));
    assert.ok(Math.abs((await top(page, seq)) - was) <= 2);
    await done();
  });

  it('opens where the unread ones begin, tells how many, and says what has been read', async () => {
    const { page, done } = await shown('long', { unread: 60 });
    const mark = page.getByText('60 unread messages');
    await mark.waitFor();
    assert.equal(await page.locator('[role=feed]').getAttribute('data-place'), 'back');
    await page.getByRole('button', { name: /newest message, 60 unread/ }).click();
    await atEnd(page);
    await page.waitForFunction(() =>
      given.chat.asked.some(([method, , seq]) => method === 'markRead' && seq === 300),
    );
    await done();
  });

  it('goes to the newest also while it is on its way to where it opens', async () => {
    const { page } = await opened();
    await page.evaluate(() => {
      let frames = 0;
      const pulse = () => {
        // What is measured anew, again and again, keeps the list on its way.
        const row = document.querySelector<HTMLElement>('[role=feed] [data-seq]');
        if (row !== null) row.style.paddingBottom = frames++ % 2 === 0 ? '9px' : '';
        if (frames === 5) document.querySelector<HTMLElement>('[aria-label*="newest message"]')!.click();
        if (frames < 30) requestAnimationFrame(pulse);
        else document.body.dataset.still = '';
      };
      pulse();
    });
    await page.evaluate(long, { count: 300, now: NOW, unread: 60 });
    await page.waitForSelector('[data-still]');
    await atEnd(page);
    await page.context().close();
  });
});
