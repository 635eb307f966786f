import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SetAside } from './set-aside.ts';

interface Note {
  at: number;
  keys: string[];
}

const order = { keysOf: (note: Note) => note.keys, sizeOf: () => 1 };
const none: ReadonlySet<Note> = new Set();

describe('what is set aside', () => {
  it('keeps the order of what shares a key, whatever could not be finished and how often it is tried', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    // What comes, in batches; each time some of it cannot be finished.
    const batch = fc.record({
      notes: fc.array(fc.array(key, { minLength: 1, maxLength: 2 })),
      stuck: fc.func(fc.boolean()),
    });
    const retry = fc.record({ limit: fc.integer({ min: 1, max: 5 }), stuck: fc.func(fc.boolean()) });
    fc.assert(
      fc.property(fc.array(fc.oneof(batch, retry)), (steps) => {
        const aside = new SetAside<number, Note>(order);
        const all: Note[] = [];
        const done: Note[] = [];
        /** As the contract of a handler says: what has to stay behind something unfinished is unfinished too. */
        const handle = (notes: Note[], stuck: (note: Note) => boolean): Set<Note> => {
          const left = new Set<Note>();
          const held = new Set<string>();
          for (const note of notes) {
            if (stuck(note) || note.keys.some((one) => held.has(one))) {
              left.add(note);
              for (const one of note.keys) held.add(one);
            } else done.push(note);
          }
          return left;
        };
        for (const step of steps) {
          if ('notes' in step) {
            const items = step.notes.map((keys, i) => ({
              at: all.length + i,
              record: { at: all.length + i, keys },
            }));
            all.push(...items.map(({ record }) => record));
            const out = aside.sift(items);
            const left = handle(
              out.map(({ record }) => record),
              (note) => step.stuck(note),
            );
            for (const { at, record } of out) if (left.has(record)) aside.add(at, record);
          } else {
            const tried = aside.next(step.limit);
            aside.tried(
              tried.length,
              handle(tried, (note) => step.stuck(note)),
            );
          }
          assert.equal(done.length + aside.size, all.length);
          const waiting = all.filter((note) => !done.includes(note));
          assert.equal(aside.first, waiting[0]?.at);
        }
        const rest = aside.next(Number.POSITIVE_INFINITY);
        done.push(...rest);
        aside.tried(rest.length, none);
        assert.deepEqual([aside.size, aside.first], [0, undefined]);
        for (const one of ['a', 'b', 'c', 'd']) {
          const of = done.filter(({ keys }) => keys.includes(one)).map(({ at }) => at);
          assert.deepEqual(
            of,
            of.toSorted((x, y) => x - y),
          );
        }
      }),
    );
  });

  it('is full by number or by size, and no more when some of it is finished', () => {
    const many = new SetAside<number, Note>(order);
    for (let at = 0; at < 999; at++) many.add(at, { at, keys: ['a'] });
    assert.equal(many.isFull, false);
    many.add(999, { at: 999, keys: ['a'] });
    assert.equal(many.isFull, true);
    many.tried(1, none);
    assert.equal(many.isFull, false);
    const large = new SetAside<number, Note>({ ...order, sizeOf: () => 2 * 1024 * 1024 });
    large.add(0, { at: 0, keys: ['a'] });
    assert.equal(large.isFull, false);
    large.add(1, { at: 1, keys: ['b'] });
    assert.equal(large.isFull, true);
  });
});
