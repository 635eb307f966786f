/** Web Push in a real browser against a real server: turned on, sent encrypted, shown, pressed, and let go of. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page, Worker } from 'playwright-core';
import { type Account, register, request } from '../../../test/harness/account.ts';
import { metric } from '../../../test/harness/metrics.ts';
import { type App, type Browser, barriers, joinAs, noChromium, startApp } from './app.ts';
import {
  authority,
  deliver,
  type PushService,
  press,
  pushService,
  serviceWorker,
  shown,
  subscribesTo,
} from './push-service.ts';

describe('notifications while the app is closed', { skip: noChromium }, () => {
  let app: App;
  let trusted: Awaited<ReturnType<typeof authority>>;
  let bob: Account;
  const services: PushService[] = [];
  before(async () => {
    // A push service on this machine, which no server asks otherwise.
    trusted = await authority();
    app = await startApp(
      ['--outbound.allowPrivate=127.0.0.1', '--outbound.ports=[]', '--presence.graceSeconds=0'],
      { NODE_EXTRA_CA_CERTS: trusted.file },
    );
    bob = await register(app.server, 'bob');
  });
  after(async () => {
    await app?.close();
    for (const service of services) service.close();
    trusted?.dispose();
  });

  afterEach(() => app.closeBrowsers());

  let people = 0;
  async function person(prepare: (browser: Browser) => Promise<unknown> = async () => {}) {
    const service = await pushService(trusted.certificates);
    services.push(service);
    const browser = await app.browser();
    await browser.context.grantPermissions(['notifications'], { origin: app.server.http });
    await subscribesTo(browser.context, service);
    await prepare(browser);
    const page = await browser.tab();
    const username = `dora-${++people}`;
    await joinAs(page, username);
    const worker = await serviceWorker(browser.context);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const found = await request(app.server, 'GET', `/users?username=${username}`, undefined, bob.accessToken);
    const { id } = (await found.json()) as { id: string };
    return { service, browser, page, username, worker, id };
  }

  async function write(user: string, text: string): Promise<string> {
    const body = { to: { user }, content: { type: 'text', text } };
    const answer = await request(app.server, 'POST', '/messages/send', body, bob.accessToken);
    assert.equal(answer.status, 201);
    return ((await answer.json()) as { conversation: string }).conversation;
  }

  async function turnOn(page: Page): Promise<void> {
    await page.goto(`${app.server.http}/app/settings/notifications`);
    const section = page.getByRole('region', { name: 'when Dunlin is closed' });
    await section.getByRole('switch').check();
    await section.getByRole('button', { name: 'Send one to try' }).waitFor();
  }

  /** Until the server has noticed: whoever seems to be there is not notified. */
  async function nobodyConnected(): Promise<void> {
    for (let looks = 0; looks < 200 && (await metric(app.server, 'dunlin_connections')) > 0; looks++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await metric(app.server, 'dunlin_connections'), 0);
  }

  /** What the service worker shows in the end. */
  async function untilShown(worker: Worker, count = 1) {
    const all = await shown(worker, { count });
    assert.equal(all.length, count, JSON.stringify(all));
    return all;
  }
  const payload = (more: object) => JSON.stringify({ v: 1, kind: 'message', seq: 1, badge: 1, ...more });
  const fine = ({ complaints }: Browser) => assert.deepEqual(complaints, []);

  it('come when they were turned on: one to try, and messages once nothing is open; and lead to where it was said', async () => {
    const { service, browser, page, worker, id } = await person();
    await turnOn(page);
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Send one to try' }).click();
    const tried = await service.next();
    assert.equal(JSON.parse(tried).kind, 'test');
    await deliver(page, worker, app.server.http, tried);
    assert.equal((await untilShown(worker))[0]!.body, 'Notifications arrive on this device.');

    // The last page of the app is closed: nobody is connected.
    const blank = await browser.context.newPage();
    await page.close();
    await nobodyConnected();
    const conversation = await write(id, 'the tide is out');
    const pushed = await service.next();
    await deliver(blank, worker, app.server.http, pushed);
    // The one to try may have gone from the screen by itself.
    const all = await shown(worker, { tag: conversation, there: true });
    const { title, body, tag, icon } = all.find((one) => one.tag === conversation)!;
    assert.deepEqual(
      { title, body, tag, icon },
      {
        title: bob.username,
        body: 'the tide is out',
        tag: conversation,
        icon: `${app.server.http}/icons/dunlin-192.png`,
      },
    );

    const opened = await browser.tab();
    await opened.getByRole('heading', { name: 'Chats' }).waitFor();
    await opened.getByRole('listitem').filter({ hasText: bob.username }).waitFor();
    await press(worker, conversation);
    await opened.waitForURL(`**/app/chat/${conversation}`);
    const left = await shown(worker, { tag: conversation, there: false });
    assert.ok(left.every((one) => one.tag !== conversation));
    fine(browser);
  });

  it('are not shown of what one looks at, and go when one comes to look', async () => {
    const { page, worker, id } = await person();
    const conversation = await write(id, 'here');
    const row = page.getByRole('listitem').filter({ hasText: 'here' });
    await row.waitFor();
    const said = payload({ title: 'Bob', body: 'here', conversation });
    await deliver(page, worker, app.server.http, said);
    assert.equal((await untilShown(worker))[0]!.tag, conversation);
    await row.getByRole('link').click();
    await page.waitForURL(`**/app/chat/${conversation}`);
    await untilShown(worker, 0);
    await deliver(page, worker, app.server.http, said);
    // After it: what is shown of another conversation shows that this one was not.
    const other = '0198f2a0-0000-7000-8000-00000000ffff';
    await deliver(
      page,
      worker,
      app.server.http,
      payload({ title: 'Eve', body: 'there', conversation: other }),
    );
    assert.deepEqual(
      (await untilShown(worker)).map(({ tag }) => tag),
      [other],
    );
  });

  it('say that there is something, in the language of the app, where no more may be shown or nothing can be read', async () => {
    const { page, worker } = await person();
    await page.evaluate(() => localStorage.setItem('dunlin.choices', JSON.stringify({ language: 'ar' })));
    await page.reload();
    const language = () =>
      page.evaluate(async () => (await (await caches.open('kept')).match('/kept/language'))?.text());
    for (const deadline = Date.now() + 15_000; (await language()) !== 'ar'; )
      if (Date.now() > deadline) assert.fail(`the service worker is told ${await language()}`);
    await deliver(page, worker, app.server.http, 'no JSON at all');
    const [one] = await untilShown(worker);
    assert.deepEqual([one!.title, one!.body, one!.dir], ['Dunlin', 'رسالة جديدة', 'rtl']);
    const conversation = '0198f2a0-0000-7000-8000-00000000cccc';
    const hidden = payload({ title: 'Bob', body: 'New message', conversation });
    await deliver(page, worker, app.server.http, hidden);
    const two = (await untilShown(worker, 2)).find(({ tag }) => tag === conversation);
    assert.deepEqual([two!.title, two!.body], ['Bob', 'رسالة جديدة']);
  });

  it('replace one another within a conversation', async () => {
    const { page, worker } = await person();
    const conversation = '0198f2a0-0000-7000-8000-00000000cccc';
    for (const body of ['one', 'two'])
      await deliver(page, worker, app.server.http, payload({ title: 'Bob', body, conversation }));
    const other = '0198f2a0-0000-7000-8000-00000000ffff';
    await deliver(
      page,
      worker,
      app.server.http,
      payload({ title: 'Eve', body: 'three', conversation: other }),
    );
    const all = await untilShown(worker, 2);
    assert.deepEqual(all.map(({ body }) => body).sort(), ['three', 'two']);
  });

  it('end with the account: nothing is left, and the browser is not subscribed any more', async () => {
    const { page, worker, id } = await person();
    await turnOn(page);
    await deliver(page, worker, app.server.http, payload({ title: 'Bob', body: 'x', conversation: id }));
    await untilShown(worker);
    await page.goto(app.server.http);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await untilShown(worker, 0);
    const kept = await page.evaluate(() => [
      localStorage.getItem('dunlin.push'),
      localStorage.getItem('test.subscribed'),
    ]);
    assert.deepEqual(kept, [null, null]);
  });

  it('go on when the browser changes its subscription while nothing is open', async () => {
    const { service, browser, page, worker, id } = await person();
    await turnOn(page);
    await browser.context.newPage();
    await page.close();
    const next = await pushService(trusted.certificates);
    services.push(next);
    await worker.evaluate(async (subscription) => {
      let work: Promise<unknown> = Promise.reject(new Error('nobody heard of it'));
      const waitUntil = (given: Promise<unknown>) => {
        work.catch(() => {});
        work = given;
      };
      const newSubscription = { toJSON: () => subscription };
      dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), { newSubscription, waitUntil }));
      await work;
    }, next.subscription);
    await write(id, 'found you');
    assert.equal(JSON.parse(await next.next()).body, 'found you');
    assert.equal(service.waiting(), 0);
  });

  it('are offered once somebody has written something, and not before', async () => {
    const { page, id } = await person(({ context }) =>
      context.addInitScript(() => {
        let given: NotificationPermission = 'default';
        Object.defineProperty(Notification, 'permission', { get: () => given });
        Notification.requestPermission = async () => {
          given = 'granted';
          return given;
        };
      }),
    );
    await write(id, 'are you there?');
    const row = page.getByRole('listitem').filter({ hasText: 'are you there?' });
    await row.getByRole('link').click();
    const offer = page.getByText('Would you like to be told of answers?');
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('I am');
    assert.equal(await offer.count(), 0);
    await field.press('Enter');
    await offer.waitFor();
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.waitForFunction(() => localStorage.getItem('dunlin.push') !== null);
    await field.fill('still here');
    await field.press('Enter');
    await page.getByText('still here').first().waitFor();
    assert.equal(await offer.count(), 0);
  });

  it('are turned off where they were turned on', async () => {
    const { page } = await person();
    await turnOn(page);
    await page.getByRole('region', { name: 'when Dunlin is closed' }).getByRole('switch').uncheck();
    await page.getByRole('button', { name: 'Send one to try' }).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => localStorage.getItem('test.subscribed')), null);
  });
});
