import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../../protocol/topics.ts';
import { online, texts, withGroup } from '../fixtures/chat.ts';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, group, ModelServer, me, quiet } from '../fixtures/model-server.ts';
import { MemoryStorage, StorageFullError } from '../storage.ts';
import type { Entry, Message } from './entries.ts';

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
