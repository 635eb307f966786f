import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { createWorld, type Json, refusalOf, type World } from '../../conversations/fixtures/world.ts';
import type { UserReceipt } from '../cursors.ts';
import { messageStatus } from './message-status.ts';
import { receiptsGet } from './receipts-get.ts';

describe('who has a message', () => {
  let world: World;
  let alice: Actor;
  let bob: Actor;
  let carol: Actor;
  beforeEach(async () => {
    world = await createWorld();
    ({ alice, bob, carol } = world);
  });
  afterEach(() => world.dispose());

  const status = (who: Actor, message: string): Promise<Json> =>
    world.asks(who, { type: 'message.status', message });
  const delivered = ({ user, device }: Actor, stream: string, seq: number, time: number) =>
    world.cursors.save([{ device, user, stream, seq, time }]);
  const read = (who: Actor, conversation: string, seq: number) =>
    world.receipts.read(who, { v: 1, id: uuidv7(), type: 'receipt.read', conversation, seq });
  const byUser = (answer: Json) =>
    Object.fromEntries(answer.members.map(({ user, ...rest }: { user: string }) => [user, rest]));

  it('follows from the cursors of those it was sent to', async () => {
    const group = await world.group(alice, [bob, carol]);
    const first = await world.says(alice, group, 'one');
    const second = await world.says(alice, group, 'two');
    await delivered(bob, group, second.seq, 5_000);
    await read(carol, group, first.seq);
    const readAt = world.clock.time;
    const answer = await status(alice, first.id);
    assert.deepEqual([answer.message, answer.conversation, answer.seq], [first.id, group, first.seq]);
    assert.deepEqual([answer.members_count, answer.delivered_count, answer.read_count], [2, 2, 1]);
    assert.deepEqual(byUser(answer), {
      [bob.user]: { delivered: true, read: false, delivered_at: 5_000 },
      // Who has read it has it.
      [carol.user]: { delivered: true, read: true, read_at: readAt },
    });
    const then = await status(alice, second.id);
    assert.deepEqual([then.delivered_count, then.read_count], [1, 0]);
  });

  it('does not count those who came later, however far they have read; those who left since it does', async () => {
    const group = await world.group(alice, [bob]);
    const sent = await world.says(alice, group, 'before');
    await world.does(alice, { type: 'group.add', conversation: group, users: [carol.user] });
    const { seq } = await world.says(bob, group, 'after');
    await delivered(carol, group, seq, 5_000);
    await read(carol, group, seq);
    await world.does(bob, { type: 'group.leave', conversation: group });
    const answer = await status(alice, sent.id);
    assert.deepEqual(Object.keys(byUser(answer)), [bob.user]);
    assert.deepEqual([answer.members_count, answer.delivered_count, answer.read_count], [1, 0, 0]);
  });

  it('is told to its sender alone, and only while they are a member', async () => {
    const group = await world.group(alice, [bob]);
    const sent = await world.says(bob, group, 'hello');
    for (const who of [alice, carol]) assert.equal(await refusalOf(status(who, sent.id)), 'not_found');
    assert.equal(await refusalOf(status(bob, uuidv7())), 'not_found');
    assert.equal(await refusalOf(status(alice, group)), 'not_found', 'an event that is no message');
    await world.does(bob, { type: 'group.leave', conversation: group });
    assert.equal(await refusalOf(status(bob, sent.id)), 'not_a_member');
  });

  it('has nobody to tell of in a note to self', async () => {
    const note = await world.says(alice, alice, 'milk');
    const answer = await status(alice, note.id);
    assert.deepEqual([answer.members_count, answer.members], [0, []]);
  });

  it('counts all members of a large group, and names a thousand', async () => {
    const group = await world.group(alice, [bob]);
    const sent = await world.says(alice, group, 'hello');
    const crowd = Array.from({ length: 2_500 }, () => uuidv7());
    const receipt = { delivered: sent.seq, deliveredAt: 1, read: 0, readAt: null };
    const parts = {
      history: world.history,
      cursors: {
        receipts: async () => new Map([[group, crowd.map((user): UserReceipt => ({ user, ...receipt }))]]),
      },
      store: { membersAt: async () => [alice.user, ...crowd] },
      cache: {
        get: async () => ({
          conversation: await world.store.get(group),
          members: new Map([alice.user, ...crowd].map((user) => [user, 'member'])),
        }),
      },
    } as never;
    const query = { v: 1, id: uuidv7() } as const;
    const answer = (await messageStatus(parts).answer(alice, {
      ...query,
      type: 'message.status',
      message: sent.id,
    })) as Json;
    assert.deepEqual([answer.members_count, answer.delivered_count], [2_500, 2_500]);
    assert.equal(answer.members.length, 1_000);
    const asked = { ...query, type: 'receipts.get', conversation: group } as const;
    const got = (await receiptsGet(parts).answer(alice, asked)) as Json;
    assert.equal(got.receipts.length, 1_000);
  });

  it('is a list of the receipts of the members of now, the furthest first', async () => {
    const group = await world.group(alice, [bob, carol]);
    const { seq } = await world.says(alice, group, 'hello');
    const dave = world.arrives();
    await world.does(alice, { type: 'group.add', conversation: group, users: [dave.user] });
    await delivered(bob, group, seq, 1);
    await read(carol, group, seq);
    await read(dave, group, 1);
    await world.does(dave, { type: 'group.leave', conversation: group });
    const { receipts } = await world.asks(bob, { type: 'receipts.get', conversation: group });
    assert.deepEqual(
      receipts.map(({ user }: { user: string }) => user),
      [carol.user, bob.user],
    );
  });
});
