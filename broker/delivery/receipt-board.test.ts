import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Receipt } from '../../protocol/events.ts';
import { ReceiptBoard } from './receipt-board.ts';
import { type Notice, ReceiptLane } from './receipt-lane.ts';

describe('the receipt board', () => {
  it('tells the newest state once, of everything that changed, to those who are connected', () => {
    const told: [string, Notice[]][] = [];
    const board = new ReceiptBoard(
      60_000,
      (user) => user !== 'away',
      (user, notices) => told.push([user, notices]),
    );
    board.put('a', 'c', { user: 'u', delivered: 1, delivered_at: 10 });
    board.put('a', 'c', { user: 'u', delivered: 3, delivered_at: 30 });
    board.put('a', 'c', { user: 'u', read: 2, read_at: 40 });
    board.put('a', 'c', { user: 'w', delivered: 1 });
    board.put('away', 'c', { user: 'u', delivered: 4, delivered_at: 40 });
    board.flush();
    board.flush();
    assert.deepEqual(told, [
      [
        'a',
        [
          {
            conversation: 'c',
            receipts: [
              { user: 'u', delivered: 4, delivered_at: 40, read: 2, read_at: 40 },
              { user: 'w', delivered: 1 },
            ],
          },
        ],
      ],
    ]);
  });

  it('remembers a bounded number of receipts', () => {
    let told: Receipt[] = [];
    const board = new ReceiptBoard(
      60_000,
      () => true,
      (_, notices) => {
        told = notices.flatMap(({ receipts }) => receipts);
      },
      2,
    );
    const tell = (conversation: string, delivered: number) => {
      board.put('a', conversation, { user: 'u', delivered });
      board.flush();
      return told.map((receipt) => receipt.delivered);
    };
    assert.deepEqual(tell('c', 9), [9]);
    assert.deepEqual(tell('c', 5), [9]);
    tell('d', 1);
    tell('e', 1);
    assert.deepEqual(tell('c', 5), [5]);
  });
});

describe('a receipt lane', () => {
  it('gives everything that was put, at its newest, conversations in turns', () => {
    const put = fc.record({
      conversation: fc.constantFrom('a', 'b', 'c'),
      user: fc.nat(300).map(String),
      delivered: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 600 }), (puts) => {
        const lane = new ReceiptLane();
        const expected = new Map<string, number>();
        for (const { conversation, user, delivered } of puts) {
          lane.put(conversation, { user, delivered });
          const key = `${conversation}/${user}`;
          expected.set(key, Math.max(delivered, expected.get(key) ?? 0));
        }
        assert.equal(lane.size, expected.size);
        const got = new Map<string, number>();
        while (!lane.empty) {
          const { conversation, receipts } = lane.take();
          assert.ok(receipts.length > 0 && receipts.length <= 100);
          for (const { user, delivered } of receipts) got.set(`${conversation}/${user}`, delivered!);
        }
        assert.deepEqual(got, expected);
        assert.equal(lane.size, 0);
      }),
    );
  });

  it('drops the oldest conversation when too much waits', () => {
    const lane = new ReceiptLane(3);
    for (const user of ['1', '2']) lane.put('a', { user, delivered: 1 });
    for (const user of ['1', '2']) lane.put('b', { user, delivered: 1 });
    assert.equal(lane.size, 2);
    assert.equal(lane.take().conversation, 'b');
    assert.equal(lane.empty, true);
  });
});
