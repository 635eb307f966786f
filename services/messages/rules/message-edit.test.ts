import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Actor } from '../../actor.ts';
import { createWorld, type World } from '../../conversations/fixtures/world.ts';

const EDIT_MS = 10_000;

describe('editing and deleting', () => {
  let world: World;
  let alice: Actor;
  let bob: Actor;
  let direct: string;
  beforeEach(async () => {
    world = await createWorld({ editMs: EDIT_MS });
    ({ alice, bob } = world);
    direct = world.direct(alice, bob);
  });
  afterEach(() => world.dispose());

  const edit = (seq: number, text: string, fields: object = {}) =>
    ({
      type: 'message.edit',
      conversation: direct,
      seq,
      content: { type: 'text', text },
      ...fields,
    }) as const;
  const shown = async (who: Actor, seq: number) => {
    const page = await world.asks(who, {
      type: 'messages.list',
      conversation: direct,
      after: seq - 1,
      limit: 1,
    });
    return page.events[0];
  };
  const found = async (query: string) => {
    const { events } = await world.asks(bob, { type: 'messages.search', query });
    return events.map(({ seq }: { seq: number }) => seq);
  };

  it('replaces what is shown and found, and keeps how it was', async () => {
    await world.says(alice, bob, 'helo');
    const edited = await world.does(alice, edit(1, 'hello'));
    assert.deepEqual([edited.seq, edited.says.target, edited.says.content.text], [2, 1, 'hello']);
    const message = await shown(bob, 1);
    assert.deepEqual(
      [message.content.text, message.edited.content.text, message.edited.count],
      ['helo', 'hello', 1],
    );
    assert.deepEqual([await found('hello'), await found('helo')], [[1], []]);
  });

  it('ends with the window, by when message and edit arrived', async () => {
    const sent = await world.says(alice, bob, 'helo');
    // The next look at the clock is one later: exactly at the end of the window.
    world.clock.time = sent.time + EDIT_MS - 1;
    await world.does(alice, edit(1, 'in time'));
    assert.equal(await world.codeOf(alice, edit(1, 'too late')), 'edit_too_late');
    assert.equal((await shown(bob, 1)).edited.content.text, 'in time');
  });

  it('keeps the mentions, or has new ones, of members', async () => {
    const carol = world.carol.user;
    await world.says(alice, bob, 'bob!', { mentions: [bob.user] });
    assert.deepEqual((await world.does(alice, edit(1, 'Bob!'))).says.mentions, [bob.user]);
    const other = await world.does(alice, edit(1, 'me!', { mentions: [alice.user, carol] }));
    assert.deepEqual(other.says.mentions, [alice.user]);
    assert.ok(!('mentions' in (await world.does(alice, edit(1, 'nobody', { mentions: [] }))).says));
  });

  it('expires with the message it edits', async () => {
    const sent = await world.says(alice, bob, 'short', { ttl: 5 });
    const edited = await world.does(alice, edit(1, 'shorter'));
    assert.deepEqual([edited.expires, edited.says.expires], [sent.expires, sent.expires]);
    await world.history.expire(sent.expires!, 100);
    const events = await world.history.read(direct, 0, 10, 1e6);
    assert.deepEqual(
      events.map(({ body }) => [JSON.parse(body).expired, JSON.parse(body).content]),
      [
        [true, undefined],
        [true, undefined],
      ],
    );
    assert.deepEqual(await found('shorter'), []);
  });

  it('deletes for everyone: content, edits, reactions, search; the number stays', async () => {
    await world.says(alice, bob, 'regretted');
    await world.does(alice, edit(1, 'regretted more'));
    await world.does(bob, { type: 'message.react', conversation: direct, seq: 1, emoji: '👍' });
    const deleted = await world.does(alice, { type: 'message.delete', conversation: direct, seq: 1 });
    assert.deepEqual([deleted.seq, deleted.says.target], [4, 1]);
    const page = await world.asks(bob, { type: 'messages.list', conversation: direct });
    assert.deepEqual(
      page.events.map((e: { seq: number }) => e.seq),
      [1, 2, 3, 4],
    );
    assert.ok(!JSON.stringify(page).includes('regretted'));
    assert.deepEqual(
      [page.events[0].deleted, page.events[0].reactions, page.events[0].peer],
      [true, undefined, bob.user],
    );
    assert.deepEqual(await found('regretted'), []);
    assert.equal(world.told.at(-1)!.erased, 1);
  });

  it('lets administrators delete what members said, not change it', async () => {
    const group = await world.group(alice, [bob, world.carol]);
    await world.does(alice, { type: 'group.role', conversation: group, user: bob.user, role: 'admin' });
    const { seq } = await world.says(world.carol, group, 'rude');
    assert.equal(await world.codeOf(bob, { ...edit(seq, 'nice'), conversation: group }), 'not_the_sender');
    await world.does(bob, { type: 'message.delete', conversation: group, seq });
    const target = await world.history.get(group, seq);
    assert.equal(JSON.parse(target!.body).deleted, true);
  });

  it('counts reactions once a user, the newest of each', async () => {
    await world.says(alice, bob, 'hello');
    const react = (who: Actor, emoji: string | null) =>
      world.does(who, { type: 'message.react', conversation: direct, seq: 1, emoji });
    await react(alice, '👍');
    await react(bob, '👍');
    await react(bob, '🎉');
    assert.deepEqual((await shown(bob, 1)).reactions, [
      { emoji: '👍', count: 1, users: [alice.user] },
      { emoji: '🎉', count: 1, users: [bob.user] },
    ]);
    await react(alice, null);
    assert.deepEqual((await shown(bob, 1)).reactions, [{ emoji: '🎉', count: 1, users: [bob.user] }]);
  });
});
