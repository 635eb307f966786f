import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from './errors.ts';
import { checkCommand } from './parse.ts';

const send = (content: unknown) => () =>
  checkCommand({ v: 1, id: uuidv7(), type: 'message.send', to: { user: uuidv7() }, content });
const label = (length: number) => 'ü'.repeat(length);
const data = { label: 'Yes', data: 'yes' };
const link = { label: 'Read', url: 'https://example.org/a?b' };
const buttons = (...rows: unknown[]) => ({ type: 'buttons', text: 'Sure?', rows });
const file = {
  type: 'media',
  kind: 'image',
  media: '01890000-0000-7000-8000-000000000001',
  mime: 'image/jpeg',
  bytes: 1_234,
};
const KEY = `${'A'.repeat(42)}E`;
const seal = { scheme: 'chacha20-poly1305-stream-64k', key: KEY, bytes: 1_000 };
const many = (count: number, of: unknown) => Array.from({ length: count }, () => of);

describe('content of a type that the contract knows', () => {
  const good: [string, unknown][] = [
    ['buttons with data and links', buttons([data, link], [data])],
    ['as many buttons as there may be', buttons(...many(10, many(5, data)))],
    ['the longest label and data', buttons([{ label: label(64), data: 'x'.repeat(256) }])],
    ['quick replies', { type: 'quick_replies', text: 'Tea?', replies: [{ label: 'Yes' }, { label: 'No' }] }],
    ['a press', { type: 'button.press', text: 'Yes', data: 'yes' }],
    ['a file', file],
    [
      'a file with all that can be said of it',
      {
        ...file,
        text: 'us',
        name: 'ü.jpg',
        width: 3,
        height: 2,
        duration_ms: 0,
        waveform: many(64, 31),
        blurhash: 'LEHV6nWB2yk8',
        thumbnail: true,
        encrypted: { ...seal, thumbnail: { key: KEY, bytes: 1, mime: 'image/webp' } },
      },
    ],
    ['a type that it does not know', { type: 'buttons.mine', rows: 'anything' }],
    ['one whose name begins as a known one', { type: 'text_2', rows: [] }],
  ];
  for (const [what, content] of good) it(`is taken: ${what}`, () => assert.doesNotThrow(send(content)));

  const bad: [string, unknown, RegExp][] = [
    ['no rows', { type: 'buttons', text: 'x' }, /^\/content/],
    ['rows that are empty', buttons(), /^\/content\/rows/],
    ['an empty row', buttons([]), /^\/content\/rows\/0/],
    ['too many rows', buttons(...many(11, [data])), /^\/content\/rows/],
    ['too many in a row', buttons(many(6, data)), /^\/content\/rows\/0/],
    ['a button that does nothing', buttons([{ label: 'x' }]), /^\/content\/rows\/0\/0/],
    ['a button that does both', buttons([{ ...data, ...link }]), /^\/content\/rows\/0\/0/],
    ['a label of nothing', buttons([{ label: '', data: 'x' }]), /^\/content\/rows\/0\/0/],
    ['a label that is too long', buttons([{ label: label(65), data: 'x' }]), /^\/content\/rows\/0\/0/],
    ['data that is too long', buttons([{ label: 'x', data: 'x'.repeat(257) }]), /^\/content\/rows\/0\/0/],
    ['a script', buttons([{ label: 'x', url: 'javascript:alert(1)' }]), /^\/content\/rows\/0\/0/],
    ['buttons without a text', { type: 'buttons', text: '', rows: [[data]] }, /^\/content\/text/],
    ['a field of one’s own', { ...buttons([data]), color: 'red' }, /^\/content/],
    [
      'too many replies',
      { type: 'quick_replies', text: 'x', replies: many(11, { label: 'x' }) },
      /^\/content\/replies/,
    ],
    ['no replies', { type: 'quick_replies', text: 'x', replies: [] }, /^\/content\/replies/],
    ['a press without data', { type: 'button.press', text: 'Yes' }, /^\/content/],
    ['a file of no kind', { ...file, kind: 'program' }, /^\/content\/kind/],
    ['a file without an id', { ...file, media: 'mine' }, /^\/content\/media/],
    ['a file of a type with a parameter', { ...file, mime: 'text/html; charset=utf-8' }, /^\/content\/mime/],
    ['a file that is too large', { ...file, bytes: 2 ** 31 + 1 }, /^\/content\/bytes/],
    ['a waveform that is too long', { ...file, waveform: many(65, 1) }, /^\/content\/waveform/],
    ['a waveform that is too loud', { ...file, waveform: [32] }, /^\/content\/waveform/],
    ['a name that is too long', { ...file, name: 'x'.repeat(256) }, /^\/content\/name/],
    ...(
      [
        ['of a scheme that there is not', { scheme: 'rot13' }],
        ['with a key that is too short', { key: 'A'.repeat(42) }],
        ['with a key that is not written as it has to be', { key: `${'A'.repeat(42)}B` }],
        ['with nothing in it', { bytes: 0 }],
        ['with a field of one’s own', { iv: 'x' }],
        ['with a large thumbnail', { thumbnail: { key: KEY, bytes: 2 ** 20 + 1, mime: 'image/webp' } }],
      ] as const
    ).map(([what, more]): [string, unknown, RegExp] => [
      `a file that is encrypted ${what}`,
      { ...file, encrypted: { ...seal, ...more } },
      /^\/content\/encrypted/,
    ]),
    ['a text with rows', { type: 'text', text: 'x', rows: [[data]] }, /^\/content/],
  ];
  for (const [what, content, detail] of bad)
    it(`is refused, and says where: ${what}`, () =>
      assert.throws(send(content), (error: unknown) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.refusal.code, 'bad_request');
        assert.match(error.refusal.detail ?? '', detail);
        return true;
      }));
});
