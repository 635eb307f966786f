import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../../protocol/errors.ts';
import { alice, bob, direct, group, quiet, type Stage, saying, settle, stage } from '../fixtures/stage.ts';
import { completions } from './complete.ts';
import { commands, run } from './index.ts';

async function inChat(server = saying('hi')): Promise<Stage> {
  const it = await stage(server);
  await it.app.show({ conversation: direct });
  await quiet();
  it.server.came.length = 0;
  return it;
}

async function inGroup(): Promise<Stage> {
  const server = saying('hi');
  server.append(group, 'group.created', alice, {
    name: 'Two Boats',
    history: 'all',
    members: [
      { user: alice, role: 'owner' },
      { user: bob, role: 'member' },
    ],
  });
  const it = await stage(server);
  await it.app.show({ conversation: group });
  await quiet();
  it.server.came.length = 0;
  return it;
}

const text = (text: string) => ({ type: 'text', text });

describe('what is typed in a conversation', () => {
  const to = { conversation: direct };
  const table: [string, string, object][] = [
    ['hello there', 'message.send', { to, content: text('hello there') }],
    ['  hello  ', 'message.send', { to, content: text('hello') }],
    ['//shrug', 'message.send', { to, content: text('/shrug') }],
    ['/dm bob  two  words', 'message.send', { to, content: text('two  words') }],
    ['/dm BOB hi', 'message.send', { to, content: text('hi') }],
    ['/reply 1 yes', 'message.send', { to, content: text('yes'), reply_to: 1 }],
    ['/reply . yes', 'message.send', { to, content: text('yes'), reply_to: 1 }],
    ['/react 1 🍝', 'message.react', { conversation: direct, seq: 1, emoji: '🍝' }],
    ['/react #1', 'message.react', { conversation: direct, seq: 1, emoji: null }],
    ['/edit 1 better words', 'message.edit', { conversation: direct, seq: 1, content: text('better words') }],
    ['/delete 1', 'message.delete', { conversation: direct, seq: 1 }],
    ['/hide 1', 'message.hide', { conversation: direct, seq: 1 }],
    ['/timer 60', 'conversation.timer', { conversation: direct, seconds: 60 }],
    ['/timer 8h', 'conversation.timer', { conversation: direct, seconds: 28_800 }],
    ['/timer off', 'conversation.timer', { conversation: direct, seconds: null }],
    ['/forward 1 bob', 'message.send', { to, content: text('hi'), forwarded: 1 }],
    ['/block bob', 'block.add', { user: bob }],
    ['/unblock bob', 'block.remove', { user: bob }],
    ['/contact bob My Bob', 'contact.add', { user: bob, name: 'My Bob' }],
    ['/uncontact bob', 'contact.remove', { user: bob }],
    ['/name New Name', 'profile.update', { name: 'New Name' }],
    ['/status', 'profile.update', { status: null }],
    ['/privacy presence nobody', 'privacy.update', { presence: 'nobody' }],
    ['/revoke 2', 'device.revoke', { device: group }],
    [
      '/device 1 my desk',
      'device.rename',
      { device: '01940000-0000-7000-8000-00a11ce0d001', name: 'my desk' },
    ],
    ['/group Boats', 'group.create', { name: 'Boats', members: [] }],
    ['/group "Two boats" bob', 'group.create', { name: 'Two boats', members: [bob] }],
  ];
  for (const [typed, type, fields] of table)
    it(`${typed} → ${type}`, async () => {
      const { app, server, device } = await inChat();
      // The event of a change is all that is awaited of it.
      const running = run(app, typed);
      await quiet();
      await server.pumpAll();
      await running;
      await quiet();
      assert.deepEqual(server.changes, [[type, fields]]);
      await device.stop();
    });

  for (const typed of ['', '   ', '/nonsense', '/constructor', '/__proto__ x', '/'])
    it(`${JSON.stringify(typed)} sends nothing`, async () => {
      const { app, server, device } = await inChat();
      await run(app, typed);
      assert.deepEqual(server.changes, []);
      await device.stop();
    });

  const mistakes: [string, RegExp][] = [
    ['/nonsense', /\/nonsense is not a command/],
    ['/constructor', /\/constructor is not a command/],
    ['/edit one better', /Give the number/],
    ['/edit 1', /Usage: \/edit/],
    ['/delete 0', /Give the number/],
    ['/delete 1.5', /Give the number/],
    ['/react', /Give the number/],
    ['/timer never', /Usage: \/timer/],
    ['/timer 0', /Usage: \/timer/],
    ['/rename x', /only be done in a group/],
    ['/leave', /only be done in a group/],
    ['/role bob king', /Usage: \/role/],
    ['/open nobody', /no conversation called nobody/],
    ['/dm', /Usage: \/dm/],
    ['/dm carl hi', /no such user/],
    ['/search', /Usage: \/search/],
    ['/forward 9 bob', /Message 9 is not here/],
    ['/press 1', /Nothing here can be pressed/],
    ['/press 1 1', /no choice 1/],
    ['/revoke 1', /the device you are using/],
    ['/revoke 3', /no device 3/],
    ['/privacy presence friends', /Usage: \/privacy/],
    ['/invite me', /Usage: \/invite/],
  ];
  for (const [typed, note] of mistakes)
    it(`${typed}: says what is wrong, and sends nothing`, async () => {
      const { app, server, device } = await inChat();
      await run(app, typed);
      assert.match(app.notes.at(-1)!, note);
      assert.deepEqual(server.changes, []);
      await device.stop();
    });

  it('to nobody is not sent', async () => {
    const { app, server, device } = await stage();
    for (const typed of ['hello', '/edit 1 x', '/leave', '/members', '/reply 1 x', '/press 1']) {
      app.notes = [];
      await run(app, typed);
      assert.match(app.notes[0]!, /Open a chat first/, typed);
    }
    assert.deepEqual(server.changes, []);
    await device.stop();
  });
});

