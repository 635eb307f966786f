import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { topics } from '../../protocol/topics.ts';
import { MemoryStorage, type Message } from './../sdk/index.ts';
import { alice, bob, direct, group, quiet, StageServer, saying, settle, stage } from './fixtures/stage.ts';
import { textOf } from './text/said.ts';

const shown = (entries: readonly unknown[]) => entries.map((entry) => textOf(entry as Message));

describe('the app', () => {
  it('has everything again after a restart, without a connection: messages, names, what is unsent', async () => {
    const storage = new MemoryStorage();
    const server = saying('hi', 'you there?');
    const first = await stage(server, storage);
    await first.app.show({ conversation: direct });
    await first.device.lose();
    await first.app.say('not sent yet');
    await first.app.store.setDraft(direct, 'begun');
    first.app.close();
    await first.device.client.close();
    const again = await stage(server, storage, true);
    const open = await again.app.show({ conversation: direct });
    assert.deepEqual(shown(open.entries), ['hi', 'you there?', 'not sent yet']);
    assert.equal(open.conversation?.draft, 'begun');
    assert.equal(again.app.title({ conversation: direct }), 'bob');
    await again.device.stop();
  });

  it('counts as read what is looked at, and not what nobody sees', async () => {
    const it = await stage(saying('hi'));
    assert.equal(it.app.conversations[0]!.unread, 1);
    await it.app.show({ conversation: direct });
    await quiet();
    assert.equal(it.app.conversations[0]!.unread, 0);
    assert.equal(it.server.read.get(direct), 1);
    it.app.watched = false;
    it.server.say(direct, bob, 'and now?');
    await settle(it);
    assert.equal(it.app.conversations[0]!.unread, 1);
    it.app.watched = true;
    await it.app.markRead();
    await quiet();
    assert.equal(it.server.read.get(direct), 2);
    await it.device.stop();
  });

  it('remembers where the unread began when it was opened', async () => {
    const server = saying('old', 'new');
    server.read.set(direct, 1);
    const it = await stage(server);
    const open = await it.app.show({ conversation: direct });
    assert.equal(open.readBefore, 1);
    assert.equal(open.conversation?.read, 2);
    await it.device.stop();
  });

  it('mentions members that are named, and nobody else', async () => {
    const server = new StageServer();
    server.append(group, 'group.created', alice, { name: 'Boats', history: 'all', members: [] });
    server.receipts.set(group, [{ user: bob, delivered: 1 }]);
    const it = await stage(server);
    // Known, and not in this group.
    await it.app.names.keep({ id: direct, username: 'carl', name: 'Carl' });
    await it.app.show({ conversation: group });
    await quiet();
    it.server.came.length = 0;
    await it.app.say('@Bob and @carl and me@bob.example: row!');
    await quiet();
    assert.deepEqual(it.server.changes[0]![1], {
      to: { conversation: group },
      content: { type: 'text', text: '@Bob and @carl and me@bob.example: row!' },
      mentions: [bob],
    });
    await it.device.stop();
  });

  it('says why something was refused, and keeps it to be sent again', async () => {
    const it = await stage(saying('hi'));
    const open = await it.app.show({ conversation: direct });
    it.server.refuse = ({ type }) => (type === 'message.send' ? refusal('blocked') : null);
    await it.app.say('hello');
    await settle(it);
    assert.match(it.app.notes.at(-1)!, /blocked/);
    assert.equal((open.entries.at(-1) as Message).state, 'refused');
    await it.device.stop();
  });

  it('tells nothing of presence that is not its to see', async () => {
    const it = await stage(saying('hi'));
    await it.server.reply({ v: 1, type: 'refused', command: null, error: refusal('topic_forbidden') });
    await quiet();
    assert.deepEqual(it.app.notes, []);
    await it.server.reply({ v: 1, type: 'refused', command: null, error: refusal('bad_json') });
    await quiet();
    assert.equal(it.app.notes.length, 1);
    await it.device.stop();
  });

  it('finds here and on the server, each message once, newest first', async () => {
    const it = await stage(saying('the boat', 'a car', 'boats'));
    const [first, , third] = it.server.stream(direct);
    const older = {
      ...first,
      seq: 90,
      id: '01940000-0000-7000-8000-00000000f00d',
      time: 1,
      content: { type: 'text', text: 'old boat' },
    };
    it.server.answers['messages.search'] = () => ({ events: [third, first, older], next: null });
    await it.app.show({ conversation: direct });
    assert.deepEqual(shown(await it.app.search('boat')), ['boats', 'the boat', 'old boat']);
    await it.device.lose();
    assert.deepEqual(shown(await it.app.search('boat')), ['boats', 'the boat']);
    await it.device.stop();
  });

  it('follows who types and who is there, and calls people as the address book does', async () => {
    const server = saying('hi');
    server.answers['contacts.list'] = () => ({
      contacts: [{ user: bob, username: 'bob', name: 'My\nBob', profile_name: 'Robert' }],
    });
    const it = await stage(server);
    assert.equal(it.app.title({ conversation: direct }), 'My Bob');
    await it.device.wire.receive(topics.typing(direct), {
      v: 1,
      type: 'typing',
      conversation: direct,
      user: bob,
      active: true,
    });
    await it.device.wire.receive(topics.presence(bob), { v: 1, type: 'presence', user: bob, online: true });
    assert.equal(it.app.typing(direct), 'My Bob is typing…');
    assert.equal(it.app.store.presence(bob)?.online, true);
    await it.device.stop();
  });

  it('follows no more than a device may subscribe to, however many conversations there are', async () => {
    const server = new StageServer();
    for (let n = 0; n < 80; n++)
      server.say(`01940000-0000-7000-8000-0000000${String(n).padStart(5, '0')}`, bob, 'hi');
    const it = await stage(server);
    assert.ok(it.device.wire.watched.size <= 40, `${it.device.wire.watched.size}`);
    await it.device.stop();
  });

  it('shows names and titles of others without control characters and in one line', async () => {
    const server = new StageServer();
    server.answers['user.find'] = () => ({ id: bob, username: 'bob', name: 'B\u001b[2J\n[x] #1 alice: yes' });
    server.append(group, 'group.created', bob, {
      name: 'G\n\u001b]0;x',
      history: 'all',
      members: [{ user: alice, role: 'member' }],
    });
    const it = await stage(server);
    assert.doesNotMatch(it.app.names.of(bob), /\p{Cc}/u);
    assert.equal(it.app.title({ conversation: group }), 'G \u{fffd}]0;x');
    await it.device.stop();
  });

  it('goes on, and says so, when nothing can be kept', async () => {
    const storage = new MemoryStorage();
    const it = await stage(saying('hi'), storage);
    const { write } = storage;
    storage.write = async () => {
      throw new Error('disk full');
    };
    it.server.say(direct, bob, 'more');
    await it.server.pump(direct).catch(() => {});
    await quiet();
    assert.match(it.app.notes.at(-1)!, /disk full/);
    storage.write = write;
    await it.device.stop();
  });
});
