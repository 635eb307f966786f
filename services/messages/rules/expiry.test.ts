import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWorld } from '../../conversations/fixtures/world.ts';

const DAY_S = 86_400;

/** Seconds; null: not set. */
const cases: {
  ttl: number | null;
  timer: number | null;
  retention: number | null;
  expected: number | null;
}[] = [
  { ttl: null, timer: null, retention: null, expected: null },
  { ttl: 60, timer: null, retention: null, expected: 60 },
  { ttl: null, timer: 60, retention: null, expected: 60 },
  { ttl: null, timer: null, retention: DAY_S, expected: DAY_S },
  { ttl: 30, timer: 60, retention: DAY_S, expected: 30 },
  // A sender cannot have it kept longer than the conversation says, nor the conversation longer than the operator.
  { ttl: 90, timer: 60, retention: DAY_S, expected: 60 },
  { ttl: 2 * DAY_S, timer: 3 * DAY_S, retention: DAY_S, expected: DAY_S },
];

describe('when content goes', () => {
  for (const { ttl, timer, retention, expected } of cases) {
    it(`ttl ${ttl}, timer ${timer}, retention ${retention}: ${expected}`, async () => {
      const world = await createWorld(retention === null ? {} : { retentionMs: retention * 1_000 });
      try {
        const { alice, bob } = world;
        const group = await world.group(alice, [bob]);
        if (timer !== null)
          await world.does(alice, { type: 'conversation.timer', conversation: group, seconds: timer });
        const sent = await world.says(bob, group, 'x', ttl === null ? {} : { ttl });
        assert.equal(sent.expires, expected === null ? null : sent.time + expected * 1_000);
        assert.equal(sent.says.expires, sent.expires ?? undefined);
      } finally {
        await world.dispose();
      }
    });
  }

  it('holds for messages from the timer on, until it is turned off', async () => {
    const world = await createWorld();
    try {
      const { alice, bob } = world;
      const before = await world.says(alice, bob, 'before');
      const timer = (seconds: number | null) =>
        world.does(bob, { type: 'conversation.timer', conversation: before.stream, seconds });
      await timer(60);
      // Nobody waits for what was sent in between: the order is that of acceptance.
      const [during, , after] = await Promise.all([
        world.says(alice, bob, 'during'),
        timer(null),
        world.says(alice, bob, 'after'),
      ]);
      assert.deepEqual([before.expires, during.expires, after.expires], [null, during.time + 60_000, null]);
    } finally {
      await world.dispose();
    }
  });
});
