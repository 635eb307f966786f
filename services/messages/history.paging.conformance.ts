import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import type { History, Range } from './history.ts';
import { draft, everything, react, says } from './samples.ts';

const seqs = (events: { seq: number }[]) => events.map((event) => event.seq);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Reading: in bytes, in pages, in ranges, heads and unread counts. */
export function pagingConformance(open: () => History): void {
  async function filled(count: number): Promise<string> {
    const stream = uuidv7();
    await open().append(Array.from({ length: count }, (_, i) => says(stream, `m${i + 1}`, { time: i })));
    return stream;
  }

  describe('read', () => {
    it('begins after the given number and keeps to its limit', async () => {
      const stream = await filled(20);
      assert.deepEqual(seqs(await open().read(stream, 0, 5, 1e6)), numbers(1, 5));
      assert.deepEqual(seqs(await open().read(stream, 17, 5, 1e6)), [18, 19, 20]);
      assert.deepEqual(await open().read(stream, 20, 5, 1e6), []);
      assert.deepEqual(await open().read(uuidv7(), 0, 5, 1e6), []);
    });

    it('stops before maxBytes, but gives at least one', async () => {
      const stream = uuidv7();
      await open().append(numbers(1, 4).map(() => draft({ stream, body: `{"a":"${'é'.repeat(500)}"}` })));
      assert.deepEqual(seqs(await open().read(stream, 0, 10, 2_500)), [1, 2]);
      assert.deepEqual(seqs(await open().read(stream, 1, 10, 10)), [2]);
    });
  });

  describe('page', () => {
    it('goes both ways and ascends in each page', async () => {
      const stream = await filled(20);
      const page = async (at: { before?: number; after?: number }, limit = 5) =>
        seqs(await open().page(stream, everything, at, limit));
      assert.deepEqual(await page({}), numbers(16, 20));
      assert.deepEqual(await page({ before: 16 }), numbers(11, 15));
      assert.deepEqual(await page({ before: 3 }), [1, 2]);
      assert.deepEqual(await page({ before: 1 }), []);
      assert.deepEqual(await page({ after: 0 }), numbers(1, 5));
      assert.deepEqual(await page({ after: 18 }), [19, 20]);
      assert.deepEqual(await page({ after: 20 }), []);
      assert.deepEqual(await open().page(uuidv7(), everything, {}, 5), []);
      assert.deepEqual(await open().page(stream, [], {}, 5), []);
    });

    it('crosses the gaps between ranges, and shows nothing of them', async () => {
      const stream = await filled(30);
      const property = fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(32), fc.option(fc.nat(10), { nil: null })), { maxLength: 4 }),
        fc.constantFrom<'before' | 'after' | 'newest'>('before', 'after', 'newest'),
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: 1, max: 12 }),
        async (parts, direction, at, limit) => {
          const ranges: Range[] = parts.map(([from, length]) => ({
            from,
            to: length === null ? null : from + length,
          }));
          const visible = numbers(1, 30).filter((seq) =>
            ranges.some(({ from, to }) => seq >= from && seq <= (to ?? Number.POSITIVE_INFINITY)),
          );
          const expected =
            direction === 'after'
              ? visible.filter((seq) => seq > at).slice(0, limit)
              : visible.filter((seq) => direction === 'newest' || seq < at).slice(-limit);
          const where = direction === 'newest' ? {} : { [direction]: at };
          assert.deepEqual(seqs(await open().page(stream, ranges, where, limit)), expected);
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });
  });

  describe('heads', () => {
    it('gives the newest event and the newest message of each stream that has any', async () => {
      const [a, b, empty] = [await filled(3), uuidv7(), uuidv7()];
      await open().append([
        react(a, 3, '👍', { time: 77 }),
        draft({ stream: b, type: 'group.created', time: 5 }),
      ]);
      const heads = await open().heads([a, b, empty, a]);
      assert.deepEqual([...heads.keys()].sort(), [a, b].sort());
      const last = await open().get(a, 3);
      assert.equal(last?.fold?.reactions?.[0]?.count, 1);
      assert.deepEqual(heads.get(a), { stream: a, seq: 4, time: 77, last });
      assert.deepEqual(heads.get(b), { stream: b, seq: 1, time: 5, last: null });
      assert.equal((await open().heads([])).size, 0);
    });

    it('gives the newest message however much has come behind it, call by call', async () => {
      const stream = uuidv7();
      for (let seq = 1; seq <= 40; seq++) {
        await open().append([draft({ stream, type: seq % 13 === 1 ? 'message' : 'members.added' })]);
        const head = (await open().heads([stream])).get(stream);
        assert.deepEqual([head?.seq, head?.last?.seq], [seq, seq - ((seq - 1) % 13)]);
      }
    });
  });

  describe('unread', () => {
    it('counts messages of others after a number and within a range, up to the most asked for', async () => {
      const stream = uuidv7();
      const me = { user: uuidv7(), device: null };
      await open().append([
        ...numbers(1, 5).map(() => draft({ stream })),
        draft({ stream, sender: me }),
        draft({ stream, type: 'members.added' }),
        ...numbers(8, 12).map(() => draft({ stream })),
      ]);
      const unread = async (after: number, to: number | null, most = 99) =>
        (await open().unread([{ stream, after, to }], me.user, most)).get(stream) ?? 0;
      assert.equal(await unread(0, null), 10);
      assert.equal(await unread(4, null), 6);
      assert.equal(await unread(4, 9), 3);
      assert.equal(await unread(12, null), 0);
      assert.equal(await unread(0, null, 4), 4);
    });

    it('answers for many streams at once, strangers and empty ones included', async () => {
      const streams = await Promise.all([filled(1), filled(2), filled(3)]);
      const asked = [...streams, uuidv7()].map((stream) => ({ stream, after: 1, to: null }));
      const counts = await open().unread(asked, uuidv7(), 99);
      assert.deepEqual(
        asked.map(({ stream }) => counts.get(stream) ?? 0),
        [0, 1, 2, 0],
      );
    });
  });
}
