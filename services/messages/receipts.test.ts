import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../actor.ts';
import { createWorld, refusalOf, type World } from '../conversations/fixtures/world.ts';

describe('reading', () => {
  let world: World;
  let alice: Actor;
  let bob: Actor;
  let direct: string;
  let told: [user: string, conversation: string, seq: number, at: number][];

  const listen = () => world.receipts.onRead((...said) => told.push(said));
  beforeEach(async () => {
    world = await createWorld();
    ({ alice, bob } = world);
    direct = world.direct(alice, bob);
    told = [];
    listen();
    for (const text of ['one', 'two', 'three']) await world.says(alice, bob, text);
  });
  afterEach(() => world.dispose());

  const read = (who: Actor, conversation: string, seq: number) =>
    world.receipts.read(who, { v: 1, id: uuidv7(), type: 'receipt.read', conversation, seq });
  const cursor = async (who: Actor) => (await world.cursors.readsOf(who.user)).get(direct);

  it('is kept, told, and counted', async () => {
    await read(bob, direct, 2);
    assert.deepEqual(told, [[bob.user, direct, 2, world.clock.time]]);
    const [listed] = (await world.asks(bob, { type: 'conversations.list' })).conversations;
    assert.deepEqual([listed.read, listed.unread], [2, 1]);
  });

  it('only grows: what repeats or goes back changes nothing and is told to nobody', async () => {
    await read(bob, direct, 2);
    await read(bob, direct, 2);
    await read(bob, direct, 1);
    assert.equal(told.length, 1);
    assert.equal(await cursor(bob), 2);
    await Promise.all([read(bob, direct, 3), read(bob, direct, 1)]);
    assert.equal(await cursor(bob), 3);
  });

  it('is the user’s, whichever device reads, and outlives a restart', async () => {
    await read(bob, direct, 1);
    await read({ ...bob, device: uuidv7() }, direct, 3);
    await world.restart();
    listen();
    assert.equal(await cursor(bob), 3);
    await read(bob, direct, 2);
    assert.equal(told.length, 2);
  });

  it('ends at the newest event', async () => {
    assert.equal(await refusalOf(read(bob, direct, 4)), 'message_not_found');
    assert.equal(await refusalOf(read(bob, direct, Number.MAX_SAFE_INTEGER)), 'message_not_found');
    assert.equal(await cursor(bob), undefined);
    assert.deepEqual(told, []);
    await read(bob, direct, 3);
  });

  it('is for members', async () => {
    const group = await world.group(alice, [bob]);
    await world.does(bob, { type: 'group.leave', conversation: group });
    for (const [who, conversation] of [
      [world.carol, direct],
      [world.carol, group],
      [bob, group],
      [bob, uuidv7()],
      // Streams of accounts and devices are nobody's conversations, their owners' included.
      [bob, bob.user],
      [alice, bob.device],
    ] as const)
      assert.equal(await refusalOf(read(who, conversation, 1)), 'conversation_not_found');
    assert.deepEqual(told, []);
  });

  it('goes on while blocked: it tells of what was accepted before', async () => {
    world.block(alice, bob);
    await read(bob, direct, 3);
    assert.equal(await cursor(bob), 3);
  });
});
