import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InWorld } from './fixtures/delivery-world.ts';
import { from, person } from './fixtures/delivery-world.ts';

/** Order, the window, acknowledgements, and devices that do not keep up. */
export function windowConformance(inWorld: InWorld): void {
  describe('the window', () => {
    it(
      'is never exceeded, and moves with each acknowledgement, in order',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const client = await world.connect(bob);
        await world.say(chat, alice, 20);
        await client.untilReceived(4);
        await client.ping();
        assert.deepEqual(client.seqs(chat), [1, 2, 3, 4]);
        client.acknowledge(client.unacknowledged[0]);
        await client.untilReceived(5);
        await client.ping();
        assert.deepEqual(client.seqs(chat), [1, 2, 3, 4, 5]);
        client.acknowledges = true;
        client.acknowledge();
        await client.untilReceived(21);
        assert.deepEqual(client.seqs(chat), from(1, 21));
        assert.equal(client.mostUnacknowledged, 4);
        assert.ok(client.received.every(({ dup, qos }) => !dup && qos === 1));
      }),
    );

    it(
      'moves the cursor over the acknowledged prefix only',
      inWorld({ window: 8, cursorFlushMs: 1 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const client = await world.connect(bob);
        await world.say(chat, alice, 3);
        await client.untilReceived(4);
        const [first, second, third, fourth] = client.unacknowledged.slice();
        client.acknowledge(fourth);
        client.acknowledge(second);
        await client.ping();
        assert.equal(await world.flushedCursor(bob, chat), 0);
        client.acknowledge(first);
        await client.ping();
        assert.equal(await world.flushedCursor(bob, chat), 2);
        client.acknowledge(third);
        await client.ping();
        assert.equal(await world.flushedCursor(bob, chat), 4);
      }),
    );

    it(
      'holds back a device that never acknowledges, and nobody else',
      inWorld({ window: 3 }, async (world) => {
        const [alice, bob, carol] = [person(), person(), person()];
        const chat = await world.conversation(alice, bob, carol);
        const silent = await world.connect(bob);
        const lively = await world.connect(carol, { acknowledges: true });
        await world.say(chat, alice, 50);
        await lively.untilReceived(51);
        await silent.ping();
        assert.deepEqual(silent.seqs(chat), [1, 2, 3]);
        assert.deepEqual(lively.seqs(chat), from(1, 51));
      }),
    );

    it(
      'lets two devices of one user be at different places',
      inWorld({ window: 2 }, async (world) => {
        const [alice, phone] = [person(), person()];
        const laptop = person(phone.user);
        const chat = await world.conversation(alice, phone);
        const slow = await world.connect(phone);
        const fast = await world.connect(laptop, { acknowledges: true });
        await world.say(chat, alice, 30);
        await fast.untilReceived(31);
        await slow.ping();
        assert.deepEqual(slow.seqs(chat), [1, 2]);
        await fast.ping();
        await slow.cut();
        await fast.cut();
        assert.equal(await world.flushedCursor(laptop, chat), 31);
        assert.equal(await world.flushedCursor(phone, chat), 0);
        const again = await world.connect(phone, { acknowledges: true });
        await again.untilReceived(31);
        assert.deepEqual(again.seqs(chat), from(1, 31));
      }),
    );

    it(
      'writes no more to a socket that is not read than fits into it',
      inWorld({ window: 1_000 }, async (world) => {
        const [alice, bob, carol] = [person(), person(), person()];
        const chat = await world.conversation(alice, bob, carol);
        const stuck = await world.connect(bob, { acknowledges: true });
        const lively = await world.connect(carol, { acknowledges: true });
        stuck.stopReading();
        const [rounds, perRound, bytes] = [10, 30, 60_000];
        for (let round = 1; round <= rounds; round++) {
          await world.say(chat, alice, perRound, 'x'.repeat(bytes));
          await lively.untilReceived(1 + round * perRound);
          // The socket's own mark (64 KiB), and the one packet that passes it.
          assert.ok(world.front.buffered(bob.device) <= 65_536 + 2 * bytes, 'bounded');
        }
        const last = 1 + rounds * perRound;
        assert.deepEqual(lively.seqs(chat), from(1, last));
        assert.ok(world.front.buffered(bob.device) > 0, 'it was stuck');
        stuck.read();
        await stuck.untilReceived(last);
        assert.deepEqual(stuck.seqs(chat), from(1, last));
      }),
    );

    it(
      'has room for answers, in the order they were given, and closes who lets too many wait',
      inWorld({ window: 2 }, async (world) => {
        const bob = person();
        const client = await world.connect(bob, { inbox: false });
        assert.equal(world.delivery.toDevice(bob, '{"n":0}'), false);
        await client.subscribe(`users/${bob.user}/devices/${bob.device}/inbox`);
        for (let n = 1; n <= 200; n++) assert.equal(world.delivery.toDevice(bob, `{"n":${n}}`), true);
        await client.untilReceived(2);
        let hadRoom = false;
        const room = world.delivery.room(bob)!.then(() => {
          hadRoom = true;
        });
        await client.ping();
        assert.equal(hadRoom, false);
        client.acknowledges = true;
        client.acknowledge();
        await client.untilReceived(200);
        await room;
        assert.deepEqual(
          client.received.map(({ body }) => body.n),
          from(1, 200),
        );
        assert.equal(client.mostUnacknowledged, 2);
        client.acknowledges = false;
        while (world.delivery.toDevice(bob, '{"n":0}'));
        await client.until(() => client.closed);
        assert.ok(client.received.length <= 202);
      }),
    );
  });
}
