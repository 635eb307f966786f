import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Part, partsOf, sourceOf } from './format.ts';

/** A short notation of parts. */
const told = (parts: readonly Part[]): string =>
  parts
    .map((part) => {
      switch (part.type) {
        case 'text':
          return part.text;
        case 'strong':
        case 'em':
        case 'del':
          return `<${part.type}>${told(part.parts)}</${part.type}>`;
        case 'link':
          return `<a ${part.href}>${part.shown}</a>`;
        default:
          return `<${part.type}>${part.text}</${part.type}>`;
      }
    })
    .join('');
const shown = (text: string) => told(partsOf(text));

describe('marks in a text', () => {
  it('stand around words', () => {
    assert.equal(
      shown('*bold* _slanted_ ~gone~ `code`'),
      '<strong>bold</strong> <em>slanted</em> <del>gone</del> <code>code</code>',
    );
    assert.equal(shown('*all _of it_*!'), '<strong>all <em>of it</em></strong>!');
    assert.equal(shown('(*a b*), _c_.'), '(<strong>a b</strong>), <em>c</em>.');
  });

  it('are text where they do not', () => {
    for (const text of [
      'a*b*c',
      'snake_case_name',
      '2 * 3 * 4',
      '* a*',
      '*a',
      '**',
      '* *',
      '~',
      '*a\nb*',
      '`',
      '``',
      '```',
    ])
      assert.equal(shown(text), text);
  });

  it('that cross are as the first that closes', () => {
    assert.equal(shown('*a _b* c_'), '<strong>a _b</strong> c_');
  });

  it('are not looked for in code and in links', () => {
    assert.equal(shown('`*a*`'), '<code>*a*</code>');
    assert.equal(
      shown('https://a.example/x_y_z *b*'),
      '<a https://a.example/x_y_z>https://a.example/x_y_z</a> <strong>b</strong>',
    );
    assert.equal(shown('```\n*a*\n```*b*'), '<block>\n*a*\n</block><strong>b</strong>');
  });

  it('go by letters of every script', () => {
    assert.equal(shown('*مرحبا* _мир_ ж*ж*ж 𝒳*x*'), '<strong>مرحبا</strong> <em>мир</em> ж*ж*ж 𝒳*x*');
  });

  it('mentions are those that the message names, the longest first', () => {
    const people = [
      { user: '1', name: 'Ann' },
      { user: '2', name: 'Ann Lee' },
    ];
    const mentions = (text: string) =>
      partsOf(text, people)
        .filter((part) => part.type === 'mention')
        .map(({ user }) => user);
    assert.deepEqual(mentions('@Ann Lee and @Ann, not @Anna, not @Bob'), ['2', '1']);
    assert.deepEqual(mentions('*@Ann*'), []);
    assert.equal(told(partsOf('*@Ann*', people)), '<strong><mention>@Ann</mention></strong>');
  });

  it('lose nothing, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '*',
        '_',
        '~',
        '`',
        '```',
        '\n',
        ' ',
        '@Ann',
        '@',
        'https://a.example/_b_',
        'a.example',
        '<b>',
        '\u202e',
        '😀',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        assert.equal(sourceOf(partsOf(text, [{ user: '1', name: 'Ann' }])), text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never nest one in itself, and close in order', () => {
    const depth = (parts: readonly Part[], open: readonly string[]): void => {
      for (const part of parts) {
        if (!('parts' in part)) continue;
        assert.ok(!open.includes(part.type), `${part.type} in itself`);
        assert.ok(part.parts.length > 0, 'empty');
        depth(part.parts, [...open, part.type]);
      }
    };
    fc.assert(
      fc.property(fc.array(fc.constantFrom('*', '_', '~', 'a', ' ', '.'), { maxLength: 60 }), (chars) =>
        depth(partsOf(chars.join('')), []),
      ),
      { numRuns: 2_000 },
    );
  });

  it('are found in a text of the largest size, also one made to be slow', () => {
    for (const text of [
      '*a '.repeat(20_000),
      '*_~'.repeat(20_000),
      '`a'.repeat(30_000),
      '@'.repeat(60_000),
      '```'.repeat(20_000),
    ])
      assert.equal(sourceOf(partsOf(text, [{ user: '1', name: 'Ann' }])), text);
  });
});
