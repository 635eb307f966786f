import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InOrder } from './in-order.ts';

describe('acknowledgements', () => {
  it('come in the order of the packets of a connection, whatever is done first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat(1_000)),
        (connections, random) => {
          const order = new InOrder();
          const keys = [{}, {}, {}];
          const acknowledged: number[][] = [[], [], []];
          const finish = connections.map((c, n) => ({
            n,
            done: order.take(keys[c]!, () => acknowledged[c]!.push(n)),
          }));
          while (finish.length > 0) {
            finish.splice(random.next().value % finish.length, 1)[0]!.done();
          }
          for (const c of [0, 1, 2]) {
            const taken = connections.flatMap((of, n) => (of === c ? [n] : []));
            assert.deepEqual(acknowledged[c], taken);
          }
        },
      ),
    );
  });

  it('wait for nothing but what came before', () => {
    const order = new InOrder();
    const [a, b] = [{}, {}];
    const acknowledged: string[] = [];
    const first = order.take(a, () => acknowledged.push('first'));
    order.take(a, () => acknowledged.push('second'))();
    order.take(b, () => acknowledged.push('of another'))();
    assert.deepEqual(acknowledged, ['of another']);
    first();
    assert.deepEqual(acknowledged, ['of another', 'first', 'second']);
  });

  it('carry the error of their own packet', () => {
    const order = new InOrder();
    const errors: unknown[] = [];
    const first = order.take(order, (error) => errors.push(error));
    order.take(order, (error) => errors.push(error))(new Error('second'));
    first();
    assert.deepEqual(errors, [null, new Error('second')]);
  });
});
