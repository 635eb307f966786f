import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openLink } from './links.ts';

it('opens nothing but the web, and nothing where nobody would see it', async () => {
  const display = { DISPLAY: ':0' };
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', '--help', 'ssh://h', ''])
    assert.equal(await openLink(url, display, 'linux'), false, url);
  assert.equal(await openLink('https://example.org/', {}, 'linux'), false);
});

it('hands the link over as it is, and to no shell', async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-links-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'xdg-open');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s' "$*" > '${folder}/part' && mv '${folder}/part' '${folder}/opened'\n`,
  );
  chmodSync(program, 0o700);
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  test.after(() => {
    process.env.PATH = path;
  });
  const opened = new Promise<void>((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (name !== 'opened') return;
      watcher.close();
      resolve();
    });
  });
  assert.equal(await openLink('https://example.org/?a=$(touch x)&b=;', { DISPLAY: ':0' }, 'linux'), true);
  await opened;
  assert.equal(readFileSync(join(folder, 'opened'), 'utf8'), 'https://example.org/?a=$(touch%20x)&b=;');
});
