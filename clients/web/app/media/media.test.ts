import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type MediaContent, safeName } from '../../../sdk/index.ts';
import { boxOf } from './box.ts';
import { clockTime } from './clock-time.ts';
import { mediaLine, shownAs, typeShown } from './content.ts';
import { FIT, moved, zoomed } from './gallery/zoom.ts';
import { levelOf, waveformOf } from './voice/waveform.ts';

const media = (more: Partial<MediaContent>): MediaContent => ({
  ...{ type: 'media', kind: 'document', media: 'm', mime: 'application/zip', bytes: 1 },
  ...more,
});

describe('how a file is shown', () => {
  it('is as its sender says, where its bytes allow it', () => {
    const table: [MediaContent['kind'], string, MediaContent['kind']][] = [
      ['image', 'image/png', 'image'],
      ['image', 'image/svg+xml', 'document'],
      ['image', 'text/html', 'document'],
      ['video', 'video/mp4', 'video'],
      ['video', 'application/x-shockwave-flash', 'document'],
      ['voice', 'audio/webm', 'voice'],
      ['voice', 'text/html', 'document'],
      ['document', 'image/png', 'document'],
    ];
    for (const [kind, mime, shown] of table)
      assert.equal(shownAs(media({ kind, mime })), shown, `${kind} ${mime}`);
  });

  it('is the same when it is encrypted, and a file that cannot be opened where it is in a way that is not known', () => {
    const encrypted = { scheme: 'chacha20-poly1305-stream-64k', key: 'A'.repeat(43), bytes: 5 } as const;
    const picture = media({ kind: 'image', mime: 'image/png', encrypted });
    assert.equal(shownAs(picture), 'image');
    assert.equal(typeShown(picture, 'content'), 'image/png');
    for (const scheme of ['other', undefined])
      assert.equal(shownAs({ ...picture, encrypted: { ...encrypted, scheme } as never }), 'document');
    // Nobody has looked at its bytes: what could run is called nothing.
    const page = media({ kind: 'image', mime: 'text/html', encrypted });
    assert.equal(shownAs(page), 'document');
    assert.equal(typeShown(page, 'content'), 'application/octet-stream');
    const small = { key: 'A'.repeat(43), bytes: 5, mime: 'image/svg+xml' };
    const drawn = media({ kind: 'image', mime: 'image/png', encrypted: { ...encrypted, thumbnail: small } });
    assert.equal(typeShown(drawn, 'thumbnail'), 'application/octet-stream');
  });

  it('is a line of text in lists, quotes and labels', () => {
    assert.equal(mediaLine({ type: 'text', text: 'x' }), null);
    assert.equal(mediaLine({ type: 'media' } as never), null);
    assert.equal(mediaLine(media({ name: 'a.zip' })), '📎 a.zip');
    assert.equal(mediaLine(media({ kind: 'video', mime: 'video/mp4', text: ' look ' })), '🎬  look ');
  });
});

describe('names', () => {
  it('have no folders, and nothing unseen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const safe = safeName(name);
        assert.doesNotMatch(safe, /[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        assert.ok(safe.length > 0 && safe.length <= 200 && safe !== '.' && safe !== '..');
        assert.equal(safeName(safe), safe);
      }),
    );
  });
});

describe('the place of a picture', () => {
  it('is that of its shape, and fits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (width, height) => {
          const box = boxOf({ width, height });
          assert.ok(box.width >= 96 && box.width <= 352 && box.height >= 96 && box.height <= 352);
        },
      ),
    );
    assert.deepEqual(boxOf({ width: 3_520, height: 1_760 }), { width: 352, height: 176 });
    assert.deepEqual(boxOf({}), { width: 264, height: 198 });
  });
});

describe('a voice', () => {
  it('has a waveform as messages have it', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 500 }), (levels) => {
        const bars = waveformOf(levels);
        assert.ok(bars.length >= 1 && bars.length <= 64);
        assert.ok(bars.every((bar) => Number.isInteger(bar) && bar >= 0 && bar <= 31));
      }),
    );
    assert.deepEqual(waveformOf([0.1, 0.2, 0.4]), [8, 16, 31]);
    assert.deepEqual(waveformOf([0.001, 0.002]), [0, 0]);
    assert.equal(levelOf(new Float32Array([0.5, -0.5])), 0.5);
  });

  it('has a length as clocks show it', () => {
    assert.deepEqual([0, 12_300, 61_000, 3_723_000, Number.POSITIVE_INFINITY].map(clockTime), [
      ...['0:00', '0:12', '1:01', '1:02:03', '0:00'],
    ]);
  });
});

describe('a picture under the eye', () => {
  it('grows around what one points at, and stays in sight', () => {
    const twice = zoomed(FIT, 2, { x: 100, y: 0 });
    assert.deepEqual(twice, { scale: 2, x: -100, y: 0 });
    assert.deepEqual(zoomed(twice, 0.1), FIT);
    assert.equal(zoomed(FIT, 100).scale, 8);
    assert.deepEqual(moved(twice, 9_999, -9_999, { width: 400, height: 200 }), { scale: 2, x: 200, y: -100 });
  });
});
