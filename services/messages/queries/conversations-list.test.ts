import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Actor } from '../../actor.ts';
import { createWorld, type Json, refusalOf, type World } from '../../conversations/fixtures/world.ts';
import { conversationsList } from './conversations-list.ts';
import { writeCursor } from './page-cursor.ts';

describe('the list of conversations', () => {
  let world: World;
  let alice: Actor;
  let bob: Actor;
  beforeEach(async () => {
    world = await createWorld();
    ({ alice, bob } = world);
  });
  afterEach(() => world.dispose());

  const list = (who: Actor, fields: object = {}): Promise<Json> =>
    world.asks(who, { type: 'conversations.list', ...fields });

  it('says of each what a list shows', async () => {
    const group = await world.group(alice, [bob], { photo: 'https://example.org/a.png' });
    await world.says(alice, bob, 'one');
    const two = await world.says(alice, bob, 'two');
    await world.receipts.read(bob, {
      v: 1,
      id: two.id,
      type: 'receipt.read',
      conversation: two.stream,
      seq: 1,
    });
    const readAt = world.clock.time;
    const { conversations, next } = await list(bob);
    assert.equal(next, null);
    const [direct, ofGroup] = conversations;
    const { last, ...rest } = direct;
    assert.deepEqual(rest, {
      id: world.direct(alice, bob),
      kind: 'direct',
      peer: alice.user,
      timer: null,
      head: 2,
      time: two.time,
      read: 1,
      unread: 1,
      muted_until: null,
      pinned: false,
      archived: false,
      receipts: [{ user: bob.user, delivered: 0, read: 1, read_at: readAt }],
    });
    assert.deepEqual([last.seq, last.content.text], [2, 'two']);
    assert.deepEqual(
      [ofGroup.id, ofGroup.kind, ofGroup.name, ofGroup.photo, ofGroup.history, ofGroup.role],
      [group, 'group', 'A group', 'https://example.org/a.png', 'joined', 'member'],
    );
    assert.deepEqual([ofGroup.last, ofGroup.unread, ofGroup.head], [null, 0, 1]);
    const mine = (await list(alice)).conversations[0];
    assert.deepEqual([mine.peer, mine.unread], [bob.user, 0], 'what one wrote oneself is not unread');
  });

  it('pages without gaps and repeats, also over equal times', async () => {
    const expected: string[] = [];
    for (let i = 0; i < 7; i++) {
      if (i % 3 === 0) world.clock.time += 1_000;
      const time = world.clock.time;
      expected.unshift(await world.group(alice, []));
      // Two or three groups of the same millisecond.
      world.clock.time = time;
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Json = await list(alice, { limit: 2, ...(cursor === null ? {} : { cursor }) });
      assert.ok(page.conversations.length > 0);
      seen.push(...page.conversations.map(({ id }: { id: string }) => id));
      cursor = page.next;
    } while (cursor !== null);
    assert.deepEqual(seen.toSorted(), expected.toSorted());
    assert.deepEqual(
      seen,
      (await list(alice)).conversations.map(({ id }: { id: string }) => id),
    );
  });

  it('loses none of the rest when one moves to the top between two pages', async () => {
    const groups = [];
    for (let i = 0; i < 4; i++) groups.unshift(await world.group(alice, []));
    const first = await list(alice, { limit: 2 });
    await world.says(alice, groups[3]!, 'up');
    const second = await list(alice, { limit: 2, cursor: first.next });
    assert.deepEqual(
      second.conversations.map(({ id }: { id: string }) => id),
      [groups[2]],
    );
    assert.equal(second.next, null);
    assert.equal((await list(alice, { limit: 1 })).conversations[0].id, groups[3]);
  });

  it('names the peer when the content of the last message is gone, and when the message is', async () => {
    const { seq, stream } = await world.says(bob, alice, 'regretted');
    await world.does(bob, { type: 'message.delete', conversation: stream, seq });
    const peers = await Promise.all([alice, bob].map(async (who) => (await list(who)).conversations[0].peer));
    assert.deepEqual(peers, [bob.user, alice.user]);

    const conversation = (await world.store.get(stream))!;
    const members = new Map((await world.store.members(stream)).map(({ user, role }) => [user, role]));
    const { answer } = conversationsList({
      history: { heads: async () => new Map(), unread: async () => new Map() } as never,
      cursors: world.cursors,
      store: world.store,
      cache: { get: async () => ({ conversation, members }) } as never,
      preferences: { all: async () => new Map() } as never,
    });
    const raw = (await answer(alice, { v: 1, id: seq, type: 'conversations.list' } as never)) as {
      text: string;
    };
    const [listed] = JSON.parse(raw.text).conversations;
    assert.deepEqual([listed.peer, listed.head, listed.last], [bob.user, 0, null]);
  });

  it('asks the same few things, however many conversations there are', async () => {
    for (let i = 0; i < 5; i++) await world.says(alice, world.arrives(), 'hello');
    const counted = async (limit: number) => {
      let asked = 0;
      const counting = <T extends object>(port: T): T =>
        new Proxy(port, {
          get(target, name) {
            asked++;
            const member = Reflect.get(target, name);
            return typeof member === 'function' ? member.bind(target) : member;
          },
        });
      const rules = conversationsList({
        history: counting(world.history),
        cursors: counting(world.cursors),
        store: counting(world.store),
        cache: counting({} as never),
        preferences: counting(world.preferences),
      });
      await rules.answer(alice, { v: 1, id: alice.user, type: 'conversations.list', limit });
      return asked;
    };
    assert.equal(await counted(5), await counted(1));
  });

  it('refuses cursors that it did not make', async () => {
    const forged = [
      'x',
      '',
      writeCursor([1]),
      writeCursor(['1', 'x']),
      writeCursor([1, 'x', 2]),
      Buffer.from('{"0":1,"1":"x","length":2}').toString('base64url'),
      Buffer.from('[1,"x"').toString('base64url'),
    ];
    for (const cursor of forged) assert.equal(await refusalOf(list(alice, { cursor })), 'bad_cursor', cursor);
    assert.equal(await refusalOf(list(alice, { cursor: writeCursor([1, 'x']) })), 'answered');
  });
});
