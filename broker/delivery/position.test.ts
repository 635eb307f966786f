import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MOST_UNACKNOWLEDGED, Position, type Sent } from './position.ts';
import type { Pump } from './pump.ts';
import type { Deliverable } from './tail.ts';

const pump = {} as Pump;
const topic = 't';
const everything = () => [{ from: 1, to: null }];

/** Sends everything there is; the numbers that were sent. */
function sendAll(position: Position, most = Number.POSITIVE_INFINITY): Sent[] {
  const all: Sent[] = [];
  for (let seq = position.next(); seq !== null && all.length < most; seq = position.next())
    all.push(position.send(seq, 'u', topic));
  return all;
}

function acknowledge(position: Position, sent: Sent): number[] {
  sent.acknowledged = true;
  const moved: number[] = [];
  for (let one = position.advance(7); one !== null; one = position.advance(7)) moved.push(one.seq);
  return moved;
}

describe('a position', () => {
  it('moves over the acknowledged prefix, whatever the order of acknowledgements', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), (order) => {
        const position = new Position(pump, 's', everything(), 0);
        position.head = 10;
        const sent = sendAll(position);
        const acknowledged = new Set<number>();
        const moved: number[] = [];
        for (const seq of order) {
          acknowledged.add(seq);
          moved.push(...acknowledge(position, sent[seq - 1]!));
          let prefix = 0;
          while (acknowledged.has(prefix + 1)) prefix++;
          assert.equal(position.acknowledged, prefix);
          assert.deepEqual(
            moved,
            Array.from({ length: prefix }, (_, i) => i + 1),
          );
        }
      }),
    );
  });

  it('skips what came between leaving and joining again, and stops at a leaving', () => {
    const position = new Position(pump, 's', [{ from: 2, to: 4 }], 0);
    position.head = 20;
    position.joined(9);
    position.joined(9);
    const seqs = sendAll(position, 5).map(({ seq }) => seq);
    assert.deepEqual(seqs, [2, 3, 4, 9, 10]);
    position.left(11);
    position.left(3);
    position.joined(10);
    seqs.push(...sendAll(position).map(({ seq }) => seq));
    assert.deepEqual(seqs, [2, 3, 4, 9, 10, 11]);
  });

  it('goes back to what was not expected to be acknowledged, but not to what is in flight', () => {
    const position = new Position(pump, 's', everything(), 2);
    position.head = 9;
    position.sent = 9;
    position.rewind();
    assert.equal(position.next(), 3);
    const [third, fourth] = [position.send(3, 'u', topic), position.send(4, 'u', topic)];
    position.sent = 9;
    position.rewind();
    assert.equal(position.next(), 5);
    acknowledge(position, third);
    acknowledge(position, fourth);
    position.sent = 9;
    position.rewind();
    assert.equal(position.next(), 5);
  });

  it('is clogged while too much waits behind one that is not acknowledged', () => {
    const position = new Position(pump, 's', everything(), 0);
    position.head = MOST_UNACKNOWLEDGED;
    const [first, ...others] = sendAll(position);
    for (const sent of others) acknowledge(position, sent);
    assert.equal(position.clogged, true);
    assert.equal(acknowledge(position, first!).length, MOST_UNACKNOWLEDGED);
    assert.equal(position.clogged, false);
  });

  it('finds events in a page it shares with others, and leaves the page as it is', () => {
    const page = [3, 4, 6].map((seq) => ({ seq }) as Deliverable);
    const position = new Position(pump, 's', everything(), 0);
    position.hold(page);
    assert.deepEqual(
      [3, 4, 5, 6, 7].map((seq) => position.fromPage(seq)?.seq),
      [3, 4, undefined, 6, undefined],
    );
    assert.equal(page.length, 3);
    position.hold(page);
    assert.equal(position.fromPage(4)?.seq, 4);
  });
});
