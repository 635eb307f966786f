/** For tests: the built app, of a really started server, in a real Chromium. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { unlimited } from '../../../test/harness/flags.ts';
import { Server } from '../../../test/harness/server.ts';
import { noChromium } from '../../sdk/fixtures/browser.ts';
import { isBuildNeeded } from '../build/is-needed.ts';

export { noChromium };

export const PASSWORD = 'correct horse battery staple';
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export type Size = 'desktop' | 'phone';
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** A browser of one person: with its own storage, which lasts as long as it does. */
export interface Browser {
  context: BrowserContext;
  /** What pages and workers complained of: errors in the console, exceptions, and what the policy forbade. */
  complaints: string[];
  tab(path?: string): Promise<Page>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  size?: Size;
  language?: string;
  dark?: boolean;
  /** One that hums, and is allowed. */
  microphone?: boolean;
  /** Where the app is, where that is not the server itself. */
  origin?: string;
  /** More flags of Chromium's. */
  flags?: readonly string[];
}

export interface App {
  server: Server;
  browser(options?: BrowserOptions): Promise<Browser>;
  closeBrowsers(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the app where that is needed, and starts a server with it. */
export async function startApp(
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<App> {
  if (isBuildNeeded()) {
    const { buildWeb } = await import('../build/build.ts');
    await buildWeb();
  }
  const server = await Server.started({ flags: [...unlimited, ...flags], env });
  const browsers = new Set<Browser>();
  const closeBrowsers = async () => {
    for (const browser of browsers) await browser.close();
    browsers.clear();
  };
  return {
    server,
    closeBrowsers,
    async browser(options = {}) {
      const browser = await openBrowser(options.origin ?? server.http, options);
      browsers.add(browser);
      return browser;
    },
    async close() {
      await closeBrowsers();
      await server.dispose();
    },
  };
}

async function openBrowser(
  origin: string,
  { size = 'desktop', language = 'en', dark = false, microphone = false, flags = [] }: BrowserOptions,
): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-chromium-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    viewport: sizes[size],
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: size === 'phone',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(microphone ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] : []),
      ...flags,
    ],
  });
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  let closed = false;
  return {
    context,
    complaints,
    async tab(path = '/') {
      const page = await context.newPage();
      await page.goto(origin + path);
      return page;
    },
    async close() {
      if (closed) return;
      closed = true;
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Makes an account, as a person does. */
export async function joinAs(page: Page, username: string): Promise<void> {
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account', exact: true }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is serious for people who do not see, or not well, in words; none: nothing. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: {
          run(): Promise<{
            violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      }
    ).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
  });
}
