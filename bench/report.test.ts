import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, generatorBound, medians, section, table } from './report.ts';
import type { Scenario } from './scenarios.ts';

const scenario: Scenario = {
  number: 1,
  title: 'Test',
  about: 'About.',
  columns: [{ key: 'rate', title: 'rate', digits: 0 }],
  ratio: { key: 'rate', title: 'rate', to: 'aedes', toTitle: 'Aedes' },
  systems: ['aedes', 'dunlin'],
  once: false,
  cases: () => [],
  goals: [
    {
      title: 'rate to Aedes',
      limit: 0.6,
      better: 'higher',
      value: (of) => (of('dunlin', 'c')?.rate ?? Number.NaN) / (of('aedes', 'c')?.rate ?? Number.NaN),
    },
  ],
};
const row = (system: string, rates: number[], more = {}) => ({
  case: 'c',
  system,
  label: system,
  measures: rates.map((rate) => ({ rate, ...more })),
  notes: [],
});

test('medians are taken figure by figure', () => {
  assert.deepEqual(
    medians([
      { a: 1, b: 9 },
      { a: 5, b: 7 },
      { a: 2, b: 8 },
    ]),
    { a: 2, b: 8 },
  );
  assert.equal(medians([]), undefined);
});

test('a section shows medians, the ratio and whether the goal is reached', () => {
  const text = section(scenario, [row('aedes', [1000, 900, 5000]), row('dunlin', [700, 800, 100])]);
  assert.match(text, /\| c +\| dunlin \| +700 \| +0.70 \|/);
  assert.match(text, /\*\*pass\*\* rate to Aedes: 0.70 \(goal ≥ 0.6\)/);
  assert.match(text, /delivered once and in order/);
});

test('a goal that is missed is marked, and one that was not measured is left out', () => {
  assert.match(section(scenario, [row('aedes', [1000]), row('dunlin', [500])]), /\*\*MISS\*\*/);
  assert.doesNotMatch(
    section({ ...scenario, goals: [{ ...scenario.goals[0]!, value: () => undefined }] }, []),
    /goal/,
  );
});

test('faults of any run are told, whatever the medians are', () => {
  assert.equal(
    faults([
      { lost: 0, refused: 0 },
      { lost: 2, refused: 1 },
    ]),
    '2 lost, 1 refused',
  );
  const text = section(scenario, [row('aedes', [1, 1], { lost: 1 })]);
  assert.match(text, /aedes, c: 2 lost/);
  assert.doesNotMatch(text, /once and in order/);
});

test('a figure is the generator’s only when the server was not busy', () => {
  assert.equal(generatorBound({ ownCpu: 97, serverCpu: 60 }), true);
  assert.equal(generatorBound({ ownCpu: 97, serverCpu: 99 }), false);
  assert.equal(generatorBound({ ownCpu: 40, serverCpu: 60 }), false);
});

test('tables are aligned', () => {
  assert.equal(
    table(['a', 'b', 'n'], [['1', 'two', '3,000']]),
    '| a   | b   |     n |\n|-----|-----|------:|\n| 1   | two | 3,000 |',
  );
});
