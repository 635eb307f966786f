/** A browser without SharedWorker freezes the tab that has the host. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, register } from '../../../test/harness/account.ts';
import { metric } from '../../../test/harness/metrics.ts';
import { type App, noChromium, startApp } from './app.ts';
import { say } from './people-pages.ts';
import { type PlainChromium, plainChromium } from './plain-chromium.ts';

describe('a tab with the host that is frozen', { skip: noChromium }, () => {
  let app: App;
  let chromium: PlainChromium;
  let anna: Account;
  let bob: Account;

  before(async () => {
    app = await startApp();
    [anna, bob] = [await register(app.server, 'anna'), await register(app.server, 'bob')];
    chromium = await plainChromium();
  });
  after(async () => {
    await chromium?.close();
    await app?.close();
  });

  const says = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;

  it('leaves the host to the next one, and goes on with that when it is back', async () => {
    const noSharedWorkers = 'delete globalThis.SharedWorker; globalThis.seen = [];';
    const one = await chromium.tab(app.server.http, noSharedWorkers);
    await one.until(`document.querySelector('[name=password]') !== null`);
    await one.evaluate(`(() => {
      for (const [name, value] of ${JSON.stringify([
        ['username', anna.username],
        ['password', anna.password],
      ])}) {
        const field = document.querySelector('[name=' + name + ']');
        field.value = value;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
      requestAnimationFrame(() => document.querySelector('form').requestSubmit());
    })()`);
    await one.until(says('Chats'));
    const two = await chromium.tab(app.server.http, noSharedWorkers);
    await two.until(says('Chats'));
    await two.show();
    await one.until(`document.visibilityState === 'hidden'`);
    await one.evaluate(`for (const event of ['freeze', 'resume'])
      document.addEventListener(event, () => seen.push(event))`);

    await one.freeze();
    await say(app, bob, { user: anna.user }, 'while it was frozen');
    await two.until(says('while it was frozen'));
    await one.thaw();
    await one.until(says('while it was frozen'));
    assert.deepEqual(await one.evaluate('seen'), ['freeze', 'resume']);
    await say(app, bob, { user: anna.user }, 'and after');
    for (const tab of [one, two]) await tab.until(says('and after'));
    assert.equal(await metric(app.server, 'dunlin_connections'), 1);
  });
});
