/** The app's ground in a real browser: signing in, the list, tabs, being offline, what the policy says, and who cannot see. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type Account, register, request } from '../../../test/harness/account.ts';
import { metric } from '../../../test/harness/metrics.ts';
import { type App, type Browser, barriers, joinAs, noChromium, PASSWORD, startApp } from './app.ts';

describe('the web app', { skip: noChromium }, () => {
  let app: App;
  let bob: Account;

  before(async () => {
    app = await startApp();
    bob = await register(app.server, 'bob');
  });
  after(() => app?.close());

  let people = 0;
  /** Somebody new, signed in, in a browser of their own. */
  async function person(options: Parameters<App['browser']>[0] = {}) {
    const browser = await app.browser(options);
    const page = await browser.tab();
    const username = `anna-${++people}`;
    await joinAs(page, username);
    return { browser, page, username };
  }

  async function write(username: string, text: string, from = bob): Promise<void> {
    const found = await request(
      app.server,
      'GET',
      `/users?username=${username}`,
      undefined,
      from.accessToken,
    );
    const { id } = (await found.json()) as { id: string };
    const content = { type: 'text', text };
    const body = { to: { user: id }, content };
    const answer = await request(app.server, 'POST', '/messages/send', body, from.accessToken);
    assert.equal(answer.status, 201, await answer.text());
  }

  const row = (page: Page, text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text });
  const fine = ({ complaints }: Browser) => assert.deepEqual(complaints, []);
  async function serious(page: Page, what: string) {
    assert.deepEqual(await barriers(page), [], what);
  }

  it('signs up, out and in again, and says what is wrong at the field that it is about', async () => {
    const { browser, page, username } = await person();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    const name = page.getByLabel('Name', { exact: true });
    const password = page.getByLabel('Password', { exact: true });
    await name.fill(username);
    await password.fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The name or the password is wrong.' }).waitFor();
    await password.fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Chats' }).waitFor();

    const other = await (await app.browser()).tab();
    await other.getByRole('button', { name: 'Create an account' }).click();
    await other.getByLabel('Name', { exact: true }).fill(username);
    await other.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await other.keyboard.press('Enter');
    await other.getByText('This name is taken. Choose another one.').waitFor();
    assert.equal(await other.getByLabel('Name', { exact: true }).getAttribute('aria-invalid'), 'true');
    // A refused request is an error in the console; what else there is would be one of ours.
    assert.deepEqual(
      browser.complaints.filter((text) => !/status of 401/.test(text)),
      [],
    );
  });

  it('keeps nothing of who has signed out, here or as a device', async () => {
    const { page, username } = await person();
    await write(username, 'nobody else is to read this');
    await row(page, 'nobody else').waitFor();
    const tab = await page.context().newPage();
    await tab.goto(app.server.http);
    await row(tab, 'nobody else').waitFor();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    // In the other tab at the same time.
    await tab.getByRole('button', { name: 'Log in' }).waitFor();
    const kept = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open('dunlin');
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const keys = database.transaction('kv').objectStore('kv').getAllKeys();
      return new Promise((resolve) => {
        keys.onsuccess = () => {
          database.close();
          resolve(keys.result);
        };
      });
    });
    assert.deepEqual(kept, []);
    const again = await request(app.server, 'POST', '/login', { username, password: PASSWORD });
    const { access_token } = (await again.json()) as { access_token: string };
    const devices = await (await request(app.server, 'GET', '/devices', undefined, access_token)).json();
    assert.equal((devices as { devices: unknown[] }).devices.length, 1);
  });

  it('fills an invitation in from its link', async () => {
    const page = await (await app.browser()).tab('/invite/some-code_1');
    await page.getByRole('heading', { name: 'You have been invited' }).waitFor();
    assert.equal(await page.getByLabel('Invitation').inputValue(), 'some-code_1');
  });

  it('asks for the invitation where one is needed, and offers no account where none is made', async () => {
    for (const mode of ['invitation', 'closed']) {
      const own = await startApp([`--registration.mode=${mode}`]);
      try {
        const browser = await own.browser();
        const page = await browser.tab();
        const join = page.getByRole('button', { name: 'Create an account' });
        if (mode === 'closed') await join.waitFor({ state: 'detached' });
        else {
          await join.click();
          await page.getByLabel('Invitation').waitFor();
        }
        fine(browser);
      } finally {
        await own.close();
      }
    }
  });

  it('shows who has written, what and how much of it is unread; and finds people and messages', async () => {
    const { browser, page, username } = await person();
    await write(username, 'the tide is out');
    await write(username, 'come and see');
    await row(page, bob.username).waitFor();
    await row(page, 'come and see').waitFor();
    assert.match(await row(page, bob.username).innerText(), /2 unread messages/);
    assert.match(await page.title(), /^\(1\) /);

    await page.keyboard.press('Control+k');
    await page.keyboard.type('TIDE');
    await page.getByRole('region', { name: 'Messages' }).getByText('the tide is out').waitFor();
    const carla = await register(app.server, 'carla');
    await page.getByRole('searchbox').fill(carla.username);
    await page.getByRole('region', { name: 'People' }).getByText(`@${carla.username}`).waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'come and see').waitFor();
    fine(browser);
  });

  it('is gone through with the keyboard', async () => {
    const { page, username } = await person();
    await write(username, 'first');
    const dora = await register(app.server, 'dora');
    await write(username, 'second', dora);
    await row(page, 'second').waitFor();
    await row(page, 'first').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('ArrowDown');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    assert.match(await focused(), /second/);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('first'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/app\/chat\//);
    assert.equal(await page.locator('[aria-current=page]').count(), 1);
  });

  it('has one connection for all of its tabs, also when the first is closed', async () => {
    const connections = () => metric(app.server, 'dunlin_connections');
    // Those of other tests are gone.
    await app.closeBrowsers();
    for (const deadline = Date.now() + 10_000; (await connections()) > 0 && Date.now() < deadline; );
    const { browser, page, username } = await person();
    const second = await browser.tab();
    const third = await browser.tab();
    await write(username, 'to every tab');
    for (const tab of [page, second, third]) await row(tab, 'to every tab').waitFor();
    assert.equal(await connections(), 1);
    await page.close();
    await write(username, 'to those that are left');
    for (const tab of [second, third]) await row(tab, 'to those that are left').waitFor();
    assert.equal(await connections(), 1);
    fine(browser);
  });

  it('goes on by itself when its host dies', async () => {
    const { browser, page, username } = await person();
    await write(username, 'before');
    await row(page, 'before').waitFor();
    const chrome = await browser.context.newCDPSession(page);
    const { targetInfos } = await chrome.send('Target.getTargets');
    const host = targetInfos.find(({ type }) => type === 'shared_worker');
    assert.ok(host, 'the host is a shared worker');
    await chrome.send('Target.closeTarget', { targetId: host.targetId });
    await write(username, 'after');
    await row(page, 'after').waitFor();
  });

  it('opens without a server, with what it has, and sends what is written then', async () => {
    const own = await startApp();
    try {
      const browser = await own.browser();
      const page = await browser.tab();
      await joinAs(page, 'ella');
      const found = await register(own.server, 'finn');
      const { user } = await idOf(own, found, 'ella');
      const content = { type: 'text', text: 'for later' };
      await request(own.server, 'POST', '/messages/send', { to: { user }, content }, found.accessToken);
      await row(page, 'for later').waitFor();
      await row(page, found.username).waitFor();
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await own.server.stop();
      await page.reload();
      await row(page, 'for later').waitFor();
      await row(page, found.username).waitFor();
      await page.getByText('Connecting…').waitFor();
      await row(page, 'for later').click();
      await page
        .getByRole('textbox', { name: /message/i })
        .last()
        .fill('written without a server');
      await page.keyboard.press('Enter');
      await page.getByText('written without a server').last().waitFor();
      // And it finds back.
      await own.server.start();
      await page.getByText('Connecting…').waitFor({ state: 'detached' });
      const arrived = async () => {
        const list = await request(own.server, 'GET', '/conversations', undefined, found.accessToken);
        return (await list.text()).includes('written without a server');
      };
      for (let looks = 0; looks < 100 && !(await arrived()); looks++) await page.waitForTimeout(100);
      assert.ok(await arrived());
    } finally {
      await own.close();
    }
  });

  it('keeps nobody out: sign-in and list, light and dark, have nothing serious', async () => {
    for (const dark of [false, true]) {
      const browser = await app.browser({ dark });
      const page = await browser.tab();
      await page.getByRole('heading', { name: 'Dunlin' }).waitFor();
      await serious(page, 'sign-in');
      await page.getByRole('button', { name: 'Create an account' }).click();
      await serious(page, 'an account');
      await page.getByRole('button', { name: 'Log in' }).last().click();
      const username = `anna-${++people}`;
      await joinAs(page, username);
      await serious(page, 'no conversations');
      await write(username, 'hello');
      await row(page, 'hello').waitFor();
      await serious(page, 'the list');
      await page.getByRole('button', { name: 'Menu' }).click();
      await serious(page, 'the menu');
      fine(browser);
    }
  });

  it('speaks Arabic, from right to left, when the browser does; and English when one says so', async () => {
    const browser = await app.browser({ language: 'ar' });
    const page = await browser.tab();
    await page.getByRole('button', { name: 'تسجيل الدخول' }).waitFor();
    assert.deepEqual(
      await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
      ['ar', 'rtl'],
    );
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
    await page.reload();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    fine(browser);
  });

  it('is dark when one says so, on a device that is light, and stays it', async () => {
    const { page } = await person();
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    assert.notEqual(await ground(), light);
    const dark = await ground();
    await page.reload();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    assert.equal(await ground(), dark);
  });

  it('works in a worker of its own where there is no shared one', async () => {
    const browser = await app.browser();
    await browser.context.addInitScript(() => {
      delete (globalThis as { SharedWorker?: unknown }).SharedWorker;
    });
    const page = await browser.tab();
    const username = `anna-${++people}`;
    await joinAs(page, username);
    await write(username, 'all the same');
    await row(page, 'all the same').waitFor();
    assert.equal(page.workers().length, 1);
    await page.reload();
    await row(page, 'all the same').waitFor();
    fine(browser);
  });

  it('begins with few bytes: the scripts that a page waits for', async () => {
    const page = await (await fetch(app.server.http, { headers: { accept: 'text/html' } })).text();
    const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
    assert.ok(scripts.length > 0, page);
    let bytes = 0;
    for (const path of scripts) {
      const { headers } = await fetch(app.server.http + path, { headers: { 'accept-encoding': 'gzip' } });
      const length = Number(headers.get('content-length'));
      // What is in one packet anyway is served as it is.
      if (length >= 1_000) assert.equal(headers.get('content-encoding'), 'gzip', path);
      bytes += length;
    }
    assert.ok(bytes > 0 && bytes < 150_000, `${bytes} bytes`);
  });

  async function idOf(where: App, as: Account, username: string): Promise<{ user: string }> {
    const path = `/users?username=${username}`;
    const answer = await request(where.server, 'GET', path, undefined, as.accessToken);
    return { user: ((await answer.json()) as { id: string }).id };
  }
});
