import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import type { FoldedEvent, History, Range } from './history.ts';
import { draft, edit, everything, says } from './samples.ts';

/** Full-text search. */
export function searchConformance(open: () => History): void {
  const search = (stream: string, query: string, ranges: Range[] = everything) =>
    open().search([{ stream, ranges }], query, null, 100);
  const found = async (stream: string, query: string, ranges?: Range[]) =>
    (await search(stream, query, ranges)).map((event) => event.seq);

  describe('search', () => {
    it('finds everything that was appended before, newest first', async () => {
      const stream = uuidv7();
      for (let seq = 1; seq <= 5; seq++) {
        await open().append([says(stream, `apple ${seq}`, { time: seq })]);
        assert.deepEqual(
          await found(stream, 'apple'),
          Array.from({ length: seq }, (_, i) => seq - i),
        );
      }
    });

    it('finds the newest of very many', async () => {
      const stream = uuidv7();
      const many = Array.from({ length: 3_000 }, (_, i) =>
        says(stream, i < 2_999 ? 'hay' : 'pin', { time: i }),
      );
      await open().append(many);
      assert.deepEqual(await found(stream, 'pin'), [3_000]);
      assert.equal(
        (await open().search([{ stream, ranges: everything }], 'hay', null, 7)).at(-1)?.seq,
        2_993,
      );
    });

    it('wants all words, any order, the last one perhaps only begun; case and accents do not matter', async () => {
      const stream = uuidv7();
      await open().append([
        says(stream, 'Grüße aus dem Café'),
        says(stream, 'café crème'),
        says(stream, 'decaf', { time: 9 }),
        draft({ stream, body: '{"content":{"text":"cafe"}}' }),
      ]);
      assert.deepEqual(await found(stream, 'cafe'), [2, 1]);
      assert.deepEqual(await found(stream, 'CAF'), [2, 1]);
      assert.deepEqual(await found(stream, 'café grus'), []);
      assert.deepEqual(await found(stream, 'cafe gru'), [1]);
      assert.deepEqual(await found(stream, 'gru cafe'), []);
      assert.deepEqual(await found(stream, 'crème-ca'), []);
      assert.deepEqual(await found(stream, 'café-cr'), [2]);
    });

    it('knows a message by its newest content only', async () => {
      const stream = uuidv7();
      await open().append([says(stream, 'before')]);
      assert.deepEqual(await found(stream, 'before'), [1]);
      await open().append([edit(stream, 1, 'after')]);
      assert.deepEqual(await found(stream, 'before'), []);
      const [event] = await search(stream, 'after');
      assert.equal(event?.seq, 1);
      assert.equal((event?.fold?.edited?.content as { text: string }).text, 'after');
    });

    it('shows only the streams and ranges asked for', async () => {
      const [a, b, secret] = [uuidv7(), uuidv7(), uuidv7()];
      await open().append([a, b, secret].flatMap((stream) => [1, 2, 3, 4].map(() => says(stream, 'plum'))));
      assert.deepEqual(await found(a, 'plum', [{ from: 2, to: 3 }]), [3, 2]);
      assert.deepEqual(
        await found(a, 'plum', [
          { from: 4, to: null },
          { from: 1, to: 1 },
        ]),
        [4, 1],
      );
      assert.deepEqual(await found(a, 'plum', []), []);
      assert.deepEqual(await found(uuidv7(), 'plum'), []);
      assert.deepEqual(await open().search([], 'plum', null, 10), []);
      const both = await open().search(
        [a, b].map((stream) => ({ stream, ranges: everything })),
        'plum',
        null,
        10,
      );
      assert.deepEqual(new Set(both.map((event) => event.stream)), new Set([a, b]));
    });

    it('goes through many streams', async () => {
      const streams = Array.from({ length: 400 }, () => uuidv7());
      await open().append(streams.map((stream, i) => says(stream, 'needle', { time: i })));
      const where = streams.slice(0, 390).map((stream) => ({ stream, ranges: everything }));
      const page = await open().search(where, 'needle', null, 3);
      assert.deepEqual(
        page.map((event) => event.stream),
        [streams[389], streams[388], streams[387]],
      );
    });

    it('pages by (time, stream, seq), whatever the order of appending was', async () => {
      const streams = [uuidv7(), uuidv7()];
      const times = [5, 1, 9, 5, 5, 2, 9, 1, 7, 5, 3, 9];
      await open().append(times.map((time, i) => says(streams[i % 2]!, 'pear', { time })));
      const where = streams.map((stream) => ({ stream, ranges: everything }));
      const key = ({ time, stream, seq }: FoldedEvent) => ({ time, stream, seq });
      const all = (await open().search(where, 'pear', null, 100)).map(key);
      const expected = all.toSorted(
        (a, b) => b.time - a.time || (a.stream < b.stream ? 1 : a.stream > b.stream ? -1 : b.seq - a.seq),
      );
      assert.equal(all.length, times.length);
      assert.deepEqual(all, expected);
      for (const limit of [1, 2, 5]) {
        const paged: typeof all = [];
        for (;;) {
          const page = await open().search(where, 'pear', paged.at(-1) ?? null, limit);
          if (page.length === 0) break;
          paged.push(...page.map(key));
        }
        assert.deepEqual(paged, all);
      }
    });

    it('reads any query as plain words', async () => {
      const stream = uuidv7();
      await open().append([says(stream, 'NEAR AND OR NOT stream text columns "quoted" s1 a*b x:y 100%')]);
      for (const query of [
        'NEAR',
        'AND',
        'near and',
        '"quoted',
        'a*b',
        'x:y',
        'text',
        '^near',
        '100%',
        "s1' --",
      ]) {
        assert.deepEqual(await found(stream, query), [1], query);
      }
      for (const query of ['nothing OR near', 'NOT near zebra', 'text:missing', 'near(a b)', 's2 OR s1']) {
        assert.deepEqual(await found(stream, query), [], query);
      }
      for (const query of ['', '  ', '"', '***', '"" - ^ ( )', '\u0000', '👍']) {
        await assert.rejects(search(stream, query), isBadQuery, query);
      }
    });

    it('never fails on a query in another way than bad_query', async () => {
      const stream = uuidv7();
      await open().append([says(stream, 'alpha beta')]);
      const hostile = fc.array(
        fc.oneof(
          fc.constantFrom(
            '"',
            "'",
            '*',
            '(',
            ')',
            'AND',
            'OR',
            'NOT',
            'NEAR(',
            '^',
            ':',
            '-',
            '+',
            '{',
            '}',
            ',',
            'stream:',
          ),
          fc.constantFrom('\\', ';', '%', '\u0000', '\ud800', 'alpha', 'é', '\u0301'),
          fc.string({ unit: 'binary', maxLength: 8 }),
        ),
        { maxLength: 20 },
      );
      const property = fc.asyncProperty(hostile, fc.constantFrom('', ' '), async (parts, joint) => {
        try {
          await search(stream, parts.join(joint).slice(0, 200));
        } catch (error) {
          assert.ok(isBadQuery(error), String(error));
        }
      });
      await fc.assert(property, { numRuns: 150 });
    });
  });
}

const isBadQuery = (error: unknown) => error instanceof Refused && error.refusal.code === 'bad_query';
