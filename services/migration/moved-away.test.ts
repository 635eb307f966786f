import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { movedAway, noteMovedAway, usedAgain } from './moved-away.ts';

describe('a data folder that was moved away', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dunlin-moved-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is as any other before', () => {
    assert.equal(movedAway(folder), null);
    assert.deepEqual(usedAgain(folder, ['directory', 'history', 'redis']), []);
  });

  it('knows what was moved and when first, also in several runs', () => {
    noteMovedAway(folder, ['directory'], 1_000);
    noteMovedAway(folder, ['directory', 'history'], 2_000);
    assert.deepEqual(movedAway(folder), { engines: { directory: 1_000, history: 2_000 } });
  });

  it('is warned of for each part that is used in it again, and for no other', () => {
    noteMovedAway(folder, ['directory', 'history'], Date.UTC(2026, 0, 2));
    assert.deepEqual(usedAgain(folder, ['redis']), []);
    const [line, ...more] = usedAgain(folder, ['history', 'redis']);
    assert.match(line!, /engines\.history was moved to a server on 2026-01-02T/);
    assert.deepEqual(more, []);
    assert.equal(usedAgain(folder, ['directory', 'history']).length, 2);
  });

  it('is not taken for one that was not, when the note cannot be read', () => {
    writeFileSync(join(folder, 'moved-away.json'), '{');
    assert.throws(() => usedAgain(folder, ['history']));
  });
});
