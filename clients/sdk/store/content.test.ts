import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../../protocol/topics.ts';
import type { ContentCodec } from '../codec.ts';
import { online, texts, withGroup } from '../fixtures/chat.ts';
import { bob, group, me, quiet } from '../fixtures/model-server.ts';
import { MemoryStorage } from '../storage.ts';
import type { Message } from './entries.ts';

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
