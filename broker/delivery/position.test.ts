import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Position, type Sent } from './position.ts';

describe('a position', () => {
  it('moves over the acknowledged prefix, whatever the order of acknowledgements', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), (order) => {
        const position = new Position('s', [{ from: 1, to: null }], 0);
        position.head = 10;
        const sent = new Map<number, Sent>();
        for (let seq = position.next(); seq !== null; seq = position.next())
          sent.set(seq, position.send(seq, 'u'));
        const acknowledged = new Set<number>();
        for (const seq of order) {
          acknowledged.add(seq);
          position.acknowledge(sent.get(seq)!, 1);
          let prefix = 0;
          while (acknowledged.has(prefix + 1)) prefix++;
          assert.equal(position.acknowledged, prefix);
        }
      }),
    );
  });

  it('skips what came between leaving and joining again, and stops at a leaving', () => {
    const position = new Position('s', [{ from: 2, to: 4 }], 0);
    position.head = 20;
    position.joined(9);
    position.joined(9);
    const seqs = [];
    for (let seq = position.next(); seq !== null && seqs.length < 5; seq = position.next()) {
      seqs.push(seq);
      position.send(seq, 'u');
    }
    assert.deepEqual(seqs, [2, 3, 4, 9, 10]);
    position.left(11);
    position.left(3);
    position.joined(10);
    for (let seq = position.next(); seq !== null; seq = position.next()) {
      seqs.push(seq);
      position.send(seq, 'u');
    }
    assert.deepEqual(seqs, [2, 3, 4, 9, 10, 11]);
  });
});
