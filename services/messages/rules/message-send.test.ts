import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createWorld, somebody, type World } from '../../conversations/fixtures/world.ts';

for (const slowRelations of [false, true])
  describe(`sending, with what is known of users ${slowRelations ? 'looked up' : 'at hand'}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await createWorld({ slowRelations });
    });
    afterEach(() => world.dispose());

    it('makes the conversation of two by its first message, the same one from both sides', async () => {
      const { alice, bob } = world;
      const [first, second] = [await world.says(alice, bob, 'hello'), await world.says(bob, alice, 'hi')];
      assert.equal(first.stream, second.stream);
      assert.deepEqual([first.seq, second.seq], [1, 2]);
      assert.deepEqual(
        [first.says.kind, first.says.peer, second.says.peer],
        ['direct', bob.user, alice.user],
      );
      assert.deepEqual(
        world.told.map(({ joined }) => joined),
        [[alice.user, bob.user], undefined],
      );
      const byId = await world.says(alice, first.stream, 'by its id');
      assert.deepEqual([byId.seq, byId.says.peer], [3, bob.user]);
    });

    it('makes it once when both begin at the same time, each more than once', async () => {
      const { alice, bob, carol } = world;
      const all = await Promise.all([
        world.says(alice, bob, '1'),
        world.says(bob, alice, '2'),
        world.says(alice, bob, '3'),
        world.says(alice, carol, '4'),
      ]);
      assert.deepEqual(
        all.map(({ seq }) => seq),
        [1, 2, 3, 1],
      );
      const { conversations } = await world.asks(alice, { type: 'conversations.list' });
      assert.equal(conversations.length, 2);
    });

    it('makes nothing by a refused first message', async () => {
      const { alice, bob } = world;
      const text = { type: 'message.send', content: { type: 'text', text: 'x' } } as const;
      world.block(alice, bob);
      assert.equal(await world.codeOf(alice, { ...text, to: { user: bob.user } }), 'blocked');
      assert.equal(await world.codeOf(alice, { ...text, to: { user: somebody().user } }), 'user_not_found');
      assert.deepEqual(await world.store.memberships(alice.user), []);
      world.unblock(alice, bob);
      assert.equal((await world.says(alice, bob, 'x')).seq, 1);
    });

    it('keeps notes to oneself, for nobody else', async () => {
      const { alice, bob } = world;
      const note = await world.says(alice, alice, 'milk');
      assert.deepEqual([note.says.kind, note.says.peer], ['direct', alice.user]);
      assert.deepEqual(world.told[0]!.joined, [alice.user]);
      assert.equal((await world.says(alice, alice, 'bread', { reply_to: 1 })).seq, 2);
      const got = await world.asks(alice, { type: 'conversation.get', conversation: note.stream });
      assert.deepEqual([got.kind, got.peer, got.head], ['direct', alice.user, 2]);
      const listed = await world.asks(alice, { type: 'conversations.list' });
      const [first] = listed.conversations;
      assert.deepEqual([first.kind, first.peer, first.unread], ['direct', alice.user, 0]);
      const send = { type: 'message.send', to: { conversation: note.stream } } as const;
      const content = { type: 'text', text: 'x' } as const;
      assert.equal(await world.codeOf(bob, { ...send, content }), 'conversation_not_found');
    });

    it('refuses the blocked in both directions until unblocked; groups are not concerned', async () => {
      const { alice, bob } = world;
      await world.says(alice, bob, 'before');
      const group = await world.group(alice, [bob]);
      world.block(bob, alice);
      const content = { type: 'text', text: 'x' } as const;
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
      ] as const)
        assert.equal(
          await world.codeOf(from, { type: 'message.send', to: { user: to.user }, content }),
          'blocked',
        );
      await world.says(alice, group, 'here I may');
      world.unblock(bob, alice);
      assert.equal((await world.says(bob, alice, 'after')).seq, 2);
    });

    it('answers a retry of what was sent before the block with what it made', async () => {
      const { alice, bob } = world;
      const id = uuidv7();
      const asked = {
        type: 'message.send',
        to: { user: bob.user },
        content: { type: 'text', text: 'hello' },
      } as const;
      await world.does(alice, asked, id);
      world.block(alice, bob);
      const again = await world.outcome(alice, asked, id);
      assert.ok(again.ok && again.duplicate);
      assert.equal(again.event.seq, 1);
    });

    it('keeps what a message says of itself', async () => {
      const { alice, bob } = world;
      await world.says(alice, bob, 'hello');
      const { says } = await world.says(bob, alice, 'hi', {
        reply_to: 1,
        forwarded: 3,
        mentions: [alice.user],
      });
      assert.deepEqual([says.reply_to, says.forwarded, says.mentions], [1, 3, [alice.user]]);
      assert.ok(!('expires' in says));
    });

    it('mentions members, and leaves out the others', async () => {
      const { alice, bob, carol } = world;
      const group = await world.group(alice, [bob]);
      const said = await world.says(alice, group, 'hi', { mentions: [carol.user, bob.user, uuidv7()] });
      assert.deepEqual(said.says.mentions, [bob.user]);
      const none = await world.says(alice, group, 'hi', { mentions: [carol.user] });
      assert.ok(!('mentions' in none.says));
      const first = await world.says(alice, carol, 'hi', { mentions: [bob.user, carol.user] });
      assert.deepEqual(first.says.mentions, [carol.user]);
    });

    it('lets who came later answer what they may read: by the setting of when they came', async () => {
      const { alice, bob, carol } = world;
      const group = await world.group(alice, [], { history: 'all' });
      const { seq } = await world.says(alice, group, 'old');
      await world.does(alice, { type: 'group.add', conversation: group, users: [bob.user] });
      await world.does(alice, { type: 'group.update', conversation: group, history: 'joined' });
      await world.does(alice, { type: 'group.add', conversation: group, users: [carol.user] });
      assert.equal((await world.says(bob, group, 'I saw', { reply_to: seq })).says.reply_to, seq);
      const blind = {
        type: 'message.send',
        to: { conversation: group },
        content: { type: 'text', text: 'x' },
      } as const;
      assert.equal(await world.codeOf(carol, { ...blind, reply_to: seq }), 'message_not_found');
    });
  });
