import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InWorld } from './fixtures/delivery-world.ts';
import { person } from './fixtures/delivery-world.ts';
import type { RawClient } from './fixtures/raw-client.ts';

interface Told {
  user: string;
  delivered?: number;
  read?: number;
}

/** What a device was told of somebody's receipts in a conversation, in the order it was told. */
function told({ received }: RawClient, conversation: string, user: string): Told[] {
  return received
    .filter(({ body }) => body.type === 'receipts' && body.conversation === conversation)
    .flatMap(({ body }) => body.receipts as Told[])
    .filter((receipt) => receipt.user === user);
}

export function receiptsConformance(inWorld: InWorld): void {
  describe('receipts', () => {
    it(
      'reach the sender of what was acknowledged, and nobody else',
      inWorld({}, async (world) => {
        const [alice, bob, carol] = [person(), person(), person()];
        const chat = await world.conversation(alice, bob, carol);
        const sender = await world.connect(alice, { acknowledges: true });
        const other = await world.connect(carol, { acknowledges: true });
        const receiver = await world.connect(bob, { acknowledges: true });
        const last = await world.say(chat, alice, 20);
        const arrived = () =>
          [bob, carol].every(({ user }) => told(sender, chat, user).at(-1)?.delivered === last);
        await sender.until(arrived);
        await receiver.untilReceived(last);
        await other.untilReceived(last);
        for (const client of [receiver, other]) await client.ping();
        for (const client of [receiver, other])
          assert.ok(client.received.every(({ body }) => body.type !== 'receipts'));
        assert.deepEqual(told(sender, chat, alice.user), []);
      }),
    );

    it(
      'are told as they are now to a sender who was away',
      inWorld({}, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const last = await world.say(chat, alice, 10);
        const receiver = await world.connect(bob, { acknowledges: true });
        await receiver.untilReceived(last);
        await receiver.ping();
        const sender = await world.connect(alice, { acknowledges: true });
        await sender.until(() => told(sender, chat, bob.user).length > 0);
        assert.deepEqual(
          told(sender, chat, bob.user).map(({ delivered }) => delivered),
          [last],
        );
      }),
    );

    it(
      'never go back, when a slower device of the same user acknowledges',
      inWorld({ window: 1, receiptFlushMs: 1 }, async (world) => {
        const [alice, phone] = [person(), person()];
        const laptop = person(phone.user);
        const chat = await world.conversation(alice, phone);
        const sender = await world.connect(alice, { acknowledges: true });
        const fast = await world.connect(phone, { acknowledges: true });
        const last = await world.say(chat, alice, 10);
        await fast.untilReceived(last);
        await sender.until(() => told(sender, chat, phone.user).at(-1)?.delivered === last);
        await fast.cut();
        const slow = await world.connect(laptop, { acknowledges: true });
        await slow.untilReceived(last);
        await slow.ping();
        const end = await world.say(chat, alice);
        await sender.until(() => told(sender, chat, phone.user).at(-1)?.delivered === end);
        const delivered = told(sender, chat, phone.user).map((receipt) => receipt.delivered!);
        assert.deepEqual(
          delivered,
          [...delivered].sort((a, b) => a - b),
        );
      }),
    );

    it(
      'that were in flight when the connection was lost come again as they are, not as they were',
      inWorld({ receiptFlushMs: 1, window: 64 }, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const sender = await world.connect(alice);
        const receiver = await world.connect(bob, { acknowledges: true });
        await world.say(chat, alice);
        await sender.until(() => told(sender, chat, bob.user).length > 0);
        await sender.cut();
        const last = await world.say(chat, alice, 5);
        await receiver.untilReceived(last);
        await receiver.ping();
        const again = await world.connect(alice, { acknowledges: true });
        await again.until(() => told(again, chat, bob.user).length > 0);
        assert.deepEqual(
          told(again, chat, bob.user).map(({ delivered }) => delivered),
          [last],
        );
        assert.ok(again.received.every(({ dup, body }) => !dup || body.type !== 'receipts'));
      }),
    );

    it(
      'of reading reach the sender and the reader’s other devices',
      inWorld({}, async (world) => {
        const [alice, bob] = [person(), person()];
        const chat = await world.conversation(alice, bob);
        const sender = await world.connect(alice, { acknowledges: true });
        const reader = await world.connect(bob, { acknowledges: true });
        const last = await world.say(chat, alice, 3);
        await reader.untilReceived(last);
        world.delivery.noteRead(bob.user, chat, last, 1_000);
        for (const client of [sender, reader]) {
          await client.until(() => told(client, chat, bob.user).some(({ read }) => read !== undefined));
          assert.equal(told(client, chat, bob.user).at(-1)?.read, last);
        }
      }),
    );
  });
}
