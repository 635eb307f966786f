import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../../protocol/errors.ts';
import { topics } from '../../../protocol/topics.ts';
import type { ContentCodec } from '../codec.ts';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, group, ModelServer, me, quiet } from '../fixtures/model-server.ts';
import { MemoryStorage, StorageFullError } from '../storage.ts';
import type { Entry, Message } from './entries.ts';

const texts = (entries: readonly { type: string }[]) =>
  entries
    .filter((entry): entry is Message => entry.type === 'message')
    .map(({ content }) => content?.text ?? null);

async function online(server = new ModelServer(), storage = new MemoryStorage(), options = {}) {
  const device = await ModelDevice.started(server, storage, options);
  await device.connect();
  return device;
}

function withGroup(): ModelServer {
  const server = new ModelServer();
  server.append(group, 'group.created', me, {
    name: 'Boats',
    history: 'all',
    members: [
      { user: me, role: 'owner' },
      { user: bob, role: 'member' },
    ],
  });
  return server;
}

describe('a message of one’s own', () => {
  it('is shown at once, and goes from queued to read', async () => {
    const device = await ModelDevice.started();
    const { server, store } = device;
    const window = await store.look({ user: bob });
    const states: (string | null)[] = [];
    window.on('change', ({ entries }) => states.push(...entries.map((entry) => (entry as Message).state)));
    await store.send({ user: bob }, 'hello');
    assert.deepEqual(texts(window.entries), ['hello']);
    await device.connect();
    await server.pumpAll();
    await quiet();
    const receipts = (fields: object) =>
      device.wire.receive(topics.inbox(me), {
        v: 1,
        type: 'receipts',
        conversation: direct,
        receipts: [{ user: bob, ...fields }],
      });
    await receipts({ delivered: 1, delivered_at: 5 });
    await quiet();
    await receipts({ read: 1, read_at: 6 });
    await quiet();
    // The event may say before the PUBACK that it was accepted; the last is told once.
    assert.deepEqual([...new Set(states)], ['queued', 'accepted', 'delivered', 'read']);
    assert.deepEqual(texts(window.entries), ['hello']);
    assert.deepEqual(store.receipts(direct)[bob], { delivered: 1, deliveredAt: 5, read: 1, readAt: 6 });
    assert.equal(window.conversation?.id, direct);
    await device.stop();
  });

  it('is refused with the reason, and can be sent again under its id, or given up', async () => {
    const device = await online(withGroup());
    const { server, store } = device;
    await server.pumpAll();
    server.refuse = ({ type }) => (type === 'message.send' ? refusal('blocked') : null);
    const window = await store.look({ conversation: group });
    const first = await store.send({ conversation: group }, 'one');
    const second = await store.send({ conversation: group }, 'two');
    await quiet();
    const shown = window.entries.slice(-2) as Message[];
    assert.deepEqual(
      shown.map(({ state, refusal: why }) => [state, why?.code]),
      [
        ['refused', 'blocked'],
        ['refused', 'blocked'],
      ],
    );
    await store.discard(second);
    server.refuse = null;
    await store.retry(first);
    await server.pumpAll();
    await quiet();
    assert.deepEqual(texts(window.entries), ['one']);
    assert.equal(window.entries.at(-1)?.key, first);
    await device.stop();
  });

  it('that was refused is still there after a restart', async () => {
    const device = await online(withGroup());
    device.server.refuse = ({ type }) => (type === 'message.send' ? refusal('blocked') : null);
    await device.store.send({ conversation: group }, 'one');
    await quiet();
    await device.restart();
    const window = await device.store.look({ conversation: group });
    assert.equal((window.entries.at(-1) as Message).state, 'refused');
    await device.stop();
  });

  it('too large is refused before it is shown', async () => {
    const device = await online(withGroup());
    const window = await device.store.look({ conversation: group });
    await assert.rejects(device.store.send({ conversation: group }, 'x'.repeat(70_000)), /too large|larger/);
    assert.deepEqual(texts(window.entries), []);
    await device.stop();
  });
});

