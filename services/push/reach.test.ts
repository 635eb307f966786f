import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReach } from './reach.ts';

function stage(shared: boolean) {
  const clock = { time: 1_000, now: () => clock.time };
  const routes = new Set(['ann']);
  const asked: string[][] = [];
  const gate: { held: Promise<void> | null } = { held: null };
  const reach = createReach({
    store: {
      async reachable(users) {
        asked.push([...users]);
        const found = new Set(users.filter((user) => routes.has(user)));
        await gate.held;
        return found;
      },
      hasRoutes: async () => routes.size > 0,
    },
    clock,
    shared,
  });
  return { clock, routes, asked, gate, reach };
}

describe('who can be reached', () => {
  it('is asked once of each, and again when it has changed', async () => {
    const { reach, asked, routes } = stage(false);
    assert.deepEqual(await reach.among(['ann', 'ben']), new Set(['ann']));
    const known = reach.among(['ann', 'ben']);
    assert.ok(!(known instanceof Promise), 'known, and asked all the same');
    assert.deepEqual(known, new Set(['ann']));
    routes.add('ben');
    reach.changed('ben');
    assert.deepEqual(await reach.among(['ann', 'ben', 'cay']), new Set(['ann', 'ben']));
    assert.deepEqual(asked, [
      ['ann', 'ben'],
      ['ben', 'cay'],
    ]);
  });

  it('does not keep an answer to what was asked before the change', async () => {
    const { reach, routes, gate } = stage(false);
    const held = Promise.withResolvers<void>();
    gate.held = held.promise;
    const before = reach.among(['ben']);
    routes.add('ben');
    reach.changed('ben');
    held.resolve();
    await before;
    assert.deepEqual(await reach.among(['ben']), new Set(['ben']));
  });

  it('is soon asked again of who cannot, where others register too', async () => {
    const { reach, routes, clock, asked } = stage(true);
    await reach.among(['ann', 'ben']);
    routes.add('ben');
    clock.time += 2_000;
    assert.deepEqual(await reach.among(['ann', 'ben']), new Set(['ann', 'ben']));
    assert.deepEqual(asked.at(-1), ['ben']);
    clock.time += 60_000;
    await reach.among(['ann', 'ben']);
    assert.deepEqual(asked.at(-1), ['ann', 'ben']);
  });

  it('says whether anybody can', async () => {
    const { reach, routes } = stage(false);
    routes.clear();
    assert.equal(await reach.any(), false);
    assert.equal(reach.any(), false);
    routes.add('ann');
    reach.changed('ann');
    assert.equal(await reach.any(), true);
    assert.equal(reach.any(), true);
  });
});
