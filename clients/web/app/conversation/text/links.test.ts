import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { linksIn } from './links.ts';

const links = (text: string) => linksIn(text).map(({ href, shown }) => [href, shown]);

describe('links in a text', () => {
  it('are those of the web and of mail', () => {
    assert.deepEqual(links('see https://a.example/b?c=d#e, or a.com. write to me@a.com'), [
      ['https://a.example/b?c=d#e', 'https://a.example/b?c=d#e'],
      ['https://a.com/', 'a.com'],
      ['mailto:me@a.com', 'me@a.com'],
    ]);
  });

  it('never run anything', () => {
    for (const text of [
      'javascript:alert(1)',
      'JaVaScRiPt://a.com/%0aalert(1)',
      'data:text/html,<script>1</script>',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:https://a.com/1',
      'intent://a.com#Intent;end',
    ])
      for (const { href } of linksIn(text)) assert.match(href, /^https?:\/\/|^mailto:/, text);
    assert.deepEqual(links('javascript:alert(1)'), []);
  });

  it('do not hide where they lead', () => {
    assert.deepEqual(links('https://bank.com@evil.com/'), []);
    assert.deepEqual(links('https://bank.com:x@evil.com/'), []);
    // Letters that look like Latin ones, among Latin ones and alone.
    assert.deepEqual(links('https://аpple.com/x'), [
      ['https://xn--pple-43d.com/x', 'https://xn--pple-43d.com/x'],
    ]);
    assert.deepEqual(links('https://аррӏе.com'), [
      ['https://xn--80ak6aa92e.com/', 'https://xn--80ak6aa92e.com'],
    ]);
    // As they are written where they are at home.
    assert.deepEqual(links('https://пример.рф'), [['https://xn--e1afmkfd.xn--p1ai/', 'https://пример.рф']]);
    assert.deepEqual(links('https://bücher.de'), [['https://xn--bcher-kva.de/', 'https://bücher.de']]);
  });

  it('are shown without what turns their direction', () => {
    for (const { shown } of linksIn('https://a.com/\u202egnp.exe and https://a.com/\u2066x'))
      assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]/);
    assert.equal(linksIn('https://a.com/\u202egnp.exe').length, 1);
  });

  it('are where they say, and safe, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'https://',
        'http://',
        'javascript:',
        'a.com',
        '/',
        '@',
        ':',
        '.',
        ' ',
        '\n',
        'mailto:',
        '\u202e',
        'а',
        '%00',
        '[::1]',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        let from = 0;
        for (const { start, end, href, shown } of linksIn(text)) {
          assert.ok(start >= from && end > start && end <= text.length);
          from = end;
          assert.ok(!/\s/.test(text.slice(start, end)));
          const url = new URL(href);
          assert.ok(['http:', 'https:', 'mailto:'].includes(url.protocol));
          assert.equal(url.username + url.password, '');
          assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
