/**
 * For tests: a Chromium as it is. Playwright tells every page that it is seen and has the focus; one that is not seen, and is frozen, there
 * is only without it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export interface PlainTab {
  /** What an expression is, in the page; of a promise, what it resolves with. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression holds in the page. */
  until(expression: string): Promise<void>;
  /** In front of the others, which are hidden then. */
  show(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

export interface PlainChromium {
  /** @param before runs in the page before its own scripts */
  tab(url: string, before?: string): Promise<PlainTab>;
  close(): Promise<void>;
}

type Reply = { result?: { value?: unknown }; [more: string]: unknown };

export async function plainChromium(): Promise<PlainChromium> {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'];
  const child = spawn(
    executablePath,
    [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('chromium did not start')));
    createInterface(child.stderr).on('line', (line) => {
      const found = /^DevTools listening on (ws:\S+)/.exec(line);
      if (found !== null) resolve(found[1]!);
    });
  });
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  let last = 0;
  const asked = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data));
    const waiting = asked.get(id);
    asked.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  });
  const send = (method: string, params: object, sessionId?: string) =>
    new Promise<Reply>((resolve, reject) => {
      asked.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });

  return {
    async tab(url, before) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const attached = await send('Target.attachToTarget', { targetId, flatten: true });
      const sessionId = String(attached.sessionId);
      await send('Page.enable', {}, sessionId);
      if (before !== undefined)
        await send('Page.addScriptToEvaluateOnNewDocument', { source: before }, sessionId);
      await send('Page.navigate', { url }, sessionId);
      const evaluate = async (expression: string) => {
        const asking = { expression, awaitPromise: true, returnByValue: true };
        return (await send('Runtime.evaluate', asking, sessionId)).result?.value;
      };
      return {
        evaluate,
        async until(expression) {
          for (let looks = 0; looks < 200; looks++) {
            if ((await evaluate(expression)) === true) return;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          throw new Error(`never: ${expression}; the page says ${await evaluate('document.body.innerText')}`);
        },
        show: async () => void (await send('Target.activateTarget', { targetId })),
        freeze: async () => void (await send('Page.setWebLifecycleState', { state: 'frozen' }, sessionId)),
        thaw: async () => void (await send('Page.setWebLifecycleState', { state: 'active' }, sessionId)),
      };
    },
    async close() {
      socket.close();
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
