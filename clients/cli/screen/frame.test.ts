import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { topics } from '../../../protocol/topics.ts';
import {
  alice,
  bob,
  direct,
  group,
  quiet,
  type Stage,
  StageServer,
  saying,
  settle,
  stage,
} from '../fixtures/stage.ts';
import { widthOf } from '../text/width.ts';
import { actions } from './actions.ts';
import { frameOf } from './frame.ts';
import { ansiOf, plain } from './spans.ts';
import { Ui } from './ui.ts';

/** The picture as rows of plain text, as a terminal would show it. */
function picture(ui: Ui, columns = 100, rows = 30): string[] {
  const frame = frameOf(ui, columns, rows);
  const shown = Array.from({ length: rows }, () => '');
  for (const { column, row, width, lines } of [...frame.panes].sort((a, b) => a.column - b.column))
    for (const [at, line] of lines.entries()) {
      if (row + at >= rows) continue;
      const before = shown[row + at]!;
      shown[row + at] =
        before +
        ' '.repeat(Math.max(0, column - widthOf(before))) +
        stripVTControlCharacters(ansiOf(line, width, false));
    }
  return shown;
}

interface Screen extends Stage {
  ui: Ui;
  text: (columns?: number, rows?: number) => string;
}

async function looking(server = saying('hi there'), where = direct): Promise<Screen> {
  const it = await stage(server);
  const ui = new Ui(it.app, true);
  await ui.show({ conversation: where });
  await quiet();
  return { ...it, ui, text: (columns, rows) => picture(ui, columns, rows).join('\n') };
}

const end = ({ app, device }: Stage) => {
  app.close();
  return device.stop();
};

