import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { noChromium } from '../../sdk/fixtures/browser.ts';
import type { Given } from './conversation-page.ts';
import { conversationStage, menuOf } from './conversation-stage.ts';

/** In the page: what its script leaves there. */
declare const given: Given;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the conversation view for everybody', { skip: noChromium }, () => {
  const { shown } = conversationStage();

  for (const [name, options] of Object.entries({
    light: { reducedMotion: 'reduce' },
    dark: { reducedMotion: 'reduce', colorScheme: 'dark' },
    'a phone': {
      reducedMotion: 'reduce',
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    },
  }))
    it(`has nothing serious for axe: ${name}`, async () => {
      const { page, done } = await shown('group', { unread: 7 }, options);
      await page.evaluate(axe);
      const check = () =>
        page.evaluate(async () => {
          const { violations } = await (globalThis as never as { axe: typeof import('axe-core') }).axe.run();
          return violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]);
        });
      assert.deepEqual(await check(), []);
      await (await menuOf(page, 'harbour key')).waitFor();
      assert.deepEqual(await check(), []);
      await done();
    });

  it('runs from right to left in Arabic', async () => {
    const { page, troubles, done } = await shown('group');
    await page.evaluate(() => given.speak('ar'));
    await page.getByRole('textbox', { name: 'رسالة' }).waitFor();
    const [mine, theirs] = await page.evaluate(() =>
      ['14', '12'].map(
        (seq) => document.querySelector(`[data-seq="${seq}"] [data-bubble]`)!.getBoundingClientRect().left,
      ),
    );
    assert.ok(mine! < theirs!, 'one’s own stand at the end of the line: on the left');
    assert.deepEqual(troubles, []);
    await done();
  });
});
