/** People: finding them, calling them, keeping them away, and what one shows them. In real browsers, against a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type App, barriers, noChromium, PASSWORD, startApp } from './app.ts';
import {
  administrator,
  does,
  type Guest,
  guest,
  main,
  open,
  row,
  say,
  signedIn,
  title,
  unsaid,
} from './people-pages.ts';

const SCRIPT = '<svg onload="globalThis.ran=1">';

describe('people in the web app', { skip: noChromium }, () => {
  let app: App;
  let anna: Guest;
  let ben: Guest;

  before(async () => {
    app = await startApp();
    anna = await guest(app, 'anna');
    ben = await guest(app, 'ben');
    await say(app, ben, { user: anna.user }, 'the tide is out');
    await say(app, anna, { user: ben.user }, 'I can see it');
    await row(anna.page, 'I can see it').waitFor();
    await row(ben.page, 'I can see it').waitFor();
  });
  after(() => app?.close());

  const details = (who: Guest, of: Guest) => open(who.page, `/app/details/user/${of.user}`);
  const chat = (who: Guest, of: Guest) => open(who.page, `/app/with/${of.user}`);
  const message = (page: Page) => page.getByRole('textbox', { name: 'Message' });

  it('are opened by a link to them, also by who is not in yet', async () => {
    await open(anna.page, '/app/new/link');
    const link = `${app.server.http}/u/${anna.username}`;
    await main(anna.page).getByRole('img', { name: 'Code of a link to you' }).waitFor();
    assert.equal(await main(anna.page).getByRole('link', { name: link }).getAttribute('href'), link);
    const browser = await app.browser();
    const page = await browser.tab(`/u/${anna.username}`);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name', { exact: true }).fill('visitor');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account', exact: true }).click();
    await page.getByRole('region', { name: `Conversation with ${anna.username}` }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/app/with/${anna.user}`);
    // And by one who is.
    await open(page, '/u/nobody-of-this-name');
    await main(page).getByText('There is nobody of this name.').waitFor();
    assert.deepEqual(browser.complaints, []);
    await browser.close();
  });

  it('are only found by their whole name', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'New chat' }).click();
    const search = page.getByRole('searchbox', { name: 'Name or @username' });
    await search.fill('visito');
    await main(page).getByText('There is nobody of this name.', { exact: true }).last().waitFor();
    await search.fill('@Visitor');
    await main(page).getByRole('link', { name: '@visitor' }).waitFor();
    assert.deepEqual(await barriers(page), []);
    await search.fill('');
    await main(page).getByRole('link', { name: 'Note to self' }).click();
    await page.getByRole('region', { name: 'Conversation with Note to self' }).waitFor();
    await message(page).fill('remember the binoculars');
    await page.keyboard.press('Enter');
    await row(page, 'Note to self').waitFor();
  });

  it('are called what one calls them, and only by oneself', async () => {
    await details(anna, ben);
    await anna.page.getByRole('button', { name: 'Add to contacts' }).click();
    const dialog = anna.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(`Ben ${SCRIPT}`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(anna.page, `Ben ${SCRIPT}`).waitFor();
    await main(anna.page)
      .getByRole('heading', { name: `Ben ${SCRIPT}` })
      .waitFor();
    await details(ben, ben);
    assert.equal(await ben.page.getByText(SCRIPT).count(), 0);
    await anna.page.getByRole('button', { name: 'Remove from contacts' }).click();
    await row(anna.page, SCRIPT).waitFor({ state: 'detached' });
    await row(anna.page, ben.username).waitFor();
  });

  it('show what they say of themselves as text, and no photo from elsewhere', async () => {
    const asked: string[] = [];
    anna.page.on('request', (request) => asked.push(request.url()));
    const photo = 'https://tracker.example/p.png?who=anna';
    await does(app, ben.token, 'PATCH', '/profile', { name: SCRIPT, status: SCRIPT, photo });
    await open(anna.page, '/app/new');
    await details(anna, ben);
    await main(anna.page).getByRole('definition').filter({ hasText: SCRIPT }).first().waitFor();
    assert.deepEqual(await barriers(anna.page), []);
    assert.equal(await main(anna.page).locator('img').count(), 0);
    assert.equal(await anna.page.evaluate(() => (globalThis as { ran?: number }).ran), undefined);
    assert.deepEqual(
      asked.filter((url) => !url.startsWith(app.server.http)),
      [],
    );
    await does(app, ben.token, 'PATCH', '/profile', { name: 'Ben', status: null, photo: null });
  });

  it('who are blocked cannot write, and are told why; until they are not any more', async () => {
    await details(ben, anna);
    await ben.page.getByRole('button', { name: /^Block / }).click();
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await main(ben.page).getByText('Nothing passes between you').waitFor();
    await chat(anna, ben);
    await message(anna.page).fill('do you hear me?');
    await anna.page.keyboard.press('Enter');
    await anna.page.getByText('Not sent. One of you has blocked the other.').waitFor();
    await open(ben.page, '/app/settings/blocked');
    assert.equal(await row(ben.page, 'do you hear me?').count(), 0);
    assert.deepEqual(await barriers(ben.page), []);
    await main(ben.page)
      .getByRole('button', { name: /^Unblock / })
      .click();
    await main(ben.page).getByText('You have blocked nobody').waitFor();
    await anna.page.getByRole('button', { name: 'Send again' }).click();
    await row(ben.page, 'do you hear me?').waitFor();
  });

  it('are reported with a reason, and with the messages that one chose', async () => {
    await details(ben, anna);
    await unsaid(ben.page);
    await ben.page.getByRole('button', { name: /^Report / }).click();
    const dialog = ben.page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Report', exact: true });
    assert.equal(await send.isDisabled(), true);
    await dialog.getByRole('radio', { name: 'Spam' }).check();
    await dialog.getByRole('checkbox', { name: /do you hear me/ }).check({ force: true });
    assert.deepEqual(await barriers(ben.page), []);
    await send.click();
    await ben.page.getByText('The administrators have been told.').waitFor();
    const invitation = await administrator(app);
    await does(app, '', 'POST', '/register', { username: 'keeper', password: PASSWORD, invitation });
    const { token } = await signedIn(app, 'keeper');
    const { reports } = (await does(app, token, 'GET', '/admin/reports')) as {
      reports: { user: string; reporter: string; reason: string; messages: number[] }[];
    };
    assert.deepEqual(
      reports.map(({ user, reporter, reason, messages }) => [user, reporter, reason, messages.length]),
      [[anna.user, ben.user, 'spam', 1]],
    );
  });

  it('see whether one is there, as long as one lets them', async () => {
    await does(app, anna.token, 'PUT', `/contacts/${ben.user}`, {});
    await does(app, ben.token, 'PUT', `/contacts/${anna.user}`, {});
    await details(ben, anna);
    await main(ben.page).getByText('online', { exact: true }).waitFor();
    await open(anna.page, '/app/settings/privacy');
    const online = anna.page.getByRole('group', { name: 'Who sees when you are online' });
    await online.getByRole('radio', { name: 'Nobody' }).check();
    await main(ben.page).getByText('online', { exact: true }).waitFor({ state: 'detached' });
    await online.getByRole('radio', { name: 'My contacts' }).check();
    await main(ben.page).getByText('online', { exact: true }).waitFor();
    assert.deepEqual(await barriers(anna.page), []);
  });

  it('are invited by administrators, by a link that works', async () => {
    const browser = await app.browser();
    const page = await browser.tab(`/invite/${await administrator(app)}`);
    await page.getByLabel('Name', { exact: true }).fill('warden');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account', exact: true }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    await page.getByRole('button', { name: 'New chat' }).click();
    await main(page).getByRole('link', { name: 'Invite to this server' }).click();
    await main(page).getByRole('button', { name: 'Make an invitation' }).click();
    await main(page).getByRole('img', { name: 'Code of an invitation' }).waitFor();
    assert.deepEqual(await barriers(page), []);
    const link = await main(page).getByRole('link').getAttribute('href');
    const code = /\/invite\/([^/]+)$/.exec(link ?? '')?.[1];
    await does(app, '', 'POST', '/register', { username: 'invited', password: PASSWORD, invitation: code });
    // Others are not asked to.
    await open(anna.page, '/app/new');
    await title(anna.page, 'New chat').waitFor();
    assert.equal(await main(anna.page).getByRole('link', { name: 'Invite to this server' }).count(), 0);
    await open(anna.page, '/app/new/invite');
    await main(anna.page).getByText('Only administrators invite people here').waitFor();
    assert.deepEqual(browser.complaints, []);
  });

  it('made no page complain', () => {
    for (const { browser } of [anna, ben]) assert.deepEqual(browser.complaints, []);
  });
});
