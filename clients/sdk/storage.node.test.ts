import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { storageConformance } from './storage.conformance.ts';
import { openFileStorage } from './storage.node.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-storage-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
let path = '';
storageConformance('a file', {
  async create() {
    path = join(folder, `${++files}.db`);
    return openFileStorage(path);
  },
  async reopen(storage) {
    await storage.close();
    return openFileStorage(path);
  },
});

it('is for its owner only: the file, and what SQLite puts beside it', async () => {
  path = join(folder, 'private.db');
  const storage = openFileStorage(path);
  await storage.write([['session', 'secret']]);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(statSync(file).mode & 0o077, 0, file);
  await storage.close();
});

it('writes all or nothing', async () => {
  const storage = openFileStorage(join(folder, 'atomic.db'));
  await storage.write([['a', '1']]);
  const wrong = [
    ['a', '2'],
    ['b', '1'],
    ['c', { not: 'text' } as unknown as string],
  ] as [string, string][];
  await assert.rejects(storage.write(wrong));
  assert.deepEqual(await storage.list(''), [['a', '1']]);
  // And it goes on.
  await storage.write([['a', '3']]);
  assert.equal(await storage.get('a'), '3');
  await storage.close();
});

it('waits its turn where another process writes to the same file', async () => {
  const shared = join(folder, 'shared.db');
  const storage = openFileStorage(shared);
  const other = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { openFileStorage } from ${JSON.stringify(new URL('./storage.node.ts', import.meta.url).href)};
       const storage = openFileStorage(${JSON.stringify(shared)});
       console.log('ready');
       for (let i = 0; i < 300; i++) { await storage.write([['other/' + i, '1']]); await new Promise(setImmediate); }`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(other, 'exit');
  await once(other.stdout, 'data');
  for (let i = 0; i < 300; i++) {
    await storage.write([[`mine/${i}`, '1']]);
    await new Promise(setImmediate);
  }
  assert.deepEqual(await ended, [0, null]);
  assert.equal((await storage.list('')).length, 600);
  await storage.close();
});
