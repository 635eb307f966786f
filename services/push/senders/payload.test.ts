import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PushPayload } from '../../../protocol/push-payload.ts';
import { notificationOf } from './fixtures/notification.ts';
import { fitted, notificationId, payloadOf } from './payload.ts';

describe('what a push message says', () => {
  const write = (given: Parameters<typeof payloadOf>[0]) => JSON.stringify(payloadOf(given));
  const read = (text: string) => JSON.parse(text) as PushPayload;

  it('is whole where it fits', () => {
    const { title, body } = read(fitted(notificationOf(), write));
    assert.deepEqual([title, body], ['Anna', 'the tide is out']);
  });

  it('fits, whatever is written: the body is shortened, and no character is cut in two', () => {
    const characters = fc.constantFrom('a', '"', '\n', 'é', '漢', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', 'e\u0301\u0323');
    fc.assert(
      fc.property(
        fc.array(characters, { maxLength: 3_000, size: 'max' }),
        fc.integer({ min: 600, max: 4_096 }),
        (parts, most) => {
          const body = parts.join('');
          const text = fitted(notificationOf({ body }), write, most);
          assert.ok(Buffer.byteLength(text) <= most);
          const said = read(text).body!;
          if (said === body) return;
          assert.ok(said.endsWith('…'));
          const kept = said.slice(0, -1);
          assert.ok(body.startsWith(kept), 'a beginning of it');
          const segments = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(body)];
          const ends = segments.map(({ index, segment }) => index + segment.length);
          const space = body.slice(kept.length).match(/^\s*/)![0].length;
          assert.ok(kept.length === 0 || ends.includes(kept.length) || ends.includes(kept.length + space));
          // Not much shorter than it has to be.
          assert.ok(most - Buffer.byteLength(text) < 120 + space * 2);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives up what is sealed where that is too long, and then shows nothing', () => {
    const text = fitted(notificationOf({ title: null, body: null, sealed: 'A'.repeat(5_000) }), write);
    const said = read(text);
    assert.deepEqual([said.sealed, said.title, said.body], [undefined, undefined, undefined]);
  });

  it('shortens a title where that alone is too long', () => {
    const text = fitted(notificationOf({ title: 'x'.repeat(9_000) }), write);
    assert.ok(Buffer.byteLength(text) <= 4_096);
    assert.match(read(text).title!, /^x{3000,}…$/);
  });

  it('has one name for every attempt, and another one for every device', () => {
    const id = notificationId(notificationOf());
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(notificationId(notificationOf({ body: 'other' })), id);
    assert.notEqual(notificationId(notificationOf({ device: 'other' })), id);
    assert.notEqual(notificationId(notificationOf({ event: 'other' })), id);
  });
});
