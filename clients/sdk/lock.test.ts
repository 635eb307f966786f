import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileLock } from './lock.node.ts';
import { type Lock, webLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-lock-'));
after(() => rmSync(folder, { recursive: true }));
const never = () => new AbortController().signal;

const kinds: Record<string, (name: string) => Lock> = {
  'Web Locks': webLock,
  'a file': (name) => fileLock(join(folder, name)),
};

for (const [kind, make] of Object.entries(kinds)) {
  describe(`${kind} as a lock`, () => {
    it('is of one at a time, and of the next when it is released', async () => {
      const release = await make('turns').acquire(never());
      let got = false;
      const next = make('turns')
        .acquire(never())
        .then((mine) => {
          got = true;
          return mine;
        });
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(got, false);
      release();
      (await next)();
    });

    it('is no concern of another name', async () => {
      const one = await make('one').acquire(never());
      const two = await make('two').acquire(never());
      one();
      two();
    });

    it('is given up by who does not want it any more', async () => {
      const release = await make('given up').acquire(never());
      const stop = new AbortController();
      const waits = make('given up').acquire(stop.signal);
      stop.abort(new Error('closed'));
      await assert.rejects(waits, /closed/);
      release();
      (await make('given up').acquire(never()))();
    });
  });
}

it('a lock in a file ends with the process that held it', async () => {
  const path = join(folder, 'killed');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { fileLock } from ${JSON.stringify(new URL('./lock.node.ts', import.meta.url).href)};
       globalThis.release = await fileLock(${JSON.stringify(path)}).acquire(new AbortController().signal);
       console.log('held'); setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  let got = false;
  const mine = fileLock(path)
    .acquire(never())
    .then((release) => {
      got = true;
      return release;
    });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(got, false);
  holder.kill('SIGKILL');
  (await mine)();
});
