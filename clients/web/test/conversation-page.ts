/** For tests: the conversation view in a real Chromium, on a fake chat, under the policy that the server sets. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type * as fakes from '../chat/fixtures/fake-chat.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** What the page has for tests. */
export interface Given {
  chat: fakes.FakeChat;
  fakes: typeof fakes;
  opened: unknown[];
  open(where: { conversation: string } | { user: string } | null): void;
  speak(language: 'en' | 'ar'): Promise<void>;
}

export interface ConversationPages {
  browser: Browser;
  /** A page of its own, and what went wrong in it: errors, and what the policy forbade. */
  page(options?: BrowserContextOptions): Promise<{ page: Page; troubles: string[] }>;
  close(): Promise<void>;
}

/** @param folder of the page, beside this file */
export async function conversationPages(folder = 'conversation'): Promise<ConversationPages> {
  const out = mkdtempSync(join(tmpdir(), 'dunlin-conversation-'));
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  await build({
    configFile: here('../vite.config.ts'),
    root: here(`./${folder}`),
    publicDir: false,
    logLevel: 'error',
    build: { outDir: out, emptyOutDir: true, minify: process.env.READABLE === undefined },
  });
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').split('?', 1)[0]!;
    const path = join(out, normalize(`/${name}`));
    response.setHeader('content-security-policy', POLICY);
    // Browsers ask for one by themselves.
    if (name === '/favicon.ico') return void response.writeHead(204).end();
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  return {
    browser,
    async page(options = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on('pageerror', (error) => troubles.push(String(error.stack)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction('globalThis.open !== undefined && globalThis.chat !== undefined');
      return { page, troubles };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(out, { recursive: true, force: true });
    },
  };
}
