/** For tests of the conversation view: the page with a scene, and what is looked for in it. */
import { after, before } from 'node:test';
import type { Page } from 'playwright-core';
import { type ConversationPages, conversationPages, type Given } from './conversation-page.ts';
import { group, long } from './conversation-scenes.ts';

export const NOW = Date.now();
/** In the page: what its script leaves there. */
declare const given: Given;

/** What was asked of the chat, by method. */
export const asked = (page: Page, method: string) =>
  page.evaluate((name) => given.chat.asked.filter(([one]) => one === name), method);
export const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
export const entry = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });
export const menuOf = async (page: Page, text: string) => {
  await entry(page, text).locator('[data-bubble]').click({ button: 'right' });
  return page.getByRole('menu');
};
export const atEnd = (page: Page) => page.waitForSelector('[role=feed][data-place=end]');

/** Called in a suite: its browser. */
export function conversationStage() {
  let pages: ConversationPages;
  before(async () => {
    pages = await conversationPages();
  });
  after(() => pages?.close());
  const opened = (options = {}) => pages.page(options);
  return {
    /** A page without a conversation. */
    opened,
    async shown(scene: 'group' | 'long', more: object = {}, options = {}) {
      const { page, troubles } = await opened(options);
      if (scene === 'group') await page.evaluate(group, { now: NOW, ...more });
      else await page.evaluate(long, { count: 300, now: NOW, ...more });
      await page.getByRole('feed').waitFor();
      return { page, troubles, done: () => page.context().close() };
    },
  };
}