describe('in a group', () => {
  const table: [string, string, object][] = [
    ['/add bob', 'group.add', { conversation: group, users: [bob] }],
    ['/remove bob', 'group.remove', { conversation: group, users: [bob] }],
    ['/role bob admin', 'group.role', { conversation: group, user: bob, role: 'admin' }],
    ['/rename New name', 'group.update', { conversation: group, name: 'New name' }],
    ['/history joined', 'group.update', { conversation: group, history: 'joined' }],
    ['/leave', 'group.leave', { conversation: group }],
  ];
  for (const [typed, type, fields] of table)
    it(`${typed} → ${type}`, async () => {
      const { app, server, device } = await inGroup();
      await run(app, typed);
      assert.deepEqual(server.changes, [[type, fields]]);
      await device.stop();
    });

  it('/members tells roles', async () => {
    const { app, device } = await inGroup();
    await run(app, '/members');
    assert.deepEqual(app.notes, ['alice (owner)', 'bob (member)']);
    await device.stop();
  });
});

it('/dm to somebody new opens what the first message makes', async () => {
  const it = await stage();
  await run(it.app, '/dm bob');
  assert.match(it.app.notes[0]!, /what you write starts the conversation/);
  await run(it.app, 'ahoy');
  await settle(it);
  assert.deepEqual(it.server.changes, [['message.send', { to: { user: bob }, content: text('ahoy') }]]);
  assert.equal(it.app.open?.conversation?.id, direct);
  assert.equal(it.app.title(it.app.open!.where), 'bob');
  await run(it.app, 'again');
  await settle(it);
  assert.deepEqual(it.server.changes[1], [
    'message.send',
    { to: { conversation: direct }, content: text('again') },
  ]);
  await it.device.stop();
});

it('/open takes the name, or how it begins, in any case', async () => {
  const { app, device } = await inGroup();
  await run(app, '/open BO');
  assert.equal(app.open?.conversation?.id, direct);
  await run(app, '/open two b');
  assert.equal(app.open?.conversation?.id, group);
  await device.stop();
});

