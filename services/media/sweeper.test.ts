import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../platform/logging.ts';
import { Refused } from '../../protocol/errors.ts';
import { temporaryDirectory } from '../directory/temporary.ts';
import { folderBlobs } from './blobs.folder.ts';
import type { BlobStore } from './blobs.ts';
import { sampleMedia } from './store.conformance.ts';
import { createMediaSweeper, removeLeftovers } from './sweeper.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.parse('2026-11-24T12:00:00Z');

describe('the sweeper of files', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let blobs: BlobStore;
  let now: number;
  let away: boolean;
  beforeEach(async () => {
    [now, away] = [start, false];
    directory = await temporaryDirectory();
    const folder = folderBlobs(join(directory.folder, 'media'));
    blobs = {
      ...folder,
      async delete(name) {
        if (away) throw new Refused('unavailable', 'media');
        await folder.delete(name);
      },
    };
  });
  afterEach(() => directory.dispose());

  const sweeper = (retentionMs: number | null = null) =>
    createMediaSweeper({
      ...{ store: directory.media, blobs, clock: { now: () => now }, logger: createLogger('silent') },
      settings: { orphanMs: DAY, retentionMs, sweepMs: HOUR },
    });

  async function stored(): Promise<{ id: string; blob: string }> {
    const media = sampleMedia({ blob: uuidv7(), createdAt: now });
    await directory.media.begin([media.blob], now + DAY);
    await blobs.put(media.blob, Readable.from([Buffer.from('x')]), 1);
    assert.ok(await directory.media.add(media, 1, '2026-11-24', { kept: null, aDay: null }));
    return media;
  }
  const isThere = async ({ blob }: { blob: string }) => (await blobs.head(blob)) !== null;
  const refer = (media: string, seq: number, expires: number | null = null) =>
    directory.media.refer({ media, conversation: randomUUID(), seq, message: seq, expires });

  it('removes what no message has had for a while, and keeps the others', async () => {
    const [free, had, expiring] = [await stored(), await stored(), await stored()];
    await refer(had.id, 1);
    await refer(expiring.id, 2, now + HOUR);
    now = start + DAY - 1;
    await sweeper().sweep();
    assert.deepEqual(await Promise.all([free, had, expiring].map(isThere)), [true, true, true]);
    now = start + DAY;
    await sweeper().sweep();
    assert.deepEqual(await Promise.all([free, had, expiring].map(isThere)), [false, true, true]);
    now = start + 2 * DAY;
    await sweeper().sweep();
    assert.deepEqual(await Promise.all([had, expiring].map(isThere)), [true, false]);
  });

  it('removes more than it takes at a time, and with another at the same time', async () => {
    const files = [];
    for (let i = 0; i < 205; i++) files.push(await stored());
    now = start + DAY;
    await Promise.all([sweeper().sweep(), sweeper().sweep()]);
    await sweeper().sweep();
    assert.deepEqual((await Promise.all(files.map(isThere))).filter(Boolean), []);
  });

  it('removes what was begun and never finished', async () => {
    const blob = uuidv7();
    await directory.media.begin([blob], now + DAY);
    await blobs.put(blob, Readable.from([Buffer.from('x')]), 1);
    await sweeper().sweep();
    assert.ok(await isThere({ blob }));
    now = start + DAY;
    await sweeper().sweep();
    assert.ok(!(await isThere({ blob })));
  });

  it('removes what is old, where the operator says so', async () => {
    const old = await stored();
    await refer(old.id, 1);
    now = start + 30 * DAY;
    await sweeper().sweep();
    assert.ok(await isThere(old));
    await sweeper(31 * DAY).sweep();
    assert.ok(await isThere(old));
    await sweeper(30 * DAY).sweep();
    assert.ok(!(await isThere(old)));
  });

  it('tries again what the storage did not remove', async () => {
    const file = await stored();
    now = start + DAY;
    away = true;
    await assert.rejects(sweeper().sweep());
    away = false;
    assert.ok(await isThere(file));
    await sweeper().sweep();
    assert.ok(!(await isThere(file)));
  });
});

describe('what uploads left', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-left-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is removed when nobody has written to it for a while, and nothing else is', async () => {
    for (const [name, at] of [
      ['old.waiting', 1],
      ['old.upload', 1],
      ['young.waiting', 100],
    ] as const) {
      await writeFile(join(folder, name), 'x');
      await utimes(join(folder, name), at, at);
    }
    await removeLeftovers(folder, '.waiting', 50_000);
    assert.deepEqual((await readdir(folder)).toSorted(), ['old.upload', 'young.waiting']);
    await removeLeftovers(join(folder, 'is-not-there'), '.waiting', 50_000);
  });
});
