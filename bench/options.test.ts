import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.ts';

const sets = {
  single: { scenarios: [1, 2, 3], systems: ['aedes', 'dunlin'] },
  many: { scenarios: [1], systems: ['cluster'] },
};
const parse = (...args: string[]) => parseOptions(args, sets);

test('everything runs unless told otherwise', () => {
  const options = parse();
  assert.deepEqual(options.only, [1, 2, 3]);
  assert.deepEqual(options.systems, ['aedes', 'dunlin']);
  assert.equal(options.write, false);
});

test('a set has scenarios and systems of its own', () => {
  assert.equal(parse().set, 'single');
  assert.deepEqual(parse('--set', 'many').systems, ['cluster']);
  assert.throws(() => parse('--set=many', '--only=2'), /--only: 2 is none of 1/);
  assert.throws(() => parse('--set=other'), /--set: other is none of single, many/);
});

test('lists are taken in the known order', () => {
  const options = parse('--only', '3,1', '--systems=dunlin, aedes', '--write');
  assert.deepEqual(options.only, [1, 3]);
  assert.deepEqual(options.systems, ['aedes', 'dunlin']);
  assert.equal(options.write, true);
});

test('a wrong value is named with what is allowed', () => {
  assert.throws(() => parse('--only', '4'), /--only: 4 is none of 1, 2, 3/);
  assert.throws(() => parse('--only', ''), /--only/);
  assert.throws(() => parse('--systems', 'emqx'), /--systems: emqx/);
  assert.throws(() => parse('--seconds', 'x'), /--seconds: x/);
  assert.throws(() => parse('--seconds', '0'), /at least 0.5/);
  assert.throws(() => parse('--runs', '1.5'), /whole/);
  assert.throws(() => parse('--nonsense'), /nonsense/);
});
