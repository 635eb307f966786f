/** Writes docs/SDK.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from './package.ts';
import { reference } from './reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-reference-'));
try {
  await buildPackage(folder);
  writeFileSync(new URL('../../../docs/SDK.md', import.meta.url), await reference(folder));
} finally {
  rmSync(folder, { recursive: true });
}
