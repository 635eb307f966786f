/** Files that are larger than the memory of the server. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';
import { describe, digestOf, fetched, uploadForm } from './files.ts';

const SIZE = 300 * 1_048_576;
/** What the process may have grown by: less than half of the file. */
const GROWTH = 120 * 1_048_576;

/** Most that the process has ever had in memory, bytes. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}

it(
  'a file of 300 MiB goes in and out of a server that has no room for it in memory',
  {
    skip: process.platform !== 'linux' && 'memory is read from /proc',
  },
  async () => {
    const server = await Server.started({
      flags: ['--media.maxBytes=400000000'],
      env: { NODE_OPTIONS: '--max-old-space-size=96' },
    });
    try {
      const anna = await register(server, 'anna');
      const before = await peakOf(server.pid);
      const { status, body } = await uploadForm(server, anna, SIZE);
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal(body.bytes, SIZE);
      assert.equal(body.sha256, digestOf(SIZE));
      const { url } = await describe(server, anna, body.id);
      assert.deepEqual(await fetched(server, url), { bytes: SIZE, sha256: body.sha256 });
      const grown = (await peakOf(server.pid)) - before;
      assert.ok(grown < GROWTH, `it has grown by ${Math.round(grown / 1_048_576)} MiB`);
    } finally {
      await server.dispose();
    }
  },
);
