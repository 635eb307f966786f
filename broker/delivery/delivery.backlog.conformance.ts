import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InWorld } from './fixtures/delivery-world.ts';
import { from, person } from './fixtures/delivery-world.ts';

/** What a device missed, and what happens while it catches up. */
export function backlogConformance(inWorld: InWorld): void {
  describe('the backlog', () => {
    it(
      'of thousands in many conversations comes in order, and all conversations have their turns',
      inWorld({ window: 32 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const long = await world.conversation(alice, bob);
        await world.say(long, alice, 2_999);
        const others = await Promise.all(
          Array.from({ length: 20 }, async () => {
            const chat = await world.conversation(alice, bob);
            await world.say(chat, alice, 99);
            return chat;
          }),
        );
        const client = await world.connect(bob, { acknowledges: true });
        await client.untilReceived(5_000);
        assert.deepEqual(client.seqs(long), from(1, 3_000));
        for (const chat of others) assert.deepEqual(client.seqs(chat), from(1, 100));
        assert.equal(client.received.length, 5_000);
        const ends = others.map((chat) =>
          client.received.findLastIndex(({ body }) => body.conversation === chat),
        );
        const half = client.received.findIndex(
          ({ body }) => body.conversation === long && body.seq === 2_500,
        );
        for (const end of ends) assert.ok(end < half, 'short conversations do not wait for the long one');
        assert.ok(client.mostUnacknowledged <= 32);
      }),
    );

    it(
      'and what is written meanwhile come without a gap or a repetition',
      inWorld({ window: 16 }, async (world) => {
        const [alice, bob, carol] = [person(), person(), person()];
        const chat = await world.conversation(alice, bob, carol);
        await world.say(chat, alice, 499);
        // Somebody is up to date: so the newest are in memory as well.
        const live = await world.connect(carol, { acknowledges: true });
        await live.untilReceived(500);
        const client = await world.connect(bob, { acknowledges: true });
        for (let i = 0; i < 50; i++) await world.say(chat, alice, 10);
        await client.untilReceived(1_000);
        await live.untilReceived(1_000);
        assert.deepEqual(client.seqs(chat), from(1, 1_000));
        assert.deepEqual(live.seqs(chat), from(1, 1_000));
      }),
    );

    it(
      'shows as removed what was removed while the device caught up',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        await world.say(chat, alice, 299);
        const client = await world.connect(bob);
        await client.untilReceived(4);
        // In the page that is being sent; further on; and in memory, as it is live.
        await world.say(chat, alice, 10);
        for (const seq of [50, 200, 305]) await world.remove(chat, seq, alice);
        client.acknowledges = true;
        client.acknowledge();
        await client.untilReceived(313);
        assert.deepEqual(client.seqs(chat), from(1, 313));
        for (const { body } of client.received) {
          if (body.type !== 'message') continue;
          assert.equal(body.deleted ?? false, [50, 200, 305].includes(body.seq), `${body.seq}`);
          assert.equal(body.content === undefined, [50, 200, 305].includes(body.seq));
        }
      }),
    );

    it(
      'is what happened while the user was a member, and nothing else',
      inWorld({ window: 8 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice);
        await world.say(chat, alice, 9);
        const live = await world.connect(bob, { acknowledges: true });
        assert.equal(await world.join(chat, bob), 11);
        await world.say(chat, alice, 4);
        assert.equal(await world.leave(chat, bob), 16);
        await world.say(chat, alice, 4);
        assert.equal(await world.join(chat, bob), 21);
        await world.say(chat, alice, 4);
        const expected = [...from(11, 16), ...from(21, 25)];
        await live.untilReceived(expected.length);
        await live.ping();
        assert.deepEqual(live.seqs(chat), expected);
        // A device of his that was away all the time.
        const away = await world.connect(person(bob.user), { acknowledges: true });
        await away.untilReceived(expected.length);
        await away.ping();
        assert.deepEqual(away.seqs(chat), expected);
      }),
    );

    it(
      'has every conversation that begins while devices connect',
      inWorld({ window: 64 }, async (world) => {
        const [alice, bob] = [person(), person()];
        for (let i = 0; i < 10; i++) await world.conversation(alice, bob);
        const connecting = world.connect(bob, { acknowledges: true });
        const chats: string[] = [];
        for (let i = 0; i < 30; i++) {
          const chat = await world.conversation(alice);
          chats.push(chat);
          await world.sayFirst(chat, alice, bob);
        }
        const client = await connecting;
        await client.until(() => chats.every((chat) => client.seqs(chat).length === 1));
        for (const chat of chats) assert.deepEqual(client.seqs(chat), [2]);
      }),
    );

    it(
      'of the first message between two reaches the devices of both',
      inWorld({}, async (world) => {
        const [alice, bob] = [person(), person()];
        const devices = [alice, person(alice.user), bob, person(bob.user)];
        const clients = await Promise.all(devices.map((one) => world.connect(one, { acknowledges: true })));
        await world.account(bob.user, 'profile.updated');
        await clients[2]!.untilReceived(1);
        const chat = '0190c000-0000-7000-8000-000000000000';
        await world.sayFirst(chat, alice, bob);
        for (const client of clients) {
          await client.until(() => client.seqs(chat).length > 0);
          assert.deepEqual(client.seqs(chat), [1]);
        }
        assert.deepEqual(clients[0]!.seqs(bob.user), []);
      }),
    );

    it(
      'of a new device begins where its user’s streams are, and is no receipt',
      inWorld({}, async (world) => {
        const [alice, phone] = [person(), person()];
        const laptop = person(phone.user);
        const chat = await world.conversation(alice, phone);
        await world.say(chat, alice, 5);
        await world.account(phone.user, 'profile.updated');
        await world.delivery.initialise(laptop.device, laptop.user);
        await world.account(phone.user, 'device.added');
        await world.say(chat, alice);
        const client = await world.connect(laptop);
        await client.untilReceived(2);
        await client.ping();
        assert.deepEqual(client.seqs(chat), [7]);
        assert.deepEqual(client.seqs(laptop.user), [2]);
        assert.deepEqual((await world.stores.cursors.receipts([chat])).get(chat) ?? [], []);
      }),
    );
  });
}
