/** Several tabs in browsers that have no SharedWorker: one of them has the host, whoever closes, freezes or goes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type Account, register, request } from '../../../test/harness/account.ts';
import { metric } from '../../../test/harness/metrics.ts';
import { type App, type Browser, joinAs, noChromium, startApp } from './app.ts';
import { logIn, row, say } from './people-pages.ts';

describe('tabs without a SharedWorker', { skip: noChromium }, () => {
  let app: App;
  let bob: Account;
  let browser: Browser;
  let anna: { username: string; user: string };
  let people = 0;

  before(async () => {
    app = await startApp();
    bob = await register(app.server, 'bob');
  });
  after(() => app?.close());
  beforeEach(async () => {
    await app.closeBrowsers();
    await until(async () => (await connections()) === 0);
    browser = await withoutSharedWorker();
  });

  async function withoutSharedWorker(options: Parameters<App['browser']>[0] = {}): Promise<Browser> {
    const made = await app.browser(options);
    await made.context.addInitScript(() => {
      delete (globalThis as { SharedWorker?: unknown }).SharedWorker;
    });
    return made;
  }

  async function first(): Promise<Page> {
    const page = await browser.tab();
    const username = `anna-${++people}`;
    await joinAs(page, username);
    const found = await request(app.server, 'GET', `/users?username=${username}`, undefined, bob.accessToken);
    anna = { username, user: ((await found.json()) as { id: string }).id };
    return page;
  }
  /** One that is in, and follows. */
  async function another(): Promise<Page> {
    const page = await browser.tab();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    return page;
  }

  const connections = () => metric(app.server, 'dunlin_connections');
  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let looks = 0; looks < 150; looks++) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`never: ${holds}`);
  }
  const workers = (...pages: Page[]) => pages.map((page) => page.workers().length);
  const field = (page: Page) => page.getByRole('textbox', { name: /message/i }).last();
  const opened = async (page: Page) => {
    await row(page, bob.username).click();
    await field(page).waitFor();
  };
  /** What Bob has of Anna, in its order. */
  async function texts(): Promise<string[]> {
    const listed = await request(app.server, 'GET', '/conversations', undefined, bob.accessToken);
    const { conversations } = (await listed.json()) as { conversations: { id: string; peer?: string }[] };
    const { id } = conversations.find(({ peer }) => peer === anna.user)!;
    const page = await request(app.server, 'GET', `/messages/${id}?limit=200`, undefined, bob.accessToken);
    const { events } = (await page.json()) as {
      events: { sender: { user: string }; content?: { text: string } | null }[];
    };
    return events
      .filter(({ sender }) => sender.user === anna.user)
      .map(({ content }) => content?.text ?? '')
      .sort();
  }
  const fine = () => assert.deepEqual(browser.complaints, []);

  it('share one worker and one connection', async () => {
    const page = await first();
    const [second, third] = [await another(), await another()];
    await say(app, bob, { user: anna.user }, 'to every tab');
    for (const tab of [page, second, third]) await row(tab, 'to every tab').waitFor();
    assert.deepEqual(workers(page, second, third), [1, 0, 0]);
    assert.equal(await connections(), 1);
    // What one of them does, the others see.
    await opened(third);
    await opened(second);
    await field(third).fill('from the third');
    await third.keyboard.press('Enter');
    await second.getByRole('article').filter({ hasText: 'from the third' }).waitFor();
    await second.getByRole('button', { name: 'Menu', exact: true }).click();
    await second.getByRole('menuitem', { name: 'Sign out' }).click();
    await second.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [page, second, third]) await tab.getByRole('button', { name: 'Log in' }).waitFor();
    await logIn(third, anna.username);
    for (const tab of [page, second]) await tab.getByRole('heading', { name: 'Chats' }).waitFor();
    fine();
  });

  it('go on when the one with the host closes while they write: all of it arrives, once', async () => {
    const page = await first();
    await say(app, bob, { user: anna.user }, 'hello');
    await row(page, 'hello').waitFor();
    const [second, third] = [await another(), await another()];
    for (const tab of [page, second, third]) await opened(tab);
    const wrote: string[] = [];
    const write = async (tab: Page, text: string) => {
      wrote.push(text);
      await field(tab).fill(text);
      await tab.keyboard.press('Enter');
    };
    for (let number = 0; number < 5; number++) await write(second, `before ${number}`);
    // At the same moment: the host may have it, and may not have said so.
    await Promise.all([write(second, 'meanwhile'), write(third, 'meanwhile too'), page.close()]);
    await write(second, 'after');
    await until(async () => (await texts()).length >= wrote.length);
    assert.deepEqual(await texts(), wrote.sort());
    await say(app, bob, { user: anna.user }, 'I have it all');
    for (const tab of [second, third])
      await tab.getByRole('article').filter({ hasText: 'I have it all' }).waitFor();
    for (const tab of [second, third])
      for (const text of wrote) {
        const said = tab.getByRole('article').filter({ hasText: new RegExp(`${text}(?! too)`) });
        await said.first().waitFor();
        assert.equal(await said.count(), 1, text);
      }
    assert.equal(await connections(), 1);
    assert.deepEqual(workers(second, third).sort(), [0, 1]);
    fine();
  });

  it('send what the one that closes has written, and keep what it has begun to', async () => {
    const page = await first();
    await say(app, bob, { user: anna.user }, 'hello');
    await row(page, 'hello').waitFor();
    await opened(page);
    const second = await another();
    // In one turn of the page: nobody has had time to answer.
    const leave = (text: string, draft: string) =>
      page.evaluate(
        ([said, begun]) => {
          const area = document.querySelector('textarea')!;
          const write = (value: string) => {
            area.value = value;
            area.dispatchEvent(new InputEvent('input', { bubbles: true }));
          };
          write(said!);
          return new Promise<void>((resolve) =>
            requestAnimationFrame(() => {
              area.form!.requestSubmit();
              requestAnimationFrame(() => {
                write(begun!);
                location.href = 'about:blank';
                resolve();
              });
            }),
          );
        },
        [text, draft],
      );
    await leave('on the way out', 'half a thou').catch(() => {}); // the page has gone
    await until(async () => (await texts()).length > 0);
    await row(second, 'half a thou').waitFor();
    await opened(second);
    assert.equal(await field(second).inputValue(), 'half a thou');
    // The last one: the next that opens has it.
    await second.evaluate(() => {
      const area = document.querySelector('textarea')!;
      area.value = 'half a thought';
      area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
    await second.close({ runBeforeUnload: false });
    await page.close();
    const third = await another();
    await opened(third);
    assert.equal(await field(third).inputValue(), 'half a thought');
    assert.deepEqual(await texts(), ['on the way out']);
  });

  it('go on when the host itself dies', async () => {
    const page = await first();
    const second = await another();
    await page.workers()[0]!.evaluate(() => close());
    await say(app, bob, { user: anna.user }, 'after');
    for (const tab of [page, second]) await row(tab, 'after').waitFor();
    assert.equal(await connections(), 1);
  });

  it('take turns where there are no locks either, and say so', async () => {
    // As on a network at home: no TLS, so no locks.
    const { port } = new URL(app.server.http);
    browser = await withoutSharedWorker({
      origin: `http://dunlin.test:${port}`,
      flags: ['--host-resolver-rules=MAP dunlin.test 127.0.0.1'],
    });
    const page = await first();
    assert.equal(await page.evaluate(() => 'locks' in navigator), false);
    const second = await another();
    await page.getByText('Dunlin is open in another tab.').waitFor();
    await say(app, bob, { user: anna.user }, 'to one of them');
    await row(second, 'to one of them').waitFor();
    await page.getByRole('button', { name: 'Use here' }).click();
    await second.getByText('Dunlin is open in another tab.').waitFor();
    await say(app, bob, { user: anna.user }, 'to the other');
    await row(page, 'to the other').waitFor();
    assert.equal(await connections(), 1);
  });
});
