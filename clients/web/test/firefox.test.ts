/** The app in a stock Firefox, with somebody who writes by HTTP: where browsers differ, it works all the same. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { plainPicture } from '../../../services/media/images/samples.ts';
import { type Account, register } from '../../../test/harness/account.ts';
import { metric } from '../../../test/harness/metrics.ts';
import { type App, PASSWORD, startApp } from './app.ts';
import { does, say } from './people-pages.ts';
import { type Firefox, type FirefoxTab, noFirefox, startFirefox } from './plain-firefox.ts';

const ENTER = '\uE007';

describe('the web app in Firefox', { skip: noFirefox }, () => {
  let app: App;
  let firefox: Firefox;
  let page: FirefoxTab;
  let bob: Account;
  let anna: string;
  let conversation: string;

  before(async () => {
    app = await startApp();
    bob = await register(app.server, 'bob');
    firefox = await startFirefox();
    page = await firefox.tab();
  });
  after(async () => {
    await firefox?.close();
    await app?.close();
  });

  const says = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;
  const named = (role: string, name: string) =>
    `[...document.querySelectorAll(${JSON.stringify(role)})].find((one) => (one.ariaLabel ?? one.innerText).trim() === ${JSON.stringify(name)})`;
  async function press(name: string, role = 'button, [role=menuitem], [role=menuitemradio]') {
    await page.until(`${named(role, name)} !== undefined`);
    await page.evaluate(`${named(role, name)}.click()`);
  }
  async function write(text: string) {
    await page.until(`document.querySelector('textarea') !== null`);
    await page.evaluate(`document.querySelector('textarea').focus()`);
    await page.type(text + ENTER);
  }
  async function until(holds: () => Promise<boolean>) {
    for (let looks = 0; looks < 200 && !(await holds()); looks++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(await holds());
  }
  /** What Bob has of the other. */
  async function came(): Promise<Record<string, unknown>[]> {
    const { events } = (await does(
      app,
      bob.accessToken,
      'GET',
      `/messages/${conversation}?limit=100`,
    )) as unknown as {
      events: { sender: { user: string }; content?: Record<string, unknown> }[];
    };
    return events.filter(({ sender }) => sender.user === anna).map(({ content }) => content ?? {});
  }
  const got = (text: string) => until(async () => (await came()).some((content) => content.text === text));

  it('signs up', async () => {
    await page.open(app.server.http);
    await press('Create an account');
    await page.evaluate(`document.querySelector('[name=username]').focus()`);
    await page.type('anna');
    await page.evaluate(`document.querySelector('[name=password]').focus()`);
    await page.type(PASSWORD + ENTER);
    await page.until(says('No conversations yet'));
  });

  it('chats, with ticks', async () => {
    anna = String((await does(app, bob.accessToken, 'GET', '/users?username=anna')).id);
    const sent = await say(app, bob, { user: anna }, 'Hello *Firefox*');
    conversation = String(sent.conversation);
    await page.until(says('Hello'));
    await page.evaluate(`document.querySelector('li a, li button').click()`);
    await write('Hello from it');
    await got('Hello from it');
    await page.until(`document.querySelector('[role=feed] strong')?.innerText === 'Firefox'`);
    await page.until(`document.querySelector('[data-state=accepted], [data-state=delivered]') !== null`);
  });

  it('shares one connection among its tabs', async () => {
    const second = await firefox.tab();
    await second.open(app.server.http);
    await second.until(says('Hello from it'));
    await say(app, bob, { user: anna }, 'to both');
    await second.until(says('to both'));
    await page.until(says('to both'));
    assert.equal(await metric(app.server, 'dunlin_connections'), 1);
    await second.close();
  });

  it('sends a picture, and shows it', async () => {
    const path = join(app.server.folder, 'boat.png');
    writeFileSync(path, await plainPicture(300, 200).png().toBuffer());
    await page.setFile('input[type=file]', path);
    await page.until(`document.querySelector('dialog[open] img') !== null`);
    await press('Send', 'dialog button');
    await until(async () => (await came()).some(({ kind }) => kind === 'image'));
    await page.until(
      `[...document.querySelectorAll('[role=feed] img')].some((one) => one.complete && one.naturalWidth > 0)`,
    );
  });

  it('records a voice, and plays it', async () => {
    await press('Record a voice message');
    await page.until(`/0:0[1-9]/.test(document.querySelector('[role=timer]')?.innerText ?? '')`);
    await press('Send voice message');
    await until(async () => (await came()).some(({ kind }) => kind === 'voice'));
    await press('Play');
    await page.until(`document.querySelector('[data-sound=plays]') !== null`);
  });

  it('opens without a server, with what it has, and sends what is written then', async () => {
    await page.until('navigator.serviceWorker.controller !== null');
    await app.server.stop();
    await page.evaluate('void location.reload()');
    await page.until(`${says('to both')} && ${says('Connecting')}`);
    await write('without a server');
    await page.until(says('without a server'));
    await app.server.start();
    await got('without a server');
    assert.equal((await came()).filter(({ text }) => text === 'without a server').length, 1);
  });

  it('is dark, and runs from right to left, when one says so', async () => {
    await press('Menu');
    await press('Dark');
    await page.until(`getComputedStyle(document.documentElement).colorScheme === 'dark'`);
    await press('Menu');
    await press('العربية');
    await page.until(`document.documentElement.dir === 'rtl'`);
    await page.until(says('المحادثات'));
  });

  it('complained of nothing but the server that was away', () => {
    const away = /can’t establish a connection|NetworkError|was interrupted while the page was loading/;
    assert.deepEqual(
      firefox.complaints.filter((text) => !away.test(text)),
      [],
    );
  });
});
