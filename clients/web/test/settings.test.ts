/** Settings, and how one has a conversation, on one's devices: in real browsers, against a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type App, type Browser, barriers, noChromium, PASSWORD, startApp } from './app.ts';
import {
  does,
  type Guest,
  guest,
  logIn,
  main,
  open,
  row,
  say,
  secondBrowser,
  title,
} from './people-pages.ts';

const NEW_PASSWORD = 'a marsh in the morning mist';
const pages = {
  '': 'Settings',
  profile: 'Profile',
  devices: 'Devices',
  privacy: 'Privacy',
  blocked: 'Blocked people',
  password: 'Password',
  mail: 'Mail',
  notifications: 'Notifications',
  appearance: 'Appearance',
  storage: 'Storage',
  about: 'About and help',
};

describe('settings of the web app', { skip: noChromium }, () => {
  let app: App;
  let anna: Guest;
  let ben: Guest;

  before(async () => {
    app = await startApp();
    anna = await guest(app, 'anna');
    ben = await guest(app, 'ben');
    await say(app, ben, { user: anna.user }, 'the tide is out');
    await row(anna.page, 'the tide is out').waitFor();
  });
  after(() => app?.close());

  const settings = (page: Page, name: string) => open(page, `/app/settings${name === '' ? '' : `/${name}`}`);

  it('are reached, and left, with the keyboard alone', async () => {
    const { page } = anna;
    await page.getByRole('button', { name: 'Menu', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('Enter');
    await title(page, 'Settings').waitFor();
    await main(page)
      .getByRole('link', { name: /^Devices/ })
      .focus();
    await page.keyboard.press('Enter');
    await title(page, 'Devices').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Devices');
    await page.keyboard.press('Escape');
    await title(page, 'Settings').waitFor();
    // One is where one was.
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /^Devices/);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname === '/');
  });

  it('of a profile are shown to others, and nothing that is no photo is taken', async () => {
    const { page } = anna;
    await settings(page, 'profile');
    const photo = page.getByLabel('Photo address');
    for (const wrong of ['javascript:globalThis.ran=1', 'data:image/png;base64,AAAA']) {
      await photo.fill(wrong);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Enter an address that begins with').waitFor();
      assert.equal(await photo.evaluate((field) => field === document.activeElement), true);
      assert.equal(await main(page).locator('img').count(), 0);
    }
    await photo.fill(`${app.server.http}/icons/dunlin-192.png`);
    await page.getByLabel('Name', { exact: true }).fill('Anna <b>Sandpiper</b>');
    await page.getByLabel('Status').fill('At the shore');
    await page.getByLabel('Phone').fill('0049 (151) 234-56789');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    const { name, status, phone } = await does(app, anna.token, 'GET', '/profile');
    assert.deepEqual(
      { name, status, phone },
      { name: 'Anna <b>Sandpiper</b>', status: 'At the shore', phone: '+4915123456789' },
    );
    await open(ben.page, `/app/details/user/${anna.user}`);
    await main(ben.page).getByText('At the shore').waitFor();
    await main(ben.page).locator('img[src$="/icons/dunlin-192.png"]').waitFor();
    assert.equal(await ben.page.locator('b').count(), 0);
    await page.getByLabel('Phone').fill('12');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter the number with + and the country').waitFor();
  });

  it('of a conversation are the same on a second device, and the list honours them', async () => {
    const second = await secondBrowser(app, anna.username);
    await row(second.page, 'the tide is out').waitFor();
    await say(app, ben, { user: anna.user }, 'come and see');
    const direct = (await does(app, anna.token, 'GET', '/conversations')) as {
      conversations: { id: string }[];
    };
    await open(anna.page, `/app/details/conversation/${direct.conversations[0]!.id}`);
    await main(anna.page).getByRole('button', { name: 'Mute' }).click();
    await anna.page.getByRole('menuitem', { name: 'Always' }).click();
    await row(second.page, 'Muted').waitFor();
    await main(anna.page).getByRole('switch', { name: 'Pin' }).check();
    await row(second.page, 'Pinned').waitFor();
    await main(anna.page).getByRole('switch', { name: 'Archive' }).check();
    await second.page.getByRole('button', { name: 'Archived (1)' }).click();
    await row(second.page, 'Muted').waitFor();
    await main(anna.page).getByRole('switch', { name: 'Archive' }).uncheck();
    await second.page.getByRole('button', { name: 'Archived (1)' }).waitFor({ state: 'detached' });
    await main(anna.page).getByRole('button', { name: 'Mute' }).click();
    await anna.page.getByRole('menuitem', { name: 'Unmute' }).click();
    await row(second.page, 'Muted').waitFor({ state: 'detached' });
    assert.deepEqual(await barriers(anna.page), []);
    await second.close();
  });

  it('of devices name them, and sign one out at once, wherever it is', async () => {
    const second = await secondBrowser(app, anna.username);
    const { page } = anna;
    await settings(page, 'devices');
    await main(page).getByRole('listitem').filter({ hasText: 'You are here' }).waitFor();
    const other = main(page).getByRole('listitem').filter({ hasText: 'Chrome on Linux' });
    await page.getByRole('button', { name: 'Rename Chrome on Linux' }).first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('Desk <i>');
    await page.keyboard.press('Enter');
    await main(page)
      .getByRole('listitem')
      .filter({ hasText: 'Desk <i>' })
      .getByText('You are here')
      .waitFor();
    await other.first().getByRole('button', { name: 'Sign Chrome on Linux out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await second.page.getByText('This device was signed out.').waitFor();
    await second.page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
    await second.close();
  });

  it('of notifications are kept, with the times of day as they are meant here', async () => {
    const { page } = anna;
    await settings(page, 'notifications');
    await page.getByRole('radio', { name: 'Only that there is something' }).check();
    await page.getByRole('switch', { name: 'Quiet hours' }).check();
    await page.getByLabel('From').fill('21:30');
    await page.getByLabel('Until').focus();
    await page.getByRole('radio', { name: 'After 12 hours' }).check();
    await page.getByRole('switch', { name: 'Mentions always' }).uncheck();
    const zone = await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
    const wanted = {
      show: 'nothing',
      mentions_override: false,
      quiet: { from: '21:30', to: '07:00', zone },
      digest_hours: 12,
    };
    await until(async () => {
      assert.deepEqual(await does(app, anna.token, 'GET', '/notifications'), wanted);
    });
    await does(app, anna.token, 'PATCH', '/notifications', { show: 'content', quiet: null });
    // Changed elsewhere: shown here.
    await page.waitForFunction(() => document.querySelector('input[type=time]') === null);
    assert.equal(await page.getByRole('radio', { name: 'Who writes, and what' }).isChecked(), true);
  });

  it('tell of what arrives, as one wants to be told, when one has said that one wants that', async () => {
    const browser = await app.browser();
    await browser.context.grantPermissions(['notifications'], { origin: app.server.http });
    await browser.context.addInitScript(() => {
      const told: { title: string; body: string | undefined }[] = [];
      class Told {
        static permission = 'granted';
        static requestPermission = async () => 'granted';
        constructor(title: string, { body }: NotificationOptions) {
          told.push({ title, body });
        }
        close(): void {}
      }
      Object.assign(globalThis, { told, Notification: Told });
    });
    const page = await browser.tab();
    await logIn(page, anna.username);
    await row(page, /./).first().waitFor();
    const told = (count: number) =>
      page
        .waitForFunction(
          (least) => (globalThis as unknown as { told: unknown[] }).told.length >= least,
          count,
        )
        .then(() => page.evaluate(() => (globalThis as unknown as { told: unknown[] }).told));
    await settings(page, 'notifications');
    await page
      .getByRole('region', { name: 'On this device, while Dunlin is open' })
      .getByRole('switch', { name: /^Notifications/ })
      .check();
    await main(page).getByRole('radio', { name: 'Who writes, and what' }).waitFor();
    await say(app, ben, { user: anna.user }, 'a plover');
    assert.deepEqual(await told(1), [{ title: ben.username, body: 'a plover' }]);
    await page.getByRole('radio', { name: 'Only that there is something' }).check();
    await until(async () => {
      assert.equal((await does(app, anna.token, 'GET', '/notifications')).show, 'nothing');
    });
    await say(app, ben, { user: anna.user }, 'a curlew');
    assert.deepEqual((await told(2))[1], { title: 'Dunlin', body: 'New message' });
    await browser.close();
  });

  it('of how it looks are kept on this device', async () => {
    const { page } = anna;
    await settings(page, 'appearance');
    const size = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    const before = await size();
    await page.getByRole('radio', { name: /^Very large/ }).check();
    assert.notEqual(await size(), before);
    const large = await size();
    await page.getByRole('radio', { name: 'Begins a new line' }).check();
    await page.reload();
    await title(page, 'Appearance').waitFor();
    assert.equal(await size(), large);
    await open(page, `/app/with/${ben.user}`);
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('one');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two');
    assert.equal(await field.inputValue(), 'one\ntwo');
    await page.keyboard.press('Control+Enter');
    await row(ben.page, 'one two').waitFor();
    await settings(page, 'appearance');
    await page.getByRole('radio', { name: /^Normal/ }).check();
    await page.getByRole('radio', { name: /^As the device: sends/ }).check();
  });

  it('of storage forget what is here, and not who one is', async () => {
    const { page } = anna;
    await settings(page, 'storage');
    await page.getByText(/used, of/).waitFor();
    await page.getByRole('button', { name: 'Clear what is kept here' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear what is kept here' }).click();
    await page.getByText('Cleared').waitFor();
    await row(page, /./).first().waitFor();
    await open(page, `/app/with/${ben.user}`);
    await page.getByRole('feed').getByText('the tide is out').waitFor();
    await say(app, ben, { user: anna.user }, 'and it goes on');
    await page.getByRole('feed').getByText('and it goes on').waitFor();
  });

  it('of a password say what is wrong with it, and sign the other devices out', async () => {
    const second = await secondBrowser(app, anna.username);
    const { page } = anna;
    await settings(page, 'password');
    const field = (name: string) => page.getByLabel(name, { exact: true });
    const save = page.getByRole('button', { name: 'Change password' });
    await field('Current password').fill('not this one');
    await field('New password').fill(NEW_PASSWORD);
    await field('New password again').fill('something else');
    await save.click();
    await page.getByText('This is not the same as above.').waitFor();
    await field('New password again').fill(NEW_PASSWORD);
    await save.click();
    await page.getByText('This is not your password.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await field('Current password').fill(PASSWORD);
    for (const name of ['New password', 'New password again']) await field(name).fill('password');
    await save.click();
    await page.getByText('This password is too easy to guess.', { exact: false }).waitFor();
    for (const name of ['New password', 'New password again']) await field(name).fill(NEW_PASSWORD);
    await save.click();
    await page.getByText('The password is changed.', { exact: false }).waitFor();
    await second.page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
    await logIn(second.page, anna.username, NEW_PASSWORD);
    await second.close();
  });

  for (const dark of [false, true])
    it(`keep nobody out, ${dark ? 'dark' : 'light'}`, async () => {
      await anna.page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      for (const [name, heading] of Object.entries(pages)) {
        await settings(anna.page, name);
        await title(anna.page, heading).waitFor();
        await main(anna.page).getByRole('status').waitFor({ state: 'detached' });
        assert.deepEqual(await barriers(anna.page), [], name);
      }
    });

  it('run from right to left in Arabic', async () => {
    const { page } = anna;
    await settings(page, 'appearance');
    await page.getByRole('radio', { name: 'العربية' }).check();
    // Its words are fetched when it is chosen.
    await page.waitForFunction(() => document.documentElement.dir === 'rtl');
    for (const name of Object.keys(pages)) {
      await settings(page, name);
      await page.waitForFunction(
        (path) => document.querySelector('#main h1') !== null && location.pathname.endsWith(path),
        name,
      );
      assert.match(await main(page).getByRole('heading', { level: 1 }).innerText(), /\p{Script=Arabic}/u);
      const back = await main(page).getByRole('button', { name: 'رجوع' }).boundingBox();
      const head = await main(page).getByRole('heading', { level: 1 }).boundingBox();
      assert.ok(back!.x > head!.x, 'one comes in from the right');
      assert.deepEqual(await barriers(page), [], name);
    }
  });

  it('made no page complain', () => {
    // A refused request is one in the console: the password that was wrong, and the one that was weak.
    const bad = ({ complaints }: Browser) => complaints.filter((text) => !/status of 40[01]/.test(text));
    for (const { browser } of [anna, ben]) assert.deepEqual(bad(browser), []);
  });
});

/** Until it holds; it is said elsewhere, and arrives. */
async function until(holds: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      return await holds();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
