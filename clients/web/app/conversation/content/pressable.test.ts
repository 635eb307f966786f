import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { beginningOf } from './collapse.ts';
import { buttonRows, quickReplies } from './pressable.ts';

const rows = (value: unknown) => buttonRows({ type: 'buttons', text: '', rows: value } as never);

describe('what a bot offers to press', () => {
  it('is as it came where it is well made', () => {
    const made = [
      [
        { label: 'Yes', data: 'y' },
        { label: 'Site', url: 'https://a.example/' },
      ],
    ];
    assert.deepEqual(rows(made), made);
    assert.deepEqual(quickReplies({ type: 'quick_replies', replies: [{ label: 'Hi' }] }), ['Hi']);
  });

  it('leads nowhere but to the web, and never elsewhere than it says', () => {
    for (const url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      '//a.example',
      'https://a.example@b.example',
      'ftp://a.example',
    ])
      assert.deepEqual(rows([[{ label: 'x', url }]]), [], url);
  });

  it('is bounded, and nothing that is not well made is shown', () => {
    assert.deepEqual(rows('x'), []);
    assert.deepEqual(
      rows([
        [
          { label: '', data: 'x' },
          { label: 'x'.repeat(65), data: 'x' },
          { label: 'x', data: 'x'.repeat(257) },
          null,
          4,
        ],
      ]),
      [],
    );
    const many = rows(
      Array.from({ length: 99 }, () => Array.from({ length: 99 }, () => ({ label: 'x', data: 'x' }))),
    );
    assert.deepEqual([many.length, many[0]!.length], [10, 5]);
  });

  it('never throws, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const row of rows(value)) for (const one of row) assert.equal(typeof one.label, 'string');
        for (const label of quickReplies({ type: 'quick_replies', replies: value } as never))
          assert.equal(typeof label, 'string');
      }),
    );
  });
});

describe('a long text', () => {
  it('is shown from its beginning, and a short one whole', () => {
    assert.equal(beginningOf('short'), null);
    assert.equal(beginningOf('word '.repeat(330)), null); // little more than the most is not worth a press
    assert.equal(beginningOf('a\n'.repeat(200))!.split('\n').length, 24);
    const beginning = beginningOf('word '.repeat(2_000))!;
    assert.ok(beginning.length <= 1_500 && beginning.endsWith('word'));
  });

  it('is not cut within a letter', () => {
    fc.assert(
      fc.property(fc.nat(3), (shift) => {
        const beginning = beginningOf('x'.repeat(shift) + '😀'.repeat(2_000))!;
        assert.doesNotMatch(beginning.at(-1)!, /[\ud800-\udbff]/);
      }),
    );
  });
});
