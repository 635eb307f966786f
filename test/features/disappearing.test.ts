/** Content that is to disappear does: on time, for everybody, also when the server was down when its time came. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

const content = (text: string) => ({ type: 'text', text });
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('disappearing messages', { timeout: 120_000 }, () => {
  const on = scene('--messages.sweepSeconds=1');
  const { meet } = on;
  /** Waits until nothing of it can be read any more. */
  const untilGone = async (reader: Person, conversation: string, seq: number) => {
    for (let tries = 0; tries < 200; tries++) {
      const event = (await reader.reads(conversation)).find((e) => e.seq === seq);
      if (event.content === undefined) return event;
      await later(50);
    }
    throw new Error('the content is still there');
  };

  for (const way of ways) {
    it(`a time to live (${way}): the content goes, the place stays, and it cannot be found any more`, async () => {
      const [alice, bob] = [await meet(way, 'alice'), await meet(way, 'bob')];
      const sent = await alice.says({ user: bob.user }, 'a fleeting flounder', { ttl: 1 });
      const { conversation } = sent;
      assert.equal(sent.expires, sent.time + 1_000);
      assert.equal((await bob.hears((p) => p.id === sent.id, 'the message')).expires, sent.expires);
      await alice.does('message.edit', { conversation, seq: 1, content: content('a fleeting flatfish') });
      const kept = await alice.says({ conversation }, 'a lasting lobster');
      const gone = await untilGone(bob, conversation, 1);
      assert.equal(gone.expired, true);
      const events = await bob.reads(conversation);
      assert.deepEqual(
        events.map((e) => e.seq),
        [1, 2, 3],
      );
      assert.equal(JSON.stringify(events).includes('fleeting'), false);
      assert.deepEqual((await bob.does('messages.search', { query: 'fleeting' })).events, []);
      assert.equal((await bob.does('messages.search', { query: 'lobster' })).events[0].id, kept.id);
      assert.equal(
        await bob.isRefused('message.react', { conversation, seq: 1, emoji: '👍' }),
        'message_deleted',
      );
    });

    it(`the timer of a conversation (${way}) holds for what is sent after it was set, and is switched off`, async () => {
      const [alice, bob] = [await meet(way, 'alice'), await meet(way, 'bob')];
      const { conversation } = await alice.says({ user: bob.user }, 'before the timer');
      const set = await alice.does('conversation.timer', { conversation, seconds: 1 });
      await bob.hears((p) => p.id === set.id && p.seconds === 1, 'the timer');
      assert.equal((await bob.does('conversation.get', { conversation })).timer, 1);
      const short = await bob.says({ conversation }, 'under the timer');
      assert.equal(short.expires, short.time + 1_000);
      await alice.does('conversation.timer', { conversation, seconds: null });
      const long = await bob.says({ conversation }, 'after the timer');
      assert.equal(long.expires, undefined);
      await untilGone(alice, conversation, short.seq);
      assert.deepEqual(
        (await alice.reads(conversation)).map((e) => e.content?.text),
        ['before the timer', undefined, undefined, undefined, 'after the timer'],
      );
    });
  }

  it('what came due while the server was down is gone when it is back, also for who was away', async () => {
    const [alice, bob] = [await meet('mqtt', 'alice'), await meet('mqtt', 'bob')];
    const hello = await alice.says({ user: bob.user }, 'hello');
    await bob.hears((p) => p.id === hello.id, 'the first message');
    await bob.device.close();
    const { conversation } = hello;
    const sent = await alice.says({ conversation }, 'gone in a second', { ttl: 1 });
    const lasting = await alice.says({ conversation }, 'and this stays');
    await on.server.kill9();
    await later(Math.max(0, sent.expires - Date.now()) + 50);
    await on.server.start();
    const back = on.kept(await Person.on(on.server, 'mqtt', bob.device.account));
    await back.hears((p) => p.id === lasting.id, 'what stays');
    const tombstone = await back.hears((p) => p.id === sent.id, 'the place of what is gone');
    assert.deepEqual([tombstone.seq, tombstone.content, tombstone.expired], [2, undefined, true]);
    assert.deepEqual(
      (await back.reads(conversation)).map((e) => e.content?.text),
      ['hello', undefined, 'and this stays'],
    );
  });
});
