import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { entry } from './log.conformance.ts';
import { LogTail } from './log-tail.ts';

const one = entry('x');
const record = (position: number, text = one.text) => ({ ...one, text, position });
const positions = (records: { position: number }[]) => records.map(({ position }) => position);

it('holds the newest records, whatever is pushed, taken and dropped', () => {
  const operation = fc.oneof(
    { weight: 3, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 1, arbitrary: fc.record({ drop: fc.nat(500) }) },
  );
  const property = fc.property(
    fc.array(operation, { maxLength: 30 }),
    fc.integer({ min: 1, max: 1_500 }),
    (plan, most) => {
      const tail = new LogTail(most, Number.POSITIVE_INFINITY);
      let model: number[] = [];
      let last = 0;
      for (const step of plan) {
        if ('push' in step) {
          for (let i = 0; i < step.push; i++) {
            tail.push(record(++last));
            model.push(last);
          }
          model = model.slice(-most);
        } else {
          const through = (model[0] ?? 0) + step.drop;
          tail.dropThrough(through);
          model = model.filter((position) => position > through);
        }
        assert.equal(tail.size, model.length);
        assert.equal(tail.first, model[0] ?? Number.POSITIVE_INFINITY);
        assert.deepEqual(positions(tail.from(tail.first, 20)), model.slice(0, 20));
      }
    },
  );
  fc.assert(property, { numRuns: 50 });
});

it('lets the oldest go when the text grows too large, but keeps the newest', () => {
  const tail = new LogTail(100, 25);
  for (let position = 1; position <= 4; position++) tail.push(record(position, 'x'.repeat(10)));
  assert.deepEqual(positions(tail.from(3, 9)), [3, 4]);
  tail.push(record(5, 'x'.repeat(1_000)));
  assert.deepEqual(positions(tail.from(5, 9)), [5]);
  assert.equal(tail.size, 1);
});

it('gives nothing for a position that it does not hold', () => {
  const tail = new LogTail(3, 1_000_000);
  for (let position = 1; position <= 5; position++) tail.push(record(position));
  assert.deepEqual(tail.from(2, 9), []);
  assert.deepEqual(positions(tail.from(4, 9)), [4, 5]);
  assert.deepEqual(tail.from(6, 9), []);
});

it('begins anew after a gap: what it holds has none', () => {
  const tail = new LogTail(100, 1_000_000);
  for (const position of [1, 2, 7, 8]) tail.push(record(position));
  assert.equal(tail.first, 7);
});
