/**
 * Delivery against a model: random interleavings of events, acknowledgements, joinings and leavings, removals, lost connections,
 * take-overs, sockets without room, and stores that are slow and fail. Whatever happens, what is written to a device
 * keeps the rules of `ModelDevice`, and in the end every device has everything.
 */
import { it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ModelWorld } from './fixtures/model-world.ts';

const device = fc.nat(2);
const conversation = fc.nat(2);
const user = fc.nat(1);
const mostly = fc.nat(3).map((n) => n > 0);

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), conversation, user }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('sayMany' as const), conversation, user, count: fc.nat(40) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), conversation, user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), conversation, user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), conversation, nth: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('connect' as const), device, persistent: mostly }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('disconnect' as const), device }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), device, nth: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acknowledgeAll' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fill' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drain' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('subscribe' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), failing: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(12) }) },
);

it('gives every device everything, in order, once a connection, within its window', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 60, maxLength: 160 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        async (steps, window, seed) => {
          const world = new ModelWorld(window, seed);
          for (const one of steps) {
            await world.take(one);
            mock.timers.tick(20);
          }
          await world.recover(async () => {
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
