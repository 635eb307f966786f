import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { readMail } from '../fixtures/mime.ts';
import { createLinks } from '../links.ts';
import { type Language, languages } from '../words/words.ts';
import { escaped, oneLine, unlinked } from './clean.ts';
import { htmlOf, type Letter, subjectOf, textOf } from './letter.ts';
import { createLetters, type Reader } from './letters.ts';

const USER = '01930000-0000-7000-8000-000000000001';
const links = createLinks('a key');
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\r\n',
          '\n',
          '\r',
          'Bcc: x@example.org',
          '<script>',
          '"',
          "'",
          '&',
          '=?utf-8?q?=0D=0ABcc:x?=',
          '\u2028',
        ],
        ...['</p>', '\u202e', '\u2069', 'https://evil.example', 'x', '\0', '{time}', '\ud800'],
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);
const language = fc.constantFrom(...(Object.keys(languages) as Language[]));

/** Everything we write, with whatever people call themselves and say. */
function lettersOf(service: string, name: string, said: string, spoken: Language): Letter[] {
  const to: Reader = { user: USER, username: 'ann', name, language: spoken, zone: 'Europe/Berlin' };
  const letters = createLetters({ name: service, publicUrl: 'https://chat.example.net' }, links);
  const part = { title: name, count: 3, senders: [name, said], excerpts: [{ sender: name, text: said }] };
  return [
    letters.verify(to, 'token', 1),
    letters.reset(to, 'token', 1),
    letters.password(to, 1),
    letters.address(to, 'removed'),
    letters.device(to, { device: name, at: 1, network: '203.0.113.x' }),
    letters.digest(
      to,
      3,
      [
        { ...part, group: true },
        { ...part, group: false, title: null },
      ],
      2,
    ),
  ];
}

describe('letters', () => {
  it('have headers of ours alone, and no markup of others, whatever people call themselves', async () => {
    const transport = createTransport({ streamTransport: true, buffer: true });
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, language, async (service, name, said, spoken) => {
        for (const letter of lettersOf(service, name, said, spoken)) {
          const { message } = await transport.sendMail({
            from: { name: oneLine(service, 80), address: 'chat@example.net' },
            to: { name: '', address: 'ann@example.org' },
            subject: subjectOf(letter),
            text: textOf(letter),
            html: htmlOf(letter),
          });
          const { headers, html } = readMail(String(message).replaceAll(/\r?\n/g, '\r\n'));
          assert.deepEqual([...headers.keys()].toSorted(), [
            'content-type',
            'date',
            'from',
            'message-id',
            'mime-version',
            'subject',
            'to',
          ]);
          assert.equal(headers.get('to'), 'ann@example.org');
          const tags = new Set(html.match(/<\/?[a-z!][^>]*>/gi)!.map((tag) => /[a-z0-9]+/i.exec(tag)![0]));
          for (const tag of ['script', 'img', 'iframe', 'link']) assert.ok(!tags.has(tag), tag);
          // Every link is one of ours.
          for (const [, url] of html.matchAll(/(?:href|src)="([^"]*)"/g))
            assert.ok(url!.startsWith('https://chat.example.net/'), url);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('fetch nothing, and are readable in the dark', () => {
    for (const letter of lettersOf('Harbour', 'Ann', 'hello', 'en')) {
      const html = htmlOf(letter);
      assert.doesNotMatch(html, /url\(|@import|src=|<link/);
      assert.match(html, /prefers-color-scheme:dark/);
    }
  });

  it('leave no placeholder empty', () => {
    for (const spoken of Object.keys(languages) as Language[])
      for (const letter of lettersOf('Harbour', 'Ann', 'hello', spoken))
        assert.doesNotMatch(`${subjectOf(letter)}${textOf(letter)}`, /\{\w+\}/);
  });
});

describe('what people typed', () => {
  it('is one line without anything that turns or ends it, and as long as is asked for', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 50 }), (text, most) => {
        const line = oneLine(text, most);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        assert.ok([...line].length <= most);
      }),
    );
  });

  it('is no address of the web to a mail program', () => {
    for (const text of ['https://evil.example/x', 'www.evil.example', 'mail@evil.example'])
      assert.doesNotMatch(unlinked(text, 100), /evil\.example|https?:\/\/|@evil/);
  });

  it('is text in HTML', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        assert.doesNotMatch(escaped(text), /[<>"']/);
        const back = escaped(text)
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        assert.equal(back, text);
      }),
    );
  });
});
