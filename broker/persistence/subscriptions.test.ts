import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { SessionSubscriptions } from './subscriptions.ts';

it('what a session had is given back, each topic once with its newest options', () => {
  const topic = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    fc.record({ client: fc.constantFrom('x', 'y'), topic, qos: fc.constantFrom(0, 1, 2) }),
    fc.record({ client: fc.constantFrom('x', 'y'), gone: fc.uniqueArray(topic) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const actual = new SessionSubscriptions();
      const model = new Map([
        ['x', new Map<string, number>()],
        ['y', new Map<string, number>()],
      ]);
      for (const each of steps) {
        const known = model.get(each.client)!;
        if ('gone' in each) {
          actual.remove(each.client, each.gone);
          for (const gone of each.gone) known.delete(gone);
        } else {
          actual.add(each.client, { topic: each.topic, qos: each.qos as 0 | 1 | 2 });
          known.set(each.topic, each.qos);
        }
        for (const [client, topics] of model) {
          const given = actual.of(client).map(({ topic, qos }) => [topic, qos] as const);
          assert.equal(given.length, topics.size);
          assert.deepEqual(new Map(given), topics);
        }
      }
    }),
  );
});