describe('the picture', () => {
  it('has as many rows as the terminal, none wider than it, whatever its size and whatever is in it', async () => {
    const server = saying();
    for (let n = 1; n < 60; n++)
      server.say(direct, n % 3 ? bob : alice, `message ${n} 東京 👍🏽 `.repeat(n % 17));
    const it = await looking(server);
    for (const [columns, rows] of [
      [80, 24],
      [40, 10],
      [200, 60],
      [20, 5],
      [100, 8],
    ] as const) {
      const shown = picture(it.ui, columns, rows);
      assert.equal(shown.length, rows);
      for (const row of shown) assert.ok(widthOf(row) <= columns, `${columns}: ${row}`);
      assert.match(shown.at(-1)!, /● online/);
    }
    await end(it);
  });

  it('shows who said what, what it answers, and how far it got', async () => {
    const server = saying('hi there');
    server.append(direct, 'message', alice, { content: { type: 'text', text: 'hello' }, reply_to: 1 });
    const it = await looking(server);
    assert.match(it.text(), /bob\n.*hi there {2}#1 \d\d:\d\d/);
    assert.match(it.text(), /┃ bob hi there *\n.*hello {2}#2 \d\d:\d\d ✓$/m);
    const receipts = (fields: object) =>
      it.device.wire.receive(topics.inbox(alice), {
        v: 1,
        type: 'receipts',
        conversation: direct,
        receipts: [{ user: bob, ...fields }],
      });
    await receipts({ delivered: 2 });
    await quiet();
    assert.match(it.text(), /#2 \d\d:\d\d ✓✓$/m);
    await receipts({ read: 2 });
    await quiet();
    const frame = frameOf(it.ui, 100, 30);
    const row = frame.panes.flatMap(({ lines }) => lines).find((line) => plain(line).includes('#2'))!;
    assert.equal(row.at(-1)!.color, 'cyan');
    await end(it);
  });

  it('quotes what is no longer in the window', async () => {
    const server = saying('long ago');
    for (let n = 2; n <= 120; n++) server.say(direct, bob, `message ${n}`);
    server.append(direct, 'message', bob, { content: { type: 'text', text: 'yes' }, reply_to: 1 });
    const it = await looking(server);
    it.text();
    await quiet();
    assert.match(it.text(), /┃ bob long ago/);
    await end(it);
  });

  it('sets days apart, says what happened, and where the unread begin', async () => {
    const server = new StageServer();
    server.append(group, 'group.created', bob, {
      name: 'Boats',
      history: 'all',
      members: [
        { user: bob, role: 'owner' },
        { user: alice, role: 'member' },
      ],
    });
    server.say(group, bob, 'yesterday');
    server.time += 86_400_000;
    server.say(group, bob, 'today');
    server.read.set(group, 2);
    const it = await looking(server, group);
    const text = it.text();
    assert.match(
      text,
      /── \w+, \w+ \d+, \d+ ──[\s\S]*bob made the group “Boats”[\s\S]*yesterday[\s\S]*── \w+, \w+ \d+, \d+ ──\n.*─ new ─+\n[\s\S]*today/,
    );
    assert.match(text, /^ Boats · group/);
    await end(it);
  });

  it('lists conversations: unread, drafts, who types, who is there', async () => {
    const server = saying('hi there');
    server.say(group, bob, 'who rows?');
    const it = await looking(server);
    assert.match(it.text(), /bob: who rows\? +1 /);
    await it.app.store.setDraft(group, 'I might');
    await quiet();
    assert.match(it.text(), /draft: I might/);
    await it.device.wire.receive(topics.typing(group), {
      v: 1,
      type: 'typing',
      conversation: group,
      user: bob,
      active: true,
    });
    await it.device.wire.receive(topics.presence(bob), { v: 1, type: 'presence', user: bob, online: true });
    assert.match(it.text(), /bob is typing…/);
    assert.match(it.text(), /● bob/);
    assert.match(it.text(), /^ bob · online .* 1 unread/);
    await end(it);
  });

  it('shows one pane where there is little room: the conversation, the list, a panel', async () => {
    const it = await looking();
    assert.doesNotMatch(it.text(60, 20), /│/);
    assert.match(it.text(60, 20), /hi there {2}#1/);
    await actions.nextPane(it.ui, 'tab');
    assert.doesNotMatch(it.text(60, 20), /#1/);
    assert.match(it.text(60, 20), /bob/);
    await actions.help(it.ui, 'f1');
    assert.match(it.text(60, 20), /Keys anywhere/);
    await end(it);
  });

  it('has the caret where one writes, over several rows', async () => {
    const it = await looking();
    it.ui.composer.insert('first\nsecond 東');
    const { caret } = frameOf(it.ui, 100, 30);
    assert.deepEqual(caret, { column: 2 + widthOf('second 東'), row: 28 });
    assert.match(it.text(), /❯ first\n {2}second 東\n/);
    await end(it);
  });

  it('stays at what is read when something new comes, and goes back to the newest', async () => {
    const server = saying();
    for (let n = 1; n <= 60; n++) server.say(direct, bob, `message ${n}`);
    const it = await looking(server);
    it.text();
    await actions.pageUp(it.ui, 'pageup');
    const before = it.text();
    assert.match(before, /↓ \d+ more · End/);
    it.server.say(direct, bob, 'something new');
    await settle(it);
    const messages = (text: string) => text.match(/message \d+ {2}#/g);
    assert.deepEqual(messages(it.text()), messages(before));
    await actions.lineEnd(it.ui, 'end');
    assert.match(it.text(), /something new/);
    await end(it);
  });

  it('goes back through all of a long conversation, holding a window of it', async () => {
    const server = saying();
    for (let n = 1; n <= 1_500; n++) server.say(direct, bob, `message ${n}`);
    const it = await looking(server);
    it.text();
    let pages = 0;
    while (!/message 1 {2}#1 /.test(it.text()) && pages++ < 200) {
      await actions.pageUp(it.ui, 'pageup');
      assert.ok(it.app.open!.entries.length <= 300);
    }
    assert.match(it.text(), /message 1 {2}#1 /);
    await actions.newest(it.ui, 'end');
    await quiet();
    assert.match(it.text(), /message 1500/);
    await end(it);
  });

  it('asks before it deletes', async () => {
    const it = await looking();
    it.text();
    await actions.composerUp(it.ui, 'up');
    await actions.deleteMessage(it.ui, 'd');
    assert.match(it.text(), /Delete message #1 for everyone\? y \/ n/);
    assert.deepEqual(it.server.changes, []);
    await it.ui.question!.yes();
    assert.deepEqual(it.server.changes, [['message.delete', { conversation: direct, seq: 1 }]]);
    await end(it);
  });

  it('keeps what one has begun for the conversation it was begun in', async () => {
    const server = saying('hi there');
    server.say(group, bob, 'who rows?');
    const it = await looking(server);
    it.ui.composer.insert('to bob');
    await actions.nextConversation(it.ui, 'ctrl-n');
    await quiet();
    assert.equal(it.ui.composer.text, '');
    it.ui.composer.insert('to all');
    await actions.previousConversation(it.ui, 'ctrl-p');
    it.text();
    assert.equal(it.ui.composer.text, 'to bob');
    await end(it);
  });

  it('lets nobody paint: names, titles, messages, reactions, choices', async () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\r';
    const server = new StageServer();
    server.answers['profile.get'] = ({ user }) => ({
      id: user,
      username: evil,
      name: evil,
      kind: 'person',
      photo: null,
      status: evil,
    });
    server.append(group, 'group.created', bob, {
      name: evil,
      history: 'all',
      members: [{ user: alice, role: 'member' }],
    });
    const { seq } = server.say(group, bob, evil);
    server.append(group, 'message.reaction', bob, { target: seq, emoji: evil });
    server.append(group, 'message', bob, {
      content: { type: 'buttons', text: evil, rows: [[{ label: evil, data: 'x' }]] },
    });
    server.append(group, 'message', bob, { content: { type: 'evil.kind' } });
    const it = await looking(server, group);
    it.app.note(evil);
    await actions.info(it.ui, 'i');
    await quiet();
    for (const columns of [60, 100, 140]) {
      const frame = frameOf(it.ui, columns, 40);
      for (const { lines } of frame.panes)
        for (const line of lines) assert.doesNotMatch(plain(line), /\p{Cc}/u);
    }
    await end(it);
  });
});
