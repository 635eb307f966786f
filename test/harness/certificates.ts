import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const make = fileURLToPath(new URL('../../certs/make.ts', import.meta.url));

/** Runs what `npm run certs` runs. */
export function makeCertificates(folder: string, ...args: string[]): void {
  const run = spawnSync(process.execPath, [make, '--folder', folder, ...args], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
}

/** What starts a server with them. */
export function tlsFlags(folder: string): string[] {
  return [
    '--mqtts.enabled=true',
    `--tls.cert=${join(folder, 'server.pem')}`,
    `--tls.key=${join(folder, 'server.key')}`,
  ];
}

/** The authority that a client of that server has to trust. */
export function authority(folder: string): Buffer {
  return readFileSync(join(folder, 'ca.pem'));
}
