import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { EventDraft } from './history.ts';
import { type MessagesDatabase, openMessagesDatabase } from './sqlite.ts';

const draft = (stream: string, time: number): EventDraft => ({
  ...{ stream, type: 'message', sender: { user: uuidv7(), device: null }, id: uuidv7(), time },
  ...{ body: '{}', expires: null, text: null, amends: null },
});

describe('what was stored lately', () => {
  let folder: string;
  let database: MessagesDatabase;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-recent-'));
    database = await openMessagesDatabase(join(folder, 'messages.db'));
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const times = async (ms: number): Promise<number[]> => {
    const found: number[] = [];
    for await (const page of database.recent(ms)) found.push(...page.map(({ time }) => time));
    return found;
  };

  it('is of all streams, in its order, from so long before the newest on', async () => {
    assert.deepEqual(await times(1_000), []);
    const [a, b] = [uuidv7(), uuidv7()];
    await database.history.append([draft(a, 1_000), draft(b, 5_000), draft(a, 5_900), draft(b, 6_000)]);
    assert.deepEqual(await times(1_000), [5_000, 5_900, 6_000]);
    assert.deepEqual(await times(99_000), [1_000, 5_000, 5_900, 6_000]);
    assert.deepEqual(await times(0), [6_000]);
  });

  it('comes in pages, whole', async () => {
    const stream = uuidv7();
    const count = 1_001;
    await database.history.append(Array.from({ length: count }, (_, i) => draft(stream, i + 1)));
    assert.deepEqual(
      await times(count),
      Array.from({ length: count }, (_, i) => i + 1),
    );
  });
});
