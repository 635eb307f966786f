/** Mail in the app: its settings, and a forgotten password, with the links of the mails that a really started server sends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { MailReceiver, type Received } from '../../../services/mail/fixtures/mail-receiver.ts';
import { eventually } from '../../../test/cluster/eventually.ts';
import { type App, barriers, noChromium, PASSWORD, startApp } from './app.ts';
import { does, type Guest, guest, logIn, main, open, title } from './people-pages.ts';

const ADDRESS = 'anna@example.org';
const NEW_PASSWORD = 'a marsh in the morning mist';
const SENT = 'Not verified yet';

describe('mail in the web app', { skip: noChromium }, () => {
  let app: App;
  let receiver: MailReceiver;
  let anna: Guest;

  before(async () => {
    receiver = await MailReceiver.listening();
    app = await startApp([
      `--mail.url=smtp://127.0.0.1:${receiver.port}`,
      ...['--mail.tls=none', '--mail.from=chat@example.net', '--mail.publicUrl=https://chat.example.net'],
    ]);
    anna = await guest(app, 'anna');
  });
  after(async () => {
    await app?.close();
    await receiver?.close();
  });

  /** The link of a mail, at the server itself: what `mail.publicUrl` names is not there. */
  const linkIn = (mail: Received) => /https:\/\/chat\.example\.net(\/mail\/[\w/-]+)/.exec(mail.text)![1]!;
  async function mailAfter(count: number, subject: string): Promise<Received> {
    const found = () => receiver.to(ADDRESS).filter(({ headers }) => headers.get('subject') === subject);
    await receiver.until(() => found().length > count);
    return found()[count]!;
  }
  const account = () => does(app, anna.token, 'GET', '/account');
  const status = () => main(anna.page).getByRole('status');
  const verified = () => status().filter({ has: anna.page.getByText('Verified', { exact: true }) });

  it('takes an address with the password alone, and shows it verified when the link was opened', async () => {
    const { page, browser } = anna;
    await open(page, '/app/settings');
    await main(page).getByRole('link', { name: /^Mail/ }).click();
    await title(page, 'Mail').waitFor();
    await main(page).getByText('No mail address yet').waitFor();
    assert.equal(await main(page).getByRole('switch').count(), 0);

    const dialog = page.getByRole('dialog');
    await main(page).getByRole('button', { name: 'Add a mail address' }).click();
    assert.deepEqual(await barriers(page), []);
    await dialog.getByLabel('Mail address').fill(ADDRESS);
    await dialog.getByLabel('Your password').fill('not this one');
    await dialog.getByRole('button', { name: 'Send the link' }).click();
    await dialog.getByText('This is not your password.').waitFor();
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByLabel('Mail address').fill('anna@');
    await dialog.getByRole('button', { name: 'Send the link' }).click();
    await dialog.getByText('This is no mail address.').waitFor();
    assert.equal((await account()).pending, null);
    await dialog.getByLabel('Mail address').fill(ADDRESS);
    await page.keyboard.press('Enter');
    await status().filter({ hasText: ADDRESS }).filter({ hasText: SENT }).waitFor();
    await dialog.waitFor({ state: 'detached' });

    // The first mail is lost, let us say.
    await mailAfter(0, 'Confirm your mail address');
    await main(page).getByRole('button', { name: 'Send the link again' }).click();
    assert.equal(await dialog.getByLabel('Mail address').inputValue(), ADDRESS);
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Send the link' }).click();
    const mail = await mailAfter(1, 'Confirm your mail address');

    const opened = await browser.tab(linkIn(mail));
    assert.equal((await account()).email, null);
    assert.equal(await verified().count(), 0);
    await opened.getByRole('button', { name: 'Confirm' }).click();
    await opened.getByText('The address is confirmed.').waitFor();
    await opened.close();
    // By itself: the page is not loaded anew.
    await verified().filter({ hasText: ADDRESS }).waitFor();
    assert.equal(await status().count(), 1);
    assert.deepEqual(await barriers(page), []);
  });

  it('asks what to write of, and in which language', async () => {
    const { page } = anna;
    const has = (wanted: object) => {
      const text = JSON.stringify(wanted);
      return eventually(async () => {
        const { notices, digests, language } = await account();
        return JSON.stringify({ notices, digests, language }) === text;
      }, text);
    };
    await main(page).getByRole('switch', { name: 'New devices' }).uncheck();
    await has({ notices: false, digests: true, language: null });
    await main(page).getByRole('radio', { name: 'العربية' }).check();
    await main(page).getByRole('switch', { name: 'Unread messages' }).uncheck();
    await has({ notices: false, digests: false, language: 'ar' });
    await main(page).getByRole('radio', { name: 'As the server has it' }).check();
    await has({ notices: false, digests: false, language: null });
    await main(page)
      .getByRole('link', { name: /^After how long/ })
      .click();
    await main(page).getByRole('radio', { name: 'After 12 hours' }).waitFor();
    await page.goBack();
    await title(page, 'Mail').waitFor();
    await verified().waitFor();
    assert.equal(await main(page).getByRole('switch', { name: 'New devices' }).isChecked(), false);
  });

  it('sets a forgotten password anew by the link of a mail, and signs every device out', async () => {
    const browser = await app.browser();
    const page = await browser.tab();
    await page.getByRole('button', { name: 'Forgotten your password?' }).click();
    await page.getByLabel('User name or mail address').fill(anna.username);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('the link is on its way').waitFor();
    const opened = await browser.tab(linkIn(await mailAfter(0, 'Set a new password')));
    await opened.getByLabel('New password').fill(NEW_PASSWORD);
    await opened.getByRole('button', { name: 'Set the password' }).click();
    await opened.getByText('The password is set.').waitFor();
    await anna.page.getByRole('button', { name: 'Log in', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Close' }).last().click();
    await logIn(page, anna.username, NEW_PASSWORD);
    await mailAfter(0, 'Your password was changed');
    await open(page, '/app/settings/mail');
    await main(page).getByRole('status').filter({ hasText: ADDRESS }).waitFor();
    await main(page).getByRole('button', { name: 'Remove the address' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the address' }).click();
    await main(page).getByText('No mail address yet').waitFor();
    await mailAfter(0, 'Your mail address was changed');
    assert.deepEqual([...browser.complaints, ...anna.browser.complaints], []);
  });
});

/** The page has its answer, and has drawn what follows from it. */
const answered = (page: Page, path: string) =>
  page.waitForFunction(
    (to) =>
      performance
        .getEntriesByType('resource')
        .some((one) => one.name.endsWith(to) && (one as PerformanceResourceTiming).responseEnd > 0) &&
      new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)))),
    path,
  );

describe('mail in the web app of a server that sends none', { skip: noChromium }, () => {
  let app: App;
  before(async () => {
    app = await startApp();
  });
  after(() => app?.close());

  it('is plainly not there', async () => {
    const outside = await (await app.browser()).tab();
    await outside.getByRole('button', { name: 'Create an account' }).waitFor();
    await answered(outside, '/server');
    assert.equal(await outside.getByRole('button', { name: 'Forgotten your password?' }).count(), 0);
    const { page } = await guest(app, 'ben');
    await open(page, '/app/settings/mail');
    await main(page).getByText('This server sends no mail').waitFor();
    assert.equal(await main(page).getByRole('button', { name: 'Add a mail address' }).count(), 0);
    assert.deepEqual(await barriers(page), []);
  });
});
