import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { RefusedError } from '../sdk/index.ts';
import { commands, run } from './commands.ts';
import { alice, bob, direct, group, message, stage } from './fake-client.ts';

async function inChat() {
  const it = await stage();
  it.client.emit('event', message(1, bob, 'hi'));
  await it.app.show(it.app.chats.get(direct));
  return it;
}

describe('what is typed', () => {
  const table: [string, string, object][] = [
    [
      'hello there',
      'message.send',
      { to: { conversation: direct }, content: { type: 'text', text: 'hello there' } },
    ],
    ['  hello  ', 'message.send', { to: { conversation: direct }, content: { type: 'text', text: 'hello' } }],
    [
      '/dm bob  two  words',
      'message.send',
      { to: { conversation: direct }, content: { type: 'text', text: 'two  words' } },
    ],
    ['/dm BOB hi', 'message.send', { to: { conversation: direct }, content: { type: 'text', text: 'hi' } }],
    [
      '/reply 1 yes',
      'message.send',
      { to: { conversation: direct }, content: { type: 'text', text: 'yes' }, reply_to: 1 },
    ],
    ['/react 1 🍝', 'message.react', { conversation: direct, seq: 1, emoji: '🍝' }],
    ['/react 1', 'message.react', { conversation: direct, seq: 1, emoji: null }],
    [
      '/edit 1 better words',
      'message.edit',
      { conversation: direct, seq: 1, content: { type: 'text', text: 'better words' } },
    ],
    ['/delete 1', 'message.delete', { conversation: direct, seq: 1 }],
    ['/timer 60', 'conversation.timer', { conversation: direct, seconds: 60 }],
    ['/timer off', 'conversation.timer', { conversation: direct, seconds: null }],
    ['/group Boats bob', 'group.create', { name: 'Boats', members: [bob] }],
    ['/group Boats', 'group.create', { name: 'Boats', members: [] }],
    ['/add bob', 'group.add', { conversation: direct, users: [bob] }],
    ['/remove bob', 'group.remove', { conversation: direct, users: [bob] }],
    ['/leave', 'group.leave', { conversation: direct }],
    ['/rename New name', 'group.update', { conversation: direct, name: 'New name' }],
    ['/block bob', 'block.add', { user: bob }],
    ['/unblock bob', 'block.remove', { user: bob }],
  ];
  for (const [typed, type, fields] of table) {
    it(`${typed} → ${type}`, async () => {
      const { app, client } = await inChat();
      await run(app, typed);
      assert.deepEqual(client.changes, [[type, fields]]);
    });
  }

  for (const typed of ['', '   ', '/nonsense', '/constructor', '/__proto__ x', '/'])
    it(`${JSON.stringify(typed)} sends nothing`, async () => {
      const { app, client } = await inChat();
      await run(app, typed);
      assert.deepEqual(client.changes, []);
    });

  const mistakes: [string, RegExp][] = [
    ['/nonsense', /\/nonsense is not a command/],
    ['/constructor', /\/constructor is not a command/],
    ['/edit one better', /Give the number/],
    ['/edit 1', /Usage: \/edit/],
    ['/delete 0', /Give the number/],
    ['/delete 1.5', /Give the number/],
    ['/react', /Give the number/],
    ['/timer never', /Give the number/],
    ['/rename', /Usage: \/rename/],
    ['/open nobody', /no conversation called nobody/],
    ['/dm', /Usage: \/dm/],
    ['/dm carl hi', /no such user/],
    ['/search', /Usage: \/search/],
  ];
  for (const [typed, note] of mistakes) {
    it(`${typed}: says what is wrong, and sends nothing`, async () => {
      const { app, client } = await inChat();
      await run(app, typed);
      assert.match(app.notes.at(-1)!, note);
      assert.deepEqual(client.changes, []);
    });
  }

  it('to nobody is not sent', async () => {
    const { app, client } = await stage();
    for (const typed of ['hello', '/edit 1 x', '/leave', '/members']) {
      app.notes = [];
      await run(app, typed);
      assert.match(app.notes[0]!, /Open a chat first/, typed);
    }
    assert.deepEqual(client.changes, []);
  });
});

it('the first message to someone opens the chat that it makes', async () => {
  const { app, client } = await stage();
  client.outcome = (_type, _fields, id) => {
    const event = message(1, alice, 'ahoy', { id });
    client.emit('event', event);
    return event;
  };
  await run(app, '/dm bob ahoy');
  assert.deepEqual(client.changes[0], [
    'message.send',
    { to: { user: bob }, content: { type: 'text', text: 'ahoy' } },
  ]);
  assert.equal(app.open?.id, direct);
  assert.equal(app.title(app.open!), 'bob');
});

it('/dm without a text opens what there is, and says how to begin where there is nothing', async () => {
  const { app, client } = await stage();
  await run(app, '/dm bob');
  assert.match(app.notes[0]!, /No messages with bob yet/);
  client.emit('event', message(1, bob, 'hi'));
  await run(app, '/dm bob');
  assert.equal(app.open?.id, direct);
});

it('/open takes the name, or how it begins, in any case', async () => {
  const { app, client } = await stage();
  client.emit('event', message(1, bob, 'hi'));
  const created = {
    ...message(1, alice, ''),
    type: 'group.created',
    conversation: group,
    name: 'Boats',
    history: 'all',
    members: [],
  };
  client.emit('event', created as never);
  await run(app, '/open boa');
  assert.equal(app.open?.id, group);
  await run(app, '/open BOB');
  assert.equal(app.open?.id, direct);
});

it('a refusal is told once', async () => {
  const { app, client } = await inChat();
  client.outcome = () => {
    throw new RefusedError(refusal('not_the_sender'));
  };
  await run(app, '/delete 1');
  assert.deepEqual(app.notes.filter((note) => note.includes('Only the sender')).length, 1);
});

it('/help tells every command, and every command can be typed as it is told', async () => {
  const { app } = await stage();
  await run(app, '/help');
  const told = app.notes.join('\n');
  for (const name of Object.keys(commands)) assert.match(told, new RegExp(`/${name}\\b`), name);
  for (const [, name] of told.matchAll(/^\/(\w+)/gm))
    assert.ok(name === 'quit' || Object.hasOwn(commands, name!), name);
});

it('/members tells roles and who is online, and follows them', async () => {
  const { app, client } = await inChat();
  client.answers['members.list'] = () => ({
    members: [
      { user: alice, role: 'owner' },
      { user: bob, role: 'member' },
    ],
  });
  client.emit('presence', { v: 1, type: 'presence', user: bob, online: true });
  await run(app, '/members');
  assert.match(app.notes[1]!, /^bob \(member\) ● online$/);
  assert.deepEqual(client.watched.at(-1), { presence: bob });
});
