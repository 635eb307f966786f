import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../example.ts';
import { fitsTopic, isPast, parseRule, readingIn } from './rules.ts';

describe('rules of sensors', () => {
  it('are read', () => {
    assert.deepEqual(parseRule('open/boiler/+ above 80 back 75 °C'), {
      ...{ topic: 'open/boiler/+', path: [], direction: 'above', limit: 80, back: 75, unit: '°C' },
    });
    assert.deepEqual(parseRule(' open/air/# .inside.co2  below -4.5 '), {
      ...{
        topic: 'open/air/#',
        path: ['inside', 'co2'],
        direction: 'below',
        limit: -4.5,
        back: -4.275,
        unit: '',
      },
    });
  });

  for (const text of [
    'open/a',
    'open/a above',
    'open/a above high',
    'open/a over 3',
    'open/a above 3 back 4',
    'open/a below 3 back 2',
    'open/#/a above 3',
    'open/a+ above 3',
    'open/a above 3 a unit that is very long',
  ])
    it(`are not “${text}”`, () => void assert.throws(() => parseRule(text), UsageError));

  it('are for the topics of their filter', () => {
    const fits = (filter: string, topic: string) => fitsTopic(parseRule(`${filter} above 1`), topic);
    for (const [filter, topic] of [
      ['open/a', 'open/a'],
      ['open/+', 'open/a'],
      ['open/+/c', 'open/b/c'],
      ['open/#', 'open/a/b'],
      ['open/#', 'open'],
    ])
      assert.ok(fits(filter!, topic!), `${filter} ${topic}`);
    for (const [filter, topic] of [
      ['open/a', 'open/a/b'],
      ['open/a/b', 'open/a'],
      ['open/+', 'open'],
      ['open/+', 'open/a/b'],
      ['open/+/c', 'open/b/d'],
    ])
      assert.ok(!fits(filter!, topic!), `${filter} ${topic}`);
  });

  it('find the number in a reading, or none', () => {
    const reading = (rule: string, payload: string) => readingIn(parseRule(rule), Buffer.from(payload));
    const plain = 'open/a above 1';
    const inside = 'open/a .air.co2 above 1';
    for (const [text, value] of [
      ['21.5', 21.5],
      [' -3 ', -3],
      ['1e3', 1000],
      ['', null],
      ['warm', null],
      ['NaN', null],
      ['Infinity', null],
      ['1e999', null],
      ['21.5 °C', null],
    ] as const)
      assert.equal(reading(plain, text), value, text);
    for (const [text, value] of [
      ['{"air":{"co2":900}}', 900],
      ['{"air":{"co2":"900"}}', 900],
      ['{"air":{"co2":null}}', null],
      ['{"air":3}', null],
      ['{"__proto__":{}}', null],
      ['{', null],
    ] as const)
      assert.equal(reading(inside, text), value, text);
    assert.equal(reading(plain, ' '.repeat(70_000)), null);
  });

  it('stay as they are between the limit and what is normal', () => {
    const run = (rule: string, values: number[]) => {
      let past = false;
      return values.map((value) => {
        past = isPast(parseRule(rule), past, value);
        return past;
      });
    };
    assert.deepEqual(run('a above 80 back 75', [80, 81, 79, 75.1, 75, 79, 80.1]), [
      false,
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
    assert.deepEqual(run('a below 2 back 3', [2, 1, 2.9, 3, 2]), [false, true, true, false, false]);
  });
});