it('a refusal is told once', async () => {
  const { app, server, device } = await inChat();
  server.refuse = ({ type }) => (type === 'message.delete' ? refusal('not_the_sender') : null);
  await run(app, '/delete 1');
  await quiet();
  assert.deepEqual(app.notes.filter((note) => note.includes('Only the sender')).length, 1);
  await device.stop();
});

it('what needs the server says so where there is none, and a message is kept', async () => {
  const { app, server, device } = await inChat();
  await device.lose();
  await run(app, '/devices');
  assert.match(app.notes.at(-1)!, /Not connected/);
  await run(app, 'later');
  assert.deepEqual(server.changes, []);
  await device.connect();
  assert.deepEqual(server.changes, [
    ['message.send', { to: { conversation: direct }, content: text('later') }],
  ]);
  await device.stop();
});

it('a choice of a message is pressed by its number', async () => {
  const server = saying();
  const content = {
    type: 'buttons',
    text: 'Which?',
    rows: [
      [{ label: 'A', data: 'a' }],
      [{ label: 'B', data: 'b' }, { label: 'bad', url: 'file:///etc/passwd' }, { label: 7 }],
    ],
  };
  server.append(direct, 'message', bob, { content });
  server.append(direct, 'message', bob, {
    content: { type: 'quick_replies', text: 'Sure?', replies: [{ label: 'Yes' }, null] },
  });
  const { app, device } = await inChat(server);
  await run(app, '/press 1');
  await run(app, '/press 2 1');
  await run(app, '/press 3 1');
  await quiet();
  assert.deepEqual(
    server.changes.map(([, { content, reply_to }]: [string, { content?: unknown; reply_to?: number }]) => [
      content,
      reply_to,
    ]),
    [
      [text('Yes'), 2],
      [{ type: 'button.press', text: 'B', data: 'b' }, 1],
    ],
  );
  assert.match(app.notes.at(-1)!, /no choice 3/);
  await device.stop();
});

it('/receipts, /devices, /invite and /logout tell and do what they are for', async () => {
  const { app, server, asked, device } = await inChat();
  let left = false;
  app.onQuit = () => {
    left = true;
  };
  server.say(direct, alice, 'mine');
  await server.pumpAll();
  await quiet();
  await run(app, '/receipts .');
  assert.match(app.notes[0]!, /^bob: read /);
  await run(app, '/devices');
  assert.match(app.notes[0]!, /^1\. terminal \(this one\)/);
  assert.match(app.notes[1]!, /^2\. old \ufffd\[2Jphone/);
  await run(app, '/invite admin');
  assert.equal(app.notes[0], 'Invitation: abc');
  await run(app, '/logout');
  assert.deepEqual(asked, ['invite true', 'logout']);
  assert.equal(left, true);
  await device.stop();
});

it('/help tells every command', async () => {
  const { app, device } = await stage();
  await run(app, '/help');
  assert.deepEqual(
    app.notes.map((line) => /^\/(\w+) /.exec(line)?.[1]),
    Object.keys(commands),
  );
  await device.stop();
});

it('Tab completes commands, people, conversations and mentions', async () => {
  const { app, device } = await inGroup();
  assert.deepEqual(completions(app, '/un'), ['/uncontact ', '/unblock ']);
  assert.deepEqual(completions(app, '/add al b'), ['/add al bob ']);
  assert.deepEqual(completions(app, '/open two'), ['/open Two Boats']);
  assert.deepEqual(completions(app, '/forward 3 t'), ['/forward 3 Two Boats']);
  assert.deepEqual(completions(app, 'ask @b'), ['ask @bob ']);
  for (const nothing of ['hello', '/nonsense b', '/timer b', '/constructor b', ''])
    assert.deepEqual(completions(app, nothing), [], nothing);
  await device.stop();
});
