/** Writes the reference into docs/BOTS.md. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBotPackage } from './package.ts';
import { withReference } from './reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-reference-'));
const page = new URL('../../../docs/BOTS.md', import.meta.url);
try {
  await buildBotPackage(folder);
  writeFileSync(page, await withReference(readFileSync(page, 'utf8'), folder));
} finally {
  rmSync(folder, { recursive: true });
}
