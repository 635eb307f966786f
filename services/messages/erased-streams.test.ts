import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLogger } from '../../platform/logging.ts';
import { Refused } from '../../protocol/errors.ts';
import { ErasedStreams } from './erased-streams.ts';
import type { Tidings } from './feed.ts';

const logger = createLogger('silent');

it('tells each stream once, however much of it was removed', async () => {
  const told: Tidings[] = [];
  const erased = new ErasedStreams({ write: async (tidings) => void told.push(tidings) }, logger);
  for (const stream of ['a', 'b', 'a', 'a']) erased.add(stream);
  await erased.stop();
  assert.deepEqual(told, [{ erased: ['a', 'b'] }]);
});

it('keeps what could not be told', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  let away = true;
  const feed = {
    async write({ erased = [] }: Tidings) {
      if (away) throw new Refused('unavailable');
      told.push(...erased);
    },
  };
  const erased = new ErasedStreams(feed, logger);
  erased.add('a');
  t.mock.timers.tick(0);
  await new Promise(setImmediate);
  assert.deepEqual(told, []);
  away = false;
  erased.add('b');
  t.mock.timers.tick(1_000);
  await new Promise(setImmediate);
  assert.deepEqual(told.sort(), ['a', 'b']);
});
