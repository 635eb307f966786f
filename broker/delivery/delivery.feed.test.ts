/**
 * Delivery to the devices of one node among several, against a model: events are told late, again, out of order or not at all, and
 * history and the directory are ahead of what was told, behind it, or do not answer. Whatever happens, a device gets the events
 * of its user's ranges and no others, in order and without a hole; and in the end all of them.
 */
import { it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { FeedWorld } from './fixtures/feed-world.ts';

const conversation = fc.nat(1);
const user = fc.nat(2);
const device = fc.nat(2);
const few = fc.integer({ min: 1, max: 4 });

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), conversation, count: few }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave'), conversation, user }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('tell' as const), count: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('repeat' as const, 'skipAhead'), nth: fc.nat(), count: few }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), count: few }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('disconnect' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), failing: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('behind' as const), behind: fc.nat(3) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(12) }) },
);

it('gives every device its ranges, without a hole, however the event stream repeats, skips and lags', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 40, maxLength: 120 }),
        fc.integer(),
        async (steps, seed) => {
          const world = new FeedWorld(seed);
          for (const one of steps) {
            await world.take(one);
            mock.timers.tick(20);
          }
          await world.recover(async () => {
            await nextTurn();
            await nextTurn();
            mock.timers.tick(500);
          });
          world.verify();
        },
      ),
      { numRuns: 400 },
    );
  } finally {
    mock.timers.reset();
  }
});
