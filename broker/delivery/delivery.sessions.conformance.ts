import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InWorld } from './fixtures/delivery-world.ts';
import { from, person } from './fixtures/delivery-world.ts';
import type { RawClient } from './fixtures/raw-client.ts';

const sent = ({ received }: RawClient) =>
  received.map(({ packetId, dup, body }) => ({ packetId, dup, seq: body.seq }));

/** Lost connections, persistent and clean sessions, take-overs, restarts. */
export function sessionsConformance(inWorld: InWorld): void {
  describe('sessions', () => {
    it(
      'deliver again what was not acknowledged: first, in order, with DUP and the same packet identifiers',
      inWorld({ window: 6 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const [a, b] = [await world.conversation(alice, bob), await world.conversation(alice, bob)];
        const first = await world.connect(bob);
        await first.untilReceived(2);
        await world.say(b, alice, 2);
        await world.say(a, alice, 2);
        await first.untilReceived(6);
        // The second one acknowledged: it does not come again.
        first.acknowledge(first.received[1]!.packetId);
        await first.ping();
        await first.cut();
        await world.say(a, alice, 3);
        const second = await world.connect(bob, { inbox: false });
        assert.equal(second.sessionPresent, true);
        await second.untilReceived(5);
        const lost = first.received.filter((_, i) => i !== 1);
        assert.deepEqual(
          second.received.slice(0, 5),
          lost.map((one) => ({ ...one, dup: true })),
        );
        second.acknowledges = true;
        second.acknowledge();
        await second.untilReceived(8);
        assert.ok(second.received.slice(5).every(({ dup }) => !dup));
        assert.deepEqual(second.seqs(a, 5), [4, 5, 6]);
      }),
    );

    it(
      'deliver again over several lost connections, and more than a page, until it is acknowledged',
      inWorld({ window: 150 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        await world.say(chat, alice, 199);
        const first = await world.connect(bob);
        await first.untilReceived(150);
        await first.cut();
        const expected = sent(first).map((one) => ({ ...one, dup: true }));
        for (let i = 0; i < 2; i++) {
          const again = await world.connect(bob);
          await again.untilReceived(150);
          assert.deepEqual(sent(again), expected);
          await again.cut();
        }
        const last = await world.connect(bob, { acknowledges: true });
        await last.untilReceived(200);
        assert.deepEqual(last.seqs(chat), from(1, 200));
        assert.equal(last.received.filter(({ dup }) => dup).length, 150);
      }),
    );

    it(
      'that are clean have nothing of an earlier session, but everything that was not acknowledged',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const persistent = await world.connect(bob);
        await world.say(chat, alice, 5);
        await persistent.untilReceived(4);
        persistent.acknowledge(persistent.unacknowledged[0]);
        await persistent.ping();
        await persistent.cut();
        const clean = await world.connect(bob, { clean: true });
        await clean.untilReceived(4);
        assert.deepEqual(clean.seqs(chat), [2, 3, 4, 5]);
        assert.ok(clean.received.every(({ dup }) => !dup));
        await clean.cut();
        const later = await world.connect(bob);
        assert.equal(later.sessionPresent, false);
        await later.untilReceived(4);
        assert.deepEqual(later.seqs(chat), [2, 3, 4, 5]);
        assert.ok(later.received.every(({ dup }) => !dup));
      }),
    );

    it(
      'know what was acknowledged just before the connection was lost',
      // Long enough that nothing is written while the test runs, but by the lost connection.
      inWorld({ cursorFlushMs: 60_000 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        for (let round = 1; round <= 5; round++) {
          const client = await world.connect(bob, { clean: round % 2 === 0 });
          const seq = round === 1 ? 1 : await world.say(chat, alice);
          await client.untilReceived(1);
          assert.deepEqual(client.seqs(chat), [seq]);
          client.acknowledge();
          await client.ping();
          await client.cut();
        }
        assert.equal(await world.flushedCursor(bob, chat), 5);
      }),
    );

    it(
      'are taken over by a new connection with the same client id',
      inWorld({ window: 3 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const first = await world.connect(bob);
        await world.say(chat, alice, 9);
        await first.untilReceived(3);
        const second = await world.connect(bob);
        await first.until(() => first.closed);
        await second.untilReceived(3);
        assert.deepEqual(
          sent(second),
          sent(first).map((one) => ({ ...one, dup: true })),
        );
        second.acknowledges = true;
        second.acknowledge();
        await second.untilReceived(10);
        assert.deepEqual(second.seqs(chat), from(1, 10));
        assert.equal(first.received.length, 3);
      }),
    );

    it(
      'that many connections want at once go to one of them, which gets everything once',
      inWorld({ window: 5 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        for (let round = 0; round < 5; round++) {
          const clients = await Promise.all(
            Array.from({ length: 6 }, () => world.connect(bob, { acknowledges: true })),
          );
          const last = await world.say(chat, alice, 10);
          const hasAll = (client: RawClient) => client.seqs(chat).includes(last);
          await Promise.race(clients.map((client) => client.until(() => hasAll(client))));
          const survivor = clients.find(hasAll)!;
          await survivor.ping();
          assert.equal(clients.filter((client) => !client.closed).length, 1);
          const seqs = survivor.seqs(chat);
          assert.deepEqual(seqs, from(seqs[0]!, last));
          assert.ok(seqs.length >= 10);
          await survivor.cut();
        }
      }),
    );

    it(
      'go on from the cursors after a restart, and deliver as new what was not acknowledged',
      inWorld({ window: 4 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const client = await world.connect(bob);
        await world.say(chat, alice, 9);
        await client.untilReceived(4);
        client.acknowledge(client.unacknowledged[0]);
        client.acknowledge(client.unacknowledged[0]);
        await client.untilReceived(6);
        await world.restart();
        const again = await world.connect(bob, { inbox: false, acknowledges: true });
        assert.equal(again.sessionPresent, true);
        await again.untilReceived(8);
        assert.deepEqual(again.seqs(chat), from(3, 10));
        assert.ok(again.received.every(({ dup }) => !dup));
      }),
    );

    it(
      'deliver again an answer, and removed content as removed',
      inWorld({}, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const first = await world.connect(bob);
        await first.subscribe(`users/${bob.user}/devices/${bob.device}/inbox`);
        const seq = await world.say(chat, alice);
        await first.untilReceived(2);
        assert.equal(world.delivery.toDevice(bob, '{"answer":1}'), true);
        await first.untilReceived(3);
        await first.cut();
        await world.remove(chat, seq, alice);
        const second = await world.connect(bob);
        await second.untilReceived(4);
        assert.deepEqual(
          second.received.map(({ dup, packetId }) => ({ dup, packetId })),
          [
            ...first.received.map(({ packetId }) => ({ dup: true, packetId })),
            { dup: false, packetId: second.received[3]!.packetId },
          ],
        );
        assert.equal(second.received[1]!.body.deleted, true);
        assert.equal(second.received[1]!.body.content, undefined);
        assert.deepEqual(second.received[2]!.body, { answer: 1 });
      }),
    );

    it(
      'of a device that is forgotten leave nothing, whatever waited to be written',
      inWorld({ cursorFlushMs: 60_000 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const client = await world.connect(bob);
        await world.say(chat, alice, 3);
        await client.untilReceived(4);
        client.acknowledge();
        await client.ping();
        await world.delivery.forgetDevice(bob.device);
        await client.cut();
        assert.equal(await world.flushedCursor(bob, chat), 0);
        const receipts = await world.stores.cursors.receipts([chat]);
        assert.equal(receipts.get(chat)?.find(({ user }) => user === bob.user)?.delivered, 4);
      }),
    );
  });
}
