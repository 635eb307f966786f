import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openDataFolder } from './data-folder.ts';
import { loadSigningKey } from './secrets.ts';

describe('the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-data-'));
  after(() => rmSync(folder, { recursive: true }));

  it('has one owner, and is free again after kill -9', async () => {
    const path = join(folder, 'a');
    const module = new URL('./data-folder.ts', import.meta.url).href;
    const code = `import { openDataFolder } from '${module}'; openDataFolder('${path}'); console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    assert.throws(() => openDataFolder(path), /in use by another Dunlin/);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    openDataFolder(path).release();
    openDataFolder(path).release();
  });

  it('is closed to others', () => {
    const { path, release } = openDataFolder(join(folder, 'b'));
    assert.equal(statSync(path).mode & 0o777, 0o700);
    release();
  });

  it('keeps the signing key for its owner, the same at every start, and another one a folder', () => {
    const key = loadSigningKey(folder);
    assert.match(key, /BEGIN PRIVATE KEY/);
    assert.equal(loadSigningKey(folder), key);
    assert.equal(statSync(join(folder, 'signing-key.pem')).mode & 0o777, 0o600);
    const { path, release } = openDataFolder(join(folder, 'another'));
    assert.notEqual(loadSigningKey(path), key);
    release();
  });

  it('refuses a key that others can read', () => {
    const { path, release } = openDataFolder(join(folder, 'open'));
    loadSigningKey(path);
    chmodSync(join(path, 'signing-key.pem'), 0o644);
    assert.throws(() => loadSigningKey(path), /can be read by others \(mode 644\)/);
    release();
  });
});
