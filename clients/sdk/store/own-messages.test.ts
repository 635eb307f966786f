import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { refusal } from '../../../protocol/errors.ts';
import { topics } from '../../../protocol/topics.ts';
import { online, texts, withGroup } from '../fixtures/chat.ts';
import { ModelDevice } from '../fixtures/device.ts';
import { bob, direct, group, me, quiet } from '../fixtures/model-server.ts';
import type { Message } from './entries.ts';

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

  it('asked twice under one id is one message: on its way, refused, or sent long ago', async () => {
    const device = await online(withGroup());
    const { server, store } = device;
    const window = await store.look({ conversation: group });
    const ids = Array.from({ length: 3 }, () => uuidv7());
    const ask = async (at: number) => {
      assert.equal(await store.send({ conversation: group }, `say ${at}`, { id: ids[at]! }), ids[at]);
      await quiet();
    };
    server.refuse = ({ type }) => (type === 'message.send' ? refusal('blocked') : null);
    await ask(0);
    await ask(0);
    assert.deepEqual(texts(window.entries), ['say 0']);
    await store.discard(ids[0]!);
    server.refuse = null;
    await Promise.all([ask(1), ask(1)]);
    await server.pumpAll();
    await quiet();
    await ask(2);
    await server.pumpAll();
    await quiet();
    // The server says what it made of it the first time, and no event comes again.
    await ask(1);
    await server.pumpAll();
    await quiet();
    assert.deepEqual(
      window.entries.slice(1).map((entry) => [entry.key, entry.seq !== null]),
      [
        [ids[1], true],
        [ids[2], true],
      ],
    );
    // Nothing is kept as if it were still on its way.
    const kept = await device.storage.list('');
    assert.deepEqual(
      kept.filter(([key]) => key.includes('/pending/') || key.startsWith('outbox/')),
      [],
    );
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