describe('the list', () => {
  it('has what the server has, unread counts by all devices’ reading, and drafts', async () => {
    const server = withGroup();
    for (let i = 0; i < 5; i++) server.say(group, bob, `old ${i}`);
    server.cursors.set(group, 6);
    const device = await online(server);
    const { store } = device;
    const shown = () => store.conversation(group)!;
    assert.deepEqual(
      [shown().name, shown().role, shown().unread, shown().last?.content?.text],
      ['Boats', 'owner', 5, 'old 4'],
    );
    server.say(group, bob, 'new');
    await server.pumpAll();
    await quiet();
    assert.equal(shown().unread, 6);
    // Another device of one's own has read.
    await device.wire.receive(topics.inbox(me), {
      v: 1,
      type: 'receipts',
      conversation: group,
      receipts: [{ user: me, read: 6 }],
    });
    await quiet();
    assert.equal(shown().unread, 1);
    await store.setDraft(group, 'I am');
    await store.markRead(group);
    await device.restart();
    assert.deepEqual(
      [device.store.conversation(group)?.draft, device.store.conversation(group)?.unread],
      ['I am', 0],
    );
    assert.equal(server.read.get(group), 7);
    await device.stop();
  });

  it('goes by the server’s times', async () => {
    const server = withGroup();
    server.say(direct, bob, 'later');
    const device = await online(server, new MemoryStorage(), { now: () => 5 });
    await server.pumpAll();
    await quiet();
    assert.deepEqual(
      device.store.conversations.map(({ id }) => id),
      [direct, group],
    );
    server.say(group, bob, 'latest');
    await server.pumpAll();
    await quiet();
    assert.equal(device.store.conversations[0]?.id, group);
    await device.stop();
  });

  it('keeps a group that one was removed from, and says so', async () => {
    const device = await online(withGroup());
    device.server.append(group, 'members.removed', bob, { users: [me] });
    await device.server.pumpAll();
    await quiet();
    assert.deepEqual(
      [device.store.conversation(group)?.member, device.store.conversation(group)?.role],
      [false, null],
    );
    await device.stop();
  });
});

describe('a window', () => {
  it('is bounded both ways, and reads what it dropped from what is here', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 10, most: 20 });
    assert.deepEqual(
      texts(window.entries),
      Array.from({ length: 10 }, (_, i) => `${i + 50}`),
    );
    for (let i = 0; i < 9 && (await window.older()); i++) assert.ok(window.entries.length <= 20);
    assert.equal(window.atStart, true);
    assert.equal(window.atEnd, false);
    server.say(group, bob, 'new');
    await server.pumpAll();
    await quiet();
    assert.ok(!texts(window.entries).includes('new'), 'nobody looks at the end');
    // Offline: everything is here.
    await device.lose();
    while (await window.newer()) assert.ok(window.entries.length <= 20);
    assert.equal(texts(window.entries).at(-1), 'new');
    assert.equal(window.atEnd, true);
    await device.stop();
  });

  it('goes to a message far back, and on from there', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 5, most: 20 });
    await window.jump(20);
    assert.deepEqual(texts(window.entries), ['14', '15', '16', '17', '18', '19', '20', '21', '22', '23']);
    await window.newer();
    assert.equal(texts(window.entries).at(-1), '28');
    await window.latest();
    assert.equal(texts(window.entries).at(-1), '59');
    await device.stop();
  });

  it('says that a message is not here where there is no connection', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 5 });
    await device.lose();
    await assert.rejects(window.jump(20), /not here/);
    assert.equal(await window.older(), false);
    await device.stop();
  });
});

