/** For tests: a stock Firefox, spoken to by WebDriver BiDi (w3.org/TR/webdriver-bidi), which Playwright cannot drive. */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const executablePath = process.env.FIREFOX ?? '';

/** Why tests in a real Firefox cannot run here; false: they can. */
export const noFirefox: string | false = (() => {
  try {
    accessSync(executablePath, constants.X_OK);
    return false;
  } catch {
    return 'FIREFOX names no Firefox (Debian: firefox-esr, /usr/bin/firefox-esr)';
  }
})();

export interface FirefoxTab {
  open(url: string): Promise<void>;
  /** What an expression is, in the page, as JSON; of a promise, what it resolves with. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression holds in the page. */
  until(expression: string): Promise<void>;
  /** Keys, to where the focus is. */
  type(text: string): Promise<void>;
  /** Puts a file into a field. */
  setFile(selector: string, path: string): Promise<void>;
  close(): Promise<void>;
}

export interface Firefox {
  tab(): Promise<FirefoxTab>;
  /** What pages complained of: errors in the console, and exceptions. */
  complaints: string[];
  close(): Promise<void>;
}

interface Value {
  type: string;
  value?: unknown;
  sharedId?: string;
}

export async function startFirefox(): Promise<Firefox> {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-firefox-'));
  // A microphone that hums, and is allowed.
  const preferences = { 'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true };
  writeFileSync(
    join(folder, 'user.js'),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`)
      .join(''),
  );
  const child = spawn(
    executablePath,
    ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject).once('exit', () => reject(new Error('firefox did not start')));
    createInterface(child.stderr).on('line', (line) => {
      const found = /^WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (found !== null) resolve(found[1]!);
    });
  });
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  let last = 0;
  const asked = new Map<number, { resolve(reply: never): void; reject(error: Error): void }>();
  const complaints: string[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.method === 'log.entryAdded' && message.params.level === 'error')
      complaints.push(message.params.text);
    if (message.id === undefined) return;
    const waiting = asked.get(message.id);
    asked.delete(message.id);
    if (message.type === 'error') waiting?.reject(new Error(`${message.error}: ${message.message}`));
    else waiting?.resolve(message.result as never);
  });
  const send = <R>(method: string, params: object) =>
    new Promise<R>((resolve, reject) => {
      asked.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  await send('session.subscribe', { events: ['log.entryAdded'] });

  async function tab(): Promise<FirefoxTab> {
    const { context } = await send<{ context: string }>('browsingContext.create', { type: 'tab' });
    const value = async (expression: string): Promise<Value> => {
      const asking = { expression, target: { context }, awaitPromise: true };
      const reply = await send<{ result: Value; exceptionDetails?: { text: string } }>(
        'script.evaluate',
        asking,
      );
      if (reply.exceptionDetails !== undefined) throw new Error(reply.exceptionDetails.text);
      return reply.result;
    };
    const evaluate = async (expression: string): Promise<unknown> => {
      const text = (await value(`Promise.resolve(${expression}).then((it) => JSON.stringify(it))`)).value;
      return typeof text === 'string' ? JSON.parse(text) : undefined;
    };
    return {
      evaluate,
      open: async (url) => void (await send('browsingContext.navigate', { context, url, wait: 'complete' })),
      async until(expression) {
        for (let looks = 0; looks < 200; looks++) {
          if ((await evaluate(expression)) === true) return;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`never: ${expression}; the page says ${await evaluate('document.body.innerText')}`);
      },
      async type(text) {
        const actions = [...text].flatMap((key) => [
          { type: 'keyDown', value: key },
          { type: 'keyUp', value: key },
        ]);
        await send('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] });
      },
      async setFile(selector, path) {
        const { sharedId } = await value(`document.querySelector(${JSON.stringify(selector)})`);
        await send('input.setFiles', { context, element: { sharedId }, files: [path] });
      },
      close: async () => void (await send('browsingContext.close', { context })),
    };
  }

  return {
    tab,
    complaints,
    async close() {
      socket.close();
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
