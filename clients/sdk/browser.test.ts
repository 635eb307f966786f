/** What stands on a browser, in a real one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type Browser, noChromium, openBrowser } from './fixtures/browser.ts';
import { storageConformance } from './storage.conformance.ts';
import type { Slice, Storage } from './storage.ts';

type Sdk = typeof import('./fixtures/tab.ts');

describe('in Chromium', { skip: noChromium }, () => {
  let browser: Browser;
  let page: Page;
  let databases = 0;
  let name = '';

  before(async () => {
    browser = await openBrowser('fixtures/tab.ts');
    page = await browser.tab();
  });
  after(() => browser?.close());

  /** The storage of a tab, as if it were here. */
  async function storageIn(tab: Page, database: string): Promise<Storage> {
    const handle = await tab.evaluateHandle(
      (opened) => (globalThis as unknown as { sdk: Sdk }).sdk.openIndexedDbStorage(opened),
      database,
    );
    return {
      get: (key) => handle.evaluate((storage, wanted) => storage.get(wanted), key),
      write: (entries) => handle.evaluate((storage, given) => storage.write(given), entries),
      list: (prefix, slice) =>
        handle.evaluate((storage, [from, part]) => storage.list(from, part), [prefix, slice] as [
          string,
          Slice | undefined,
        ]),
      close: () => handle.evaluate((storage) => storage.close()),
    };
  }

  storageConformance('IndexedDB', {
    create: () => {
      name = `test-${++databases}`;
      return storageIn(page, name);
    },
    async reopen(storage) {
      await storage.close();
      return storageIn(page, name);
    },
  });

  it('two tabs share one database, each write whole', async () => {
    const [one, two] = await Promise.all([
      storageIn(page, 'shared'),
      storageIn(await browser.tab(), 'shared'),
    ]);
    await Promise.all(
      [one, two].flatMap((storage, tab) =>
        Array.from({ length: 20 }, (_, at) =>
          storage.write([
            [`own/${tab}/${at}`, 'x'],
            ['last', `${tab}/${at}`],
            ['again', `${tab}/${at}`],
          ]),
        ),
      ),
    );
    assert.equal((await one.list('own/')).length, 40);
    assert.equal(await two.get('last'), await one.get('again'));
  });

  it('says clearly that there is no room, and goes on when there is', async () => {
    // An origin that has not written yet: Chromium remembers for a while how much room there was.
    const tab = await browser.tab('localhost');
    const { origin } = new URL(tab.url());
    const chrome = await browser.context.newCDPSession(tab);
    await chrome.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    const storage = await storageIn(tab, 'small');
    await assert.rejects(async () => {
      for (let at = 0; at < 100; at++) await storage.write([[`${at}`, 'x'.repeat(500_000)]]);
    }, /No room is left/);
    await chrome.send('Storage.overrideQuotaForOrigin', { origin });
    await storage.write([['a', 'x']]);
    assert.equal(await storage.get('a'), 'x');
  });

  it('of two tabs one has the lock; the other when the first is closed', async () => {
    const [one, two] = [await browser.tab(), await browser.tab()];
    const acquire = (tab: Page) =>
      tab.evaluate(async () => {
        const { webLock } = (globalThis as unknown as { sdk: Sdk }).sdk;
        await webLock('device').acquire(new AbortController().signal);
      });
    await acquire(one);
    let got = false;
    const second = acquire(two).then(() => {
      got = true;
    });
    const { held, pending } = await page.evaluate(async () => {
      for (;;) {
        const state = await navigator.locks.query();
        if (state.pending?.length === 1) return { held: state.held?.length, pending: state.pending.length };
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    assert.deepEqual([held, pending, got], [1, 1, false]);
    await one.close();
    await second;
  });
});