describe('content', () => {
  it('that disappears is gone when the server’s time has come, whatever this device’s clock says', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const server = withGroup();
    let now = 0; // 1970, as a device without a battery has it
    const device = await online(server, new MemoryStorage(), { now: () => now });
    await server.pumpAll();
    server.append(group, 'message', bob, {
      content: { type: 'text', text: 'secret' },
      expires: server.time + 11_000,
    });
    await server.pumpAll();
    await quiet();
    const window = await device.store.look({ conversation: group });
    assert.deepEqual(texts(window.entries), ['secret']);
    now += 9_000;
    test.mock.timers.tick(9_000);
    await quiet();
    assert.deepEqual(texts(window.entries), ['secret']);
    now += 1_000;
    test.mock.timers.tick(1_000);
    await quiet();
    assert.deepEqual(texts(window.entries), [null]);
    assert.equal((window.entries.at(-1) as Message).gone, 'expired');
    for (const [key, value] of await device.storage.list('store/')) assert.ok(!value.includes('secret'), key);
    await device.stop();
  });

  it('goes through the codec both ways; what cannot be decoded is shown as such', async () => {
    const turn = (text: string) => [...text].reverse().join('');
    const codec: ContentCodec = {
      encode: async (content) => ({ type: 'turned', turned: turn(String(content.text)) }),
      async decode(content) {
        if (content.type !== 'turned') throw new Error('not turned');
        return { type: 'text', text: turn(String((content as { turned?: unknown }).turned)) };
      },
    };
    const server = withGroup();
    const device = await online(server, new MemoryStorage(), { codec });
    await device.store.send({ conversation: group }, 'abc');
    await quiet();
    await server.pumpAll();
    server.append(group, 'message', bob, { content: { type: 'turned', turned: 'fed' } });
    server.say(group, bob, 'plain');
    server.append(group, 'message.edited', bob, { target: 3, content: { type: 'turned', turned: 'gfed' } });
    await server.pumpAll();
    await quiet();
    assert.deepEqual(server.came.find(({ type }) => type === 'message.send').content, {
      type: 'turned',
      turned: 'cba',
    });
    const window = await device.store.look({ conversation: group });
    assert.deepEqual(texts(window.entries), ['abc', 'defg', 'plain']);
    assert.deepEqual(
      window.entries
        .filter((entry) => entry.type === 'message')
        .map((entry) => (entry as Message).unreadable),
      [false, false, true],
    );
    assert.deepEqual(
      (await device.store.searchHere('DEF')).map(({ seq }) => seq),
      [3],
    );
    await device.stop();
  });

  it('that was hidden on another device is gone here too', async () => {
    const device = await online(withGroup());
    device.server.say(group, bob, 'ugly');
    await device.server.pumpAll();
    await quiet();
    const window = await device.store.look({ conversation: group });
    await device.wire.receive(topics.inbox(me), {
      v: 1,
      seq: 1,
      type: 'message.hidden',
      conversation: me,
      id: me,
      sender: { user: me, device: null },
      time: 1,
      target: { conversation: group, seq: 2 },
    });
    await quiet();
    assert.deepEqual(texts(window.entries), []);
    await device.stop();
  });

  it('of reactions that are counted and not named is asked of the server', async () => {
    const server = withGroup();
    server.say(group, bob, 'popular');
    const user = (at: number) => `01940000-0000-7000-8000-${String(at).padStart(12, '0')}`;
    for (let i = 0; i < 30; i++)
      server.append(group, 'message.reaction', user(i), { target: 2, emoji: '👍' });
    server.cursors.set(group, 32);
    const device = await online(server);
    const window = await device.store.look({ conversation: group });
    server.append(group, 'message.reaction', user(25), { target: 2, emoji: '🍝' });
    await server.pumpAll();
    await quiet();
    const { reactions } = window.entries.find(({ type }) => type === 'message') as Message;
    assert.deepEqual(
      reactions.map(({ emoji, count }) => [emoji, count]),
      [
        ['👍', 29],
        ['🍝', 1],
      ],
    );
    await device.stop();
  });
});

it('who types is told, and forgotten when nothing more is heard', async (test) => {
  test.mock.timers.enable({ apis: ['setTimeout'] });
  const device = await online(withGroup());
  const told: string[][] = [];
  device.store.on('typing', ({ users }) => told.push(users));
  const end = device.store.follow({ typing: group });
  const typing = (user: string, active: boolean) =>
    device.wire.receive(topics.typing(group), { v: 1, type: 'typing', conversation: group, user, active });
  await typing(bob, true);
  await typing(bob, true);
  await typing(me, true);
  test.mock.timers.tick(6_000);
  await typing(bob, true);
  await typing(bob, false);
  assert.deepEqual(told, [[bob], [], [bob], []]);
  device.store.compose(group);
  device.store.compose(group);
  assert.equal(device.wire.told.length, 1, 'said now and then');
  end();
  assert.equal(device.wire.watched.size, 0);
  await device.stop();
});

it('where there is no room the server keeps it: nothing is acknowledged, and it comes when there is', async () => {
  const server = withGroup();
  const device = await online(server);
  const { storage } = device;
  const { write } = storage;
  storage.write = async () => {
    throw new StorageFullError();
  };
  await assert.rejects(server.pump(group), StorageFullError);
  assert.ok(device.troubles.some((error) => error instanceof StorageFullError));
  storage.write = write;
  server.say(group, bob, 'two');
  await server.pumpAll();
  await quiet();
  const window = await device.store.look({ conversation: group });
  assert.deepEqual(
    window.entries.map(({ seq }) => seq),
    [1, 2],
  );
  assert.equal(device.store.conversation(group)?.unread, 1);
  await device.stop();
});

