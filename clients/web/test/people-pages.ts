/** For tests: people in browsers of their own, and the screens beside the conversation. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Account, request } from '../../../test/harness/account.ts';
import { dunlin } from '../../../test/harness/dunlin.ts';
import { type App, type Browser, joinAs, PASSWORD } from './app.ts';

export interface Guest {
  username: string;
  user: string;
  browser: Browser;
  page: Page;
  /** For HTTP: of another device than the browser. */
  token: string;
}

let guests = 0;

/** Somebody new, signed in, in a browser of their own. */
export async function guest(
  app: App,
  name: string,
  options: Parameters<App['browser']>[0] = {},
): Promise<Guest> {
  const username = `${name}-${++guests}`;
  const browser = await app.browser(options);
  const page = await browser.tab();
  await joinAs(page, username);
  const { user, token } = await signedIn(app, username);
  return { username, user, browser, page, token };
}

/** On another device than the browser. */
export async function signedIn(
  app: App,
  username: string,
  device = 'test',
): Promise<{ user: string; token: string }> {
  const answer = await request(app.server, 'POST', '/login', { username, password: PASSWORD, device });
  const { user, access_token } = (await answer.json()) as { user: { id: string }; access_token: string };
  return { user: user.id, token: access_token };
}

/** The same person in a second browser. */
export async function secondBrowser(
  app: App,
  username: string,
  password = PASSWORD,
): Promise<Browser & { page: Page }> {
  const browser = await app.browser();
  const page = await browser.tab();
  await logIn(page, username, password);
  return { ...browser, page };
}

export async function logIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}

/** A request that succeeds. */
export async function does(
  app: App,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await request(app.server, method, path, body, token === '' ? undefined : token);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

export const say = (app: App, from: Pick<Account, 'accessToken'> | Guest, to: object, text: string) =>
  does(app, 'token' in from ? from.token : from.accessToken, 'POST', '/messages/send', {
    to,
    content: { type: 'text', text },
  });

/** Somebody who may invite and read reports. */
export async function administrator(app: App): Promise<string> {
  const folder = `--data.folder=${join(app.server.folder, 'data')}`;
  const { code, stdout } = await dunlin(['admin', 'invite', '--admin', folder]);
  const invitation = /[\w-]{16,}/.exec(stdout)?.[0];
  if (code !== 0 || invitation === undefined) throw new Error(`no invitation: ${stdout}`);
  return invitation;
}

/** A screen by its path, without loading the page anew. */
export async function open(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
}

/** Dismisses what is said above the page, where something is: it covers the end of a screen. */
export async function unsaid(page: Page): Promise<void> {
  for (const button of await page.getByRole('button', { name: 'Dismiss' }).all())
    await button.click({ timeout: 2_000 }).catch(() => {}); // it went by itself
}

export const row = (page: Page, text: string | RegExp) =>
  page.getByRole('region', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: text });
export const main = (page: Page) => page.locator('#main');
export const title = (page: Page, name: string | RegExp) =>
  main(page).getByRole('heading', { level: 1, name });
