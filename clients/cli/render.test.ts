import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { alice, bob, direct, message, stage } from './fake-client.ts';
import { render, wrap } from './render.ts';

const view = { columns: 80, rows: 24, scroll: 0, typed: '', caret: 0 };

const ESC = '\u001b';

/** The picture as rows of plain text. */
function rows(text: string): string[] {
  return text
    .split(new RegExp(`${ESC}\\[\\d+;1H${ESC}\\[2K`))
    .slice(1)
    .map((row) => stripVTControlCharacters(row));
}

describe('wrap', () => {
  it('loses nothing but spaces and ends of rows, and no row is too wide', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '\n', 'é'), maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (text, width) => {
          const wrapped = wrap(text, width);
          for (const row of wrapped) assert.ok(row.length <= width, `${row.length} > ${width}`);
          assert.equal(wrapped.join('').replaceAll(' ', ''), text.replaceAll(/[ \n]/g, ''));
        },
      ),
    );
  });

  it('breaks at words, keeps paragraphs, and cuts what is longer than a row', () => {
    assert.deepEqual(wrap('one two three\n\nfour', 8), ['one two', 'three', '', 'four']);
    assert.deepEqual(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  });
});

describe('the picture', () => {
  async function chatting() {
    const it = await stage();
    it.client.emit('event', message(1, bob, 'hi there'));
    it.client.emit('event', message(2, alice, 'hello', { reply_to: 1 }));
    await it.app.show(it.app.chats.get(direct));
    return it;
  }

  it('has as many rows as the terminal, whatever its size and whatever is in it', async () => {
    const { app, client } = await chatting();
    for (let seq = 3; seq < 60; seq++) client.emit('event', message(seq, bob, `message ${seq} `.repeat(seq)));
    for (const [columns, height] of [
      [80, 24],
      [40, 10],
      [200, 60],
    ] as const) {
      const picture = rows(render(app, { ...view, columns, rows: height }).text);
      assert.equal(picture.length, height);
      for (const row of picture) assert.ok(row.length <= columns, row);
    }
  });

  it('shows who said what, what it answers, and how far it got', async () => {
    const { app, client } = await chatting();
    const text = () => rows(render(app, view).text).join('\n');
    assert.match(text(), /#1 bob .*\n.*hi there/);
    assert.match(text(), /#2 you .* ✓\s*\n.*┃ hi there.*\n.*hello/);
    client.emit('receipts', { conversation: direct, receipts: [{ user: bob, delivered: 2 }] });
    assert.match(text(), /#2 you .* ✓✓/);
    client.emit('receipts', { conversation: direct, receipts: [{ user: bob, read: 2 }] });
    assert.match(text(), /#2 you .* ◉/);
  });

  it('shows presence, typing and the state of the connection in its first row', async () => {
    const { app, client } = await chatting();
    const first = () => rows(render(app, view).text)[0]!;
    client.emit('presence', { v: 1, type: 'presence', user: bob, online: true });
    assert.match(first(), /bob · online · you: ● online/);
    client.emit('presence', { v: 1, type: 'presence', user: bob, online: false });
    assert.match(first(), /bob · away/);
    client.emit('typing', { v: 1, type: 'typing', conversation: direct, user: bob, active: true });
    assert.match(first(), /bob is typing…/);
    client.emit('event', message(3, bob, 'typed'));
    assert.doesNotMatch(first(), /typing/);
    client.status = 'connecting';
    client.pending = ['x'];
    assert.match(first(), /○ connecting… · 1 waiting to be sent/);
  });

  it('shows what waits to be sent, and how many are unread elsewhere', async () => {
    const { app, client } = await chatting();
    await app.say('on its way');
    assert.match(rows(render(app, view).text).join('\n'), /… on its way/);
    app.open = null;
    client.emit('event', message(3, bob, 'unread'));
    assert.match(rows(render(app, view).text).join('\n'), /bob +1/);
  });

  it('scrolls as far as there is something, and no further', async () => {
    const { app, client } = await chatting();
    for (let seq = 3; seq < 60; seq++) client.emit('event', message(seq, bob, `message ${seq}`));
    assert.match(rows(render(app, view).text).join('\n'), /message 59/);
    const top = render(app, { ...view, scroll: 10_000 });
    assert.ok(top.scroll < 10_000);
    assert.match(rows(top.text).join('\n'), /hi there/);
    assert.equal(render(app, { ...view, scroll: top.scroll }).text, top.text);
  });

  it('lets nobody paint: the only control characters are its own', async () => {
    const { app, client } = await chatting();
    const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\r';
    client.answers['profile.get'] = () => ({ id: bob, username: 'bob', name: evil });
    client.emit('event', message(3, bob, evil));
    client.emit('event', {
      ...message(4, bob, ''),
      type: 'message.reaction',
      target: 3,
      emoji: evil,
    } as never);
    client.emit('event', { ...message(5, bob, ''), type: 'group.updated', name: evil } as never);
    app.note(evil);
    const { text } = render(app, { ...view, typed: 'x' });
    const own = new RegExp(`${ESC}\\[(?:\\d+;\\d+H|2K|\\?25[lh]|[127]m|2[27]m)`, 'g');
    assert.doesNotMatch(text.replaceAll(own, ''), /\p{Cc}/u);
  });

  it('keeps the caret in sight of a long line', async () => {
    const { app } = await chatting();
    const typed = 'x'.repeat(200);
    const { text } = render(app, { ...view, typed, caret: 200 });
    const at = Number(new RegExp(`\\[24;(\\d+)H${ESC}\\[\\?25h$`).exec(text)?.[1]);
    assert.ok(at <= 80);
    assert.match(rows(text).at(-1)!, /^> x{77}/);
  });
});