describe('what comes by two ways', () => {
  /** A group of ten messages, of which the device has acknowledged none. */
  function behind(): ModelServer {
    const server = withGroup();
    for (let i = 0; i < 10; i++) server.say(group, bob, `${i}`);
    return server;
  }
  const messageAt = (entries: readonly Entry[], seq: number) =>
    entries.find((entry) => entry.seq === seq) as Message;

  it('is not unread twice: listed, and then received', async () => {
    const device = await online(behind());
    assert.equal(device.store.conversation(group)?.unread, 10);
    await device.server.pumpAll();
    await quiet();
    assert.equal(device.store.conversation(group)?.unread, 10);
    await device.stop();
  });

  it('keeps what happened while a page was on its way', async () => {
    const server = behind();
    server.cursors.set(group, 11);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 4 });
    let answer = () => {};
    server.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const older = window.older();
    await quiet();
    server.append(group, 'message.reaction', bob, { target: 6, emoji: '👍' });
    server.append(group, 'message.deleted', bob, { target: 7 });
    await server.pumpAll();
    answer();
    await older;
    await quiet();
    assert.equal(messageAt(window.entries, 6).reactions[0]?.emoji, '👍');
    assert.equal(messageAt(window.entries, 7).gone, 'deleted');
    await device.stop();
  });

  it('does not go back to what it was: a page had the newest already', async () => {
    const server = behind();
    for (const text of ['first', 'second'])
      server.append(group, 'message.edited', bob, { target: 11, content: { type: 'text', text } });
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 4 });
    const seen = new Set<string>();
    const note = () => seen.add(String(messageAt(window.entries, 11)?.content?.text));
    note();
    window.on('change', note);
    await server.pumpAll();
    await quiet();
    assert.deepEqual([...seen], ['second']);
    await device.stop();
  });

  it('is whole where a number is nobody’s to read', async () => {
    const server = withGroup();
    server.cursors.set(group, 1);
    const device = await online(server);
    for (let i = 0; i < 4; i++) server.say(group, bob, `${i}`);
    await server.pump(group);
    await server.pump(group, true);
    server.streams.set(
      group,
      server.stream(group).map((event) => (event.seq === 3 ? { ...event, type: 'of.tomorrow' } : event)),
    );
    await server.pumpAll();
    await quiet();
    await device.lose();
    const window = await device.store.look({ conversation: group });
    assert.deepEqual(texts(window.entries), ['0', '2', '3']);
    await device.stop();
  });
});

describe('what arrives', () => {
  it('is told when it is kept: messages and notices, each once, and not pages of history', async () => {
    const server = withGroup();
    server.say(direct, bob, 'before');
    const device = await ModelDevice.started(server);
    const { store } = device;
    const told: unknown[] = [];
    store.on('arrived', (entries) => {
      for (const { type, seq, conversation } of entries) told.push([type, conversation, seq]);
    });
    await device.connect();
    const window = await store.look({ conversation: direct });
    assert.deepEqual(told, []);
    await server.pumpAll();
    server.append(direct, 'message.reaction', bob, { target: 1, emoji: '⛵' });
    await server.pumpAll();
    await device.wire.receive(topics.inbox(me), server.stream(direct)[0]);
    await quiet();
    assert.deepEqual(told, [
      ['notice', group, 1],
      ['message', direct, 1],
    ]);
    window.close();
    await device.stop();
  });

  it('is not told while it cannot be kept, and once when it can', async () => {
    const storage = new MemoryStorage();
    const device = await online(new ModelServer(), storage);
    const told: unknown[] = [];
    device.store.on('arrived', (entries) => told.push(...entries.map((entry) => entry.seq)));
    const { write } = storage;
    storage.write = async () => {
      throw new StorageFullError();
    };
    device.server.say(direct, bob, 'hello');
    await device.server.pump(direct).catch(() => {});
    await quiet();
    assert.deepEqual(told, []);
    storage.write = write;
    await device.wire.receive(topics.inbox(me), device.server.stream(direct)[0]);
    await quiet();
    assert.deepEqual(told, [1]);
    await device.stop();
  });

  it('can be read again by its number, where it is here', async () => {
    const device = await online();
    device.server.say(direct, bob, 'hello');
    await device.server.pumpAll();
    await quiet();
    assert.deepEqual(texts([(await device.store.entry(direct, 1))!]), ['hello']);
    assert.equal(await device.store.entry(direct, 2), null);
    await device.stop();
  });
});
