import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type App, type Browser, joinAs, noChromium, startApp } from './app.ts';

let app: App;
let anna: Page;
let ben: Page;
let annasBrowser: Browser;
let bensBrowser: Browser;

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const entry = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });
const state = (page: Page, text: string, name: string) =>
  entry(page, text).locator(`[data-state=${name}]`).waitFor();
const menuOf = async (page: Page, text: string) => {
  await entry(page, text).locator('[data-bubble]').click({ button: 'right' });
  return page.getByRole('menu');
};
const say = async (page: Page, text: string) => {
  await field(page).fill(text);
  await field(page).press('Enter');
};
/** Opens the conversation with somebody, from the list. */
const openWith = async (page: Page, name: string) => {
  await page.getByRole('searchbox').first().fill(name);
  await page.getByText(name, { exact: true }).first().click();
  await field(page).waitFor();
};

describe('two people in two browsers', { skip: noChromium }, () => {
  before(async () => {
    app = await startApp();
    annasBrowser = await app.browser();
    bensBrowser = await app.browser();
    [anna, ben] = await Promise.all([annasBrowser.tab(), bensBrowser.tab()]);
    await Promise.all([joinAs(anna, 'anna'), joinAs(ben, 'ben')]);
    await openWith(anna, 'ben');
  });
  after(() => app?.close());

  it('see ticks go from sent to delivered to read', async () => {
    await say(anna, 'Are the dunlins back?');
    await state(anna, 'dunlins', 'delivered');
    await ben.getByText('Are the dunlins back?').first().click();
    await entry(ben, 'dunlins').waitFor();
    await state(anna, 'dunlins', 'read');
  });

  it('reply, react, edit, delete', async () => {
    await (await menuOf(ben, 'dunlins back')).getByRole('menuitem', { name: 'Reply' }).click();
    await say(ben, 'Since this morning');
    await entry(anna, 'Since this morning')
      .getByRole('button', { name: /replies to/ })
      .or(entry(anna, 'Since this morning').getByTitle(/replies to/))
      .first()
      .waitFor();
    await (await menuOf(anna, 'Since this morning')).getByRole('menuitemcheckbox', { name: /👍/ }).click();
    await entry(ben, 'Since this morning')
      .getByRole('button', { name: /👍, 1 reaction/ })
      .waitFor();
    await field(ben).press('ArrowUp');
    await say(ben, 'Since this afternoon');
    await entry(anna, 'Since this afternoon').getByText('edited').waitFor();
    await say(ben, 'Wrong window');
    await entry(anna, 'Wrong window').waitFor();
    await (await menuOf(ben, 'Wrong window')).getByRole('menuitem', { name: 'Delete' }).click();
    await ben.getByRole('button', { name: 'Delete for everyone' }).click();
    await entry(anna, 'This message was deleted').waitFor();
    assert.equal(await entry(anna, 'Wrong window').count(), 0);
  });

  it('forward, and see that it was', async () => {
    await (await menuOf(anna, 'this afternoon')).getByRole('menuitem', { name: 'Forward' }).click();
    await anna.getByRole('checkbox', { name: 'ben' }).check({ force: true });
    await anna.getByRole('button', { name: 'Send to 1 conversation' }).click();
    await ben.getByText('Forwarded').waitFor();
  });

  it('see each other type', async () => {
    await field(ben).pressSequentially('hm');
    await anna.getByRole('banner').or(anna.locator('header')).getByText('typing…').first().waitFor();
    await field(ben).fill('');
  });

  it('write without a connection: a clock, then out it goes', async () => {
    await app.server.stop();
    await say(anna, 'From the boat');
    await state(anna, 'From the boat', 'queued');
    await app.server.start();
    await entry(ben, 'From the boat').waitFor({ timeout: 40_000 });
    await state(anna, 'From the boat', 'read');
  });

  it('cannot run anything at the other’s', async () => {
    const evil = `<img src=x onerror="document.title='hit'"><script>document.title='hit'</script> javascript:alert(1)`;
    await say(anna, evil);
    await entry(ben, 'onerror').waitFor();
    assert.equal(await ben.locator('article img, article script, article a').count(), 0);
    assert.notEqual(await ben.title(), 'hit');
    // While the server was away the browser complained that it was; of nothing else.
    const others = [...annasBrowser.complaints, ...bensBrowser.complaints].filter(
      (one) => !/WebSocket connection|ERR_CONNECTION|Failed to load resource|net::/.test(one),
    );
    assert.deepEqual(others, []);
  });
});
