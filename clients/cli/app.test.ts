import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import type { AnyEvent } from '../../protocol/events.ts';
import { MemoryStorage, RefusedError } from '../sdk/index.ts';
import { shown } from './chats.ts';
import { alice, bob, direct, group, message, phone, stage } from './fake-client.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the app', () => {
  it('has everything again after a restart, without a connection', async () => {
    const storage = new MemoryStorage();
    const first = await stage(storage);
    first.client.emit('event', message(1, bob, 'hi'));
    first.client.emit('event', message(2, alice, 'hello'));
    await first.app.show(first.app.chats.get(direct));
    const { app } = await stage(storage);
    const chat = app.chats.get(direct);
    assert.deepEqual(
      chat.lines.map((line) => line.text),
      ['hi', 'hello'],
    );
    assert.equal(chat.read, 2);
    assert.equal(app.title(chat), 'bob');
  });

  it('makes no chats of its own account and device', async () => {
    const { app, client } = await stage();
    const base = message(1, alice, '');
    client.emit('event', { ...base, type: 'device.added', conversation: alice, device: phone } as never);
    const refused = {
      ...base,
      type: 'refused',
      conversation: phone,
      command: 'c',
      error: refusal('blocked'),
    };
    client.emit('event', refused as never);
    assert.deepEqual([...app.chats.byId], []);
  });

  it('shows what is on its way until its event comes, and not another user’s of the same id', async () => {
    const { app, client } = await stage();
    client.emit('event', message(1, bob, 'hi'));
    await app.show(app.chats.get(direct));
    await app.say('hello');
    assert.deepEqual([...app.sending.keys()], ['c1']);
    client.emit('event', message(2, bob, 'mine', { id: 'c1' }));
    assert.equal(app.sending.size, 1);
    client.emit('event', message(3, alice, 'hello', { id: 'c1' }));
    assert.equal(app.sending.size, 0);
  });

  it('takes back what was refused, and says why', async () => {
    const { app, client } = await stage();
    client.emit('event', message(1, bob, 'hi'));
    await app.show(app.chats.get(direct));
    client.outcome = () => {
      throw new RefusedError(refusal('blocked'));
    };
    await app.say('hello');
    await settled();
    assert.equal(app.sending.size, 0);
    assert.match(app.notes.at(-1)!, /blocked/);
  });

  it('counts as read what is looked at, and tells it again when it was read without a connection', async () => {
    const { app, client } = await stage();
    client.emit('event', message(1, bob, 'hi'));
    const chat = app.chats.get(direct);
    assert.equal(app.chats.unread(chat), 1);
    client.status = 'offline';
    client.read = async () => {};
    await app.show(chat);
    assert.equal(app.chats.unread(chat), 0);
    client.status = 'online';
    client.read = async (...read) => {
      client.reads.push(read);
    };
    client.answers['conversations.list'] = () => ({
      conversations: [{ id: direct, kind: 'direct', peer: bob, head: 1, read: 0 }],
    });
    client.emit('status', 'online');
    await settled();
    assert.deepEqual(client.reads, [[direct, 1]]);
  });

  it('scrolls back over pages in which there is nothing to show', async () => {
    const { app, client } = await stage();
    client.emit('event', message(200, bob, 'newest'));
    const chat = app.chats.get(direct);
    const reaction = (seq: number) =>
      ({ ...message(seq, bob, ''), type: 'message.reaction', target: 1, emoji: '👍' }) as unknown as AnyEvent;
    client.answers['messages.list'] = ({ before }) => {
      const last = (before as number) - 1;
      const first = Math.max(1, last - 49);
      const events = [];
      // The last hundred are reactions, and a few are hidden.
      for (let seq = first; seq <= last; seq++)
        if (seq % 10 !== 0) events.push(seq > 100 ? reaction(seq) : message(seq, bob, `${seq}`));
      return last === 0 ? { first: 0, events: [] } : { first, events };
    };
    let pages = 0;
    while (await app.older(chat)) pages++;
    assert.equal(pages, 4);
    assert.equal(chat.lines[0]!.seq, 1);
    assert.equal(chat.lines.length, 91);
  });

  it('asks for nothing before the first event, and stops where the server has no more', async () => {
    const { app, client } = await stage();
    client.emit('event', message(30, bob, 'joined late'));
    client.answers['messages.list'] = () => ({ first: 0, events: [] });
    const chat = app.chats.get(direct);
    assert.equal(await app.older(chat), false);
    assert.equal(await app.older(chat), false);
    assert.equal(client.queries.filter(([type]) => type === 'messages.list').length, 1);
  });

  it('shows the newest content and the reactions of what comes in a page', async () => {
    const { app, client } = await stage();
    client.answers['messages.list'] = () => ({
      first: 1,
      events: [
        message(1, bob, 'teh', {
          edited: { at: 5, count: 1, content: { type: 'text', text: 'the' } },
          reactions: [{ emoji: '👍', count: 1, users: [alice] }],
        }),
      ],
    });
    const chat = app.chats.get(direct);
    await app.older(chat);
    const [line] = chat.lines;
    assert.equal(line!.text, 'the');
    assert.equal(line!.edited, true);
    assert.deepEqual([...line!.reactions], [[alice, '👍']]);
  });

  it('hides what was deleted for oneself, for good', async () => {
    const storage = new MemoryStorage();
    const { app, client } = await stage(storage);
    client.emit('event', message(1, bob, 'one'));
    client.emit('event', message(2, bob, 'two'));
    const hidden = {
      ...message(1, alice, ''),
      type: 'message.hidden',
      conversation: alice,
      target: { conversation: direct, seq: 1 },
    };
    client.emit('event', hidden as never);
    assert.deepEqual(
      app.chats.get(direct).lines.map((l) => l.text),
      ['two'],
    );
    const again = await stage(storage);
    assert.deepEqual(
      again.app.chats.get(direct).lines.map((l) => l.text),
      ['two'],
    );
  });

  it('shows no content past its time, and does not keep it', async () => {
    const storage = new MemoryStorage();
    const { app, client } = await stage(storage);
    client.emit('event', message(1, bob, 'secret', { expires: Date.now() - 1 }));
    client.emit('event', message(2, bob, 'not yet', { expires: Date.now() + 60_000 }));
    assert.deepEqual(
      app.chats.get(direct).lines.map((l) => shown(l)),
      ['(disappeared)', 'not yet'],
    );
    const again = await stage(storage);
    assert.equal(shown(again.app.chats.get(direct).lines[0]!), '(disappeared)');
    for (const [, value] of await storage.list('')) assert.doesNotMatch(value, /secret/);
  });

  it('finds without mixing what it finds into the chat', async () => {
    const { app, client } = await stage();
    client.emit('event', message(500, bob, 'newest'));
    client.answers['messages.search'] = () => ({ events: [message(3, bob, 'the boat')] });
    await app.search('boat');
    assert.deepEqual(app.notes, ['bob #3 bob: the boat']);
    assert.equal(app.chats.get(direct).lines.length, 1);
    assert.equal(app.chats.get(direct).first, 500);
  });

  it('waits for all members of a group before it says that all have it, also those it never saw join', async () => {
    const { app, client } = await stage();
    const at = (seq: number) =>
      message(seq, alice, 'hello', { conversation: group, kind: 'group', peer: undefined });
    client.emit('event', at(9));
    client.answers['members.list'] = () => ({ members: [{ user: alice }, { user: bob }, { user: 'cleo' }] });
    client.answers['receipts.get'] = () => ({ receipts: [{ user: bob, delivered: 9, read: 9 }] });
    const chat = app.chats.get(group);
    await app.show(chat);
    assert.equal(app.chats.ticks(chat, chat.lines[0]!), '✓');
    client.emit('receipts', { conversation: group, receipts: [{ user: 'cleo', delivered: 9 }] });
    assert.equal(app.chats.ticks(chat, chat.lines[0]!), '✓✓');
    client.emit('receipts', { conversation: group, receipts: [{ user: 'cleo', read: 9 }] });
    assert.equal(app.chats.ticks(chat, chat.lines[0]!), '◉');
  });

  it('shows names and titles of others without control characters and in one line', async () => {
    const { app, client } = await stage();
    client.answers['profile.get'] = () => ({
      id: bob,
      username: 'bob',
      name: 'B\u001b[2J\n[x] #1 alice: yes',
    });
    const { app: fresh } = await stage();
    assert.equal(fresh.names.of(bob), 'bob');
    client.answers['user.find'] = client.answers['profile.get'];
    await app.names.find('bob');
    assert.doesNotMatch(app.names.of(bob), /\p{Cc}/u);
    const created = {
      ...message(1, bob, ''),
      type: 'group.created',
      conversation: group,
      name: 'G\n\u001b]0;x',
      history: 'all',
      members: [],
    };
    client.emit('event', created as never);
    assert.doesNotMatch(app.title(app.chats.get(group)), /\p{Cc}/u);
  });

  it('goes on, and says so, when nothing can be kept', async () => {
    const storage = new MemoryStorage();
    const { app, client } = await stage(storage);
    storage.write = async () => {
      throw new Error('disk full');
    };
    client.emit('event', message(1, bob, 'hi'));
    await settled();
    assert.equal(app.chats.get(direct).lines.length, 1);
    assert.match(app.notes.at(-1)!, /disk full/);
  });
});
