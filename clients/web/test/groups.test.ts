/** Groups among people in browsers of their own, against a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { register } from '../../../test/harness/account.ts';
import { type App, barriers, noChromium, startApp } from './app.ts';
import { does, type Guest, guest, main, open, row, title } from './people-pages.ts';

const SCRIPT = '<img src=x onerror="globalThis.ran=1">';

describe('groups in the web app', { skip: noChromium }, () => {
  let app: App;
  let anna: Guest;
  let ben: Guest;
  let cleo: Guest;
  let group = '';

  before(async () => {
    app = await startApp();
    anna = await guest(app, 'anna');
    ben = await guest(app, 'ben');
    cleo = await guest(app, 'cleo');
  });
  after(() => app?.close());

  const member = (who: Guest, of: Guest) =>
    main(who.page).getByRole('listitem').filter({ hasText: of.username });
  async function chooseFor(who: Guest, of: Guest, item: string) {
    await member(who, of).getByRole('button').click();
    await who.page.getByRole('menuitem', { name: item }).click();
  }
  const details = (who: Guest) => open(who.page, `/app/details/conversation/${group}`);

  it('are made of people who are found by their names', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'New chat' }).click();
    await title(page, 'New chat').waitFor();
    await page.getByRole('link', { name: 'New group' }).click();
    await title(page, 'New group').waitFor();
    await page.getByRole('searchbox', { name: 'Name or @username' }).fill(`@${ben.username}`);
    await page.getByRole('checkbox').check();
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Next (1)' }).click();
    // Without a name there is none.
    await page.getByRole('button', { name: /^Create group/ }).click();
    await page.getByText('Give the group a name.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.getByLabel('Name of the group').fill('Shorebird watch');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/app\/chat\//);
    group = new URL(page.url()).pathname.split('/').at(-1)!;
    await row(ben.page, 'Shorebird watch').waitFor();
  });

  it('take in more people, who see it', async () => {
    await details(anna);
    await anna.page.getByRole('button', { name: 'Add members' }).click();
    await anna.page.getByRole('searchbox', { name: 'Name or @username' }).fill(cleo.username);
    await anna.page.getByRole('checkbox').check();
    await anna.page.getByRole('button', { name: 'Add 1' }).click();
    await member(anna, cleo).waitFor();
    await row(cleo.page, 'Shorebird watch').waitFor();
  });

  it('are called what an administrator calls them, whatever is in it, everywhere', async () => {
    await details(anna);
    await anna.page.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = anna.page.getByRole('dialog');
    // Nothing that runs, and nothing made of text, is a photo.
    for (const wrong of [
      'javascript:globalThis.ran=1',
      'data:image/svg+xml,<svg onload="globalThis.ran=1"/>',
    ]) {
      await dialog.getByLabel('Photo address').fill(wrong);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('Enter an address that begins with').waitFor();
      assert.equal(await dialog.locator('img').count(), 0);
    }
    await dialog.getByLabel('Photo address').fill('');
    await dialog.getByLabel('Name of the group').fill(SCRIPT);
    await dialog.getByRole('button', { name: 'Save' }).click();
    for (const { page } of [anna, ben, cleo]) await row(page, SCRIPT).waitFor();
    await details(ben);
    await main(ben.page).getByRole('heading', { name: SCRIPT }).waitFor();
    assert.equal(await ben.page.evaluate(() => (globalThis as { ran?: number }).ran), undefined);
    // Plain members change nothing of it.
    assert.equal(await main(ben.page).getByRole('button', { name: 'Edit', exact: true }).count(), 0);
    assert.equal(await main(ben.page).getByRole('button', { name: 'Add members' }).count(), 0);
    assert.deepEqual(await barriers(ben.page), []);
  });

  it('have administrators, made by their owner, who may do more at once', async () => {
    await details(anna);
    await chooseFor(anna, ben, 'Make administrator');
    await member(anna, ben).getByText('Administrator').waitFor();
    // On the screen that he has open.
    await main(ben.page).getByRole('button', { name: 'Edit', exact: true }).waitFor();
    await member(ben, ben).getByText('Administrator').waitFor();
  });

  it('let nobody stay who was removed, and say so to them', async () => {
    await details(cleo);
    await chooseFor(ben, cleo, 'Remove from group');
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Remove from group' }).click();
    await member(ben, cleo).waitFor({ state: 'detached' });
    await member(anna, cleo).waitFor({ state: 'detached' });
    await main(cleo.page).getByText('You are not in this group any more.').waitFor();
    assert.equal(await main(cleo.page).getByRole('button', { name: 'Leave group' }).count(), 0);
    await open(cleo.page, `/app/chat/${group}`);
    await cleo.page.getByText('You are not in this group any more.').waitFor();
    assert.equal(await cleo.page.getByRole('textbox', { name: 'Message' }).count(), 0);
  });

  it('are left, but not by the last owner', async () => {
    const { page } = anna;
    await details(anna);
    await page.getByRole('button', { name: 'Leave group' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave group' }).click();
    await page.getByText('You are the last owner. Make another member owner first.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await chooseFor(anna, ben, 'Make owner');
    await member(anna, ben).getByText('Owner').waitFor();
    await page.getByRole('button', { name: 'Leave group' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave group' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await member(ben, anna).waitFor({ state: 'detached' });
    await main(ben.page).getByRole('heading', { name: '1 member' }).waitFor();
  });

  it('say when their messages disappear, and what new members may read', async () => {
    await details(ben);
    await ben.page.getByRole('button', { name: 'Disappearing messages' }).click();
    await ben.page.getByRole('dialog').getByRole('radio', { name: '8 hours' }).check();
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Set' }).click();
    await main(ben.page).getByText('Messages disappear after 8 hours').waitFor();
    await ben.page.getByRole('radio', { name: /^Everything/ }).check();
    const known = async () =>
      (await does(app, ben.token, 'GET', `/conversations/${group}`)) as { timer: number; history: string };
    // A choice is shown before the server has it.
    for (let looks = 0; looks < 100 && (await known()).history !== 'all'; looks++)
      await ben.page.waitForTimeout(100);
    const { timer, history } = await known();
    assert.deepEqual({ timer, history }, { timer: 28_800, history: 'all' });
  });

  it('show thousands of members by those that are seen', async () => {
    const people = await Promise.all(
      Array.from({ length: 79 }, (_, at) => register(app.server, 'many', { name: `Many ${at}` })),
    );
    await does(app, ben.token, 'POST', `/groups/${group}/add`, {
      users: people.map(({ user }) => user),
    });
    await main(ben.page).getByRole('heading', { name: '80 members' }).waitFor();
    const search = main(ben.page).getByRole('searchbox', { name: 'Search members' });
    await search.fill('many 17');
    await main(ben.page).getByRole('listitem').filter({ hasText: 'Many 17' }).waitFor();
    assert.equal(await main(ben.page).getByRole('listitem').count(), 1);
    await search.fill('');
    await main(ben.page).getByRole('listitem').nth(5).waitFor();
    await main(ben.page).getByRole('button', { name: 'Leave group' }).scrollIntoViewIfNeeded();
    assert.ok((await main(ben.page).getByRole('listitem').count()) < 60, 'those below are not there yet');
  });

  it('had no complaints of any page', () => {
    for (const { browser } of [anna, ben, cleo]) assert.deepEqual(browser.complaints, []);
  });
});
