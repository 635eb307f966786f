import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import type { InWorld } from './fixtures/delivery-world.ts';
import { from, person } from './fixtures/delivery-world.ts';

/** Where a device gets its streams, and how. */
export function subscriptionsConformance(inWorld: InWorld): void {
  describe('subscriptions', () => {
    it(
      'to conversations bring each on its own topic, without an inbox',
      inWorld({}, async (world) => {
        const [alice, bot] = [person(), person()];
        const [a, b] = [await world.conversation(alice, bot), await world.conversation(alice, bot)];
        const client = await world.connect(bot, { inbox: false, acknowledges: true });
        await client.subscribe(topics.events(a));
        await world.say(b, alice);
        await world.say(a, alice);
        await client.untilReceived(2);
        await client.ping();
        assert.deepEqual(
          client.received.map(({ topic, body }) => [topic, body.seq]),
          [
            [topics.events(a), 1],
            [topics.events(a), 2],
          ],
        );
        await client.subscribe(topics.events('+'));
        await client.untilReceived(4);
        assert.deepEqual(client.seqs(b), [1, 2]);
        assert.equal(client.received[3]!.topic, topics.events(b));
      }),
    );

    it(
      'to all conversations, and nothing else, bring what was missed while away, once, from a joining to a removal',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bot, carl] = [person(), person(), person()];
        const chat = await world.conversation(alice, bot);
        const first = await world.connect(bot, { inbox: false, acknowledges: true });
        await first.subscribe(topics.events('+'));
        await first.untilReceived(1);
        await world.flushedCursor(bot, chat);
        await first.cut();
        await world.say(chat, alice, 9);
        const again = await world.connect(bot, { inbox: false, acknowledges: true });
        await again.subscribe(topics.events('+'));
        await again.untilReceived(9);
        assert.deepEqual(again.seqs(chat), from(2, 10));
        // Another one, and out of the first.
        const other = await world.conversation(alice, bot, carl);
        const removal = await world.leave(chat, bot);
        await world.say(chat, alice, 3);
        const last = await world.say(other, alice);
        await again.until(() => again.seqs(other).at(-1) === last && again.seqs(chat).at(-1) === removal);
        await again.ping();
        assert.deepEqual(again.seqs(chat), from(2, removal));
        assert.deepEqual(again.seqs(other), from(1, last));
        assert.ok(again.received.every(({ topic, qos }) => qos === 1 && topic !== topics.inbox(bot.user)));
      }),
    );

    it(
      'that overlap bring each event once, on the inbox',
      inWorld({}, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const client = await world.connect(bob, { acknowledges: true });
        await client.subscribe(topics.events('+'));
        await client.subscribe(topics.events(chat));
        await world.say(chat, alice, 20);
        await client.untilReceived(21);
        await client.ping();
        assert.deepEqual(client.seqs(chat), from(1, 21));
        assert.ok(client.received.every(({ topic }) => topic === topics.inbox(bob.user)));
      }),
    );

    it(
      'at QoS 0 bring what is live; the backlog waits for QoS 1',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        await world.say(chat, alice, 9);
        const client = await world.connect(bob, { inbox: false });
        await client.subscribe(topics.inbox(bob.user), 0);
        await client.ping();
        // It has begun when this one comes; what is before it is not to come.
        let last = await world.say(chat, alice);
        while (client.received.length === 0) {
          await client.ping();
          last = await world.say(chat, alice);
        }
        last = await world.say(chat, alice, 20);
        await client.until(() => client.seqs(chat).at(-1) === last);
        const live = client.seqs(chat);
        assert.deepEqual(live, from(live[0]!, last));
        assert.ok(live[0]! > 10);
        assert.ok(client.received.every(({ qos, packetId }) => qos === 0 && packetId === undefined));
        assert.equal(await world.flushedCursor(bob, chat), 0);
        await client.unsubscribe(topics.inbox(bob.user));
        const before = client.received.length;
        client.acknowledges = true;
        await client.subscribe(topics.inbox(bob.user), 1);
        await client.untilReceived(before + last);
        assert.deepEqual(client.seqs(chat, before), from(1, last));
      }),
    );

    it(
      'that end stop what comes, not what was sent, and go on where they were',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        await world.say(chat, alice, 19);
        const client = await world.connect(bob);
        await client.untilReceived(4);
        await client.unsubscribe(topics.inbox(bob.user));
        client.acknowledge();
        await client.ping();
        await client.ping();
        assert.deepEqual(client.seqs(chat), [1, 2, 3, 4]);
        assert.equal(await world.flushedCursor(bob, chat), 4);
        client.acknowledges = true;
        await client.subscribe(topics.inbox(bob.user));
        await client.untilReceived(20);
        assert.deepEqual(client.seqs(chat), from(1, 20));
      }),
    );

    it(
      'that ended do not keep what was in flight from being delivered again',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const first = await world.connect(bob);
        await first.untilReceived(1);
        await first.unsubscribe(topics.inbox(bob.user));
        await first.cut();
        await world.say(chat, alice);
        const second = await world.connect(bob, { inbox: false, acknowledges: true });
        await second.untilReceived(1);
        await second.ping();
        assert.deepEqual(
          second.received.map(({ dup, body }) => [dup, body.seq]),
          [[true, 1]],
        );
      }),
    );

    it(
      'to somebody else’s inbox bring nothing',
      inWorld({}, async (world) => {
        const [alice, bob, eve] = [person(), person(), person()];
        const chat = await world.conversation(alice, bob, eve);
        const client = await world.connect(eve, { inbox: false, acknowledges: true });
        await client.subscribe(topics.inbox(bob.user));
        await client.subscribe(topics.deviceInbox(bob.user, bob.device));
        await world.say(chat, alice);
        await client.subscribe(topics.inbox(eve.user));
        await client.untilReceived(2);
        assert.ok(client.received.every(({ topic }) => topic === topics.inbox(eve.user)));
      }),
    );
  });
}
