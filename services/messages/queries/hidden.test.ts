import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createWorld, type World } from '../../conversations/fixtures/world.ts';

describe('a message deleted for oneself', () => {
  let world: World;
  let direct: string;
  beforeEach(async () => {
    world = await createWorld();
    direct = world.direct(world.alice, world.bob);
    for (const text of ['a word', 'another word', 'the last word'])
      await world.says(world.bob, world.alice, text);
  });
  afterEach(() => world.dispose());

  const hide = (seq: number) => world.does(world.alice, { type: 'message.hide', conversation: direct, seq });
  const texts = (events: { content: { text: string } }[]) => events.map(({ content }) => content.text);

  it('is shown to oneself nowhere, and to the other as before', async () => {
    const { alice, bob } = world;
    const event = await hide(2);
    assert.deepEqual(
      [event.stream, event.seq, event.says.target],
      [alice.user, 1, { conversation: direct, seq: 2 }],
    );
    await hide(3);
    // The same number elsewhere is another message.
    const other = await world.says(bob, bob, 'a word to myself');
    await world.does(bob, { type: 'message.hide', conversation: other.stream, seq: 1 });

    const page = (who: typeof alice) => world.asks(who, { type: 'messages.list', conversation: direct });
    assert.deepEqual(texts((await page(alice)).events), ['a word']);
    assert.deepEqual([(await page(alice)).first, (await page(alice)).last], [1, 3]);
    assert.deepEqual(texts((await page(bob)).events), ['a word', 'another word', 'the last word']);

    const search = (who: typeof alice) => world.asks(who, { type: 'messages.search', query: 'word' });
    assert.deepEqual(texts((await search(alice)).events), ['a word']);
    assert.deepEqual(texts((await search(bob)).events), ['the last word', 'another word', 'a word']);

    const last = async (who: typeof alice) => {
      const { conversations } = await world.asks(who, { type: 'conversations.list' });
      return conversations.find(({ id }: { id: string }) => id === direct).last?.content.text ?? null;
    };
    assert.deepEqual([await last(alice), await last(bob)], [null, 'the last word']);
  });

  it('does not end paging, also when a page is empty for it', async () => {
    for (const seq of [1, 2]) await hide(seq);
    const first = await world.asks(world.alice, {
      type: 'messages.list',
      conversation: direct,
      after: 0,
      limit: 2,
    });
    assert.deepEqual([first.events, first.last, first.more], [[], 2, true]);
    const asked = { type: 'messages.search', query: 'word', limit: 1 } as const;
    let found = await world.asks(world.alice, asked);
    assert.deepEqual(texts(found.events), ['the last word']);
    found = await world.asks(world.alice, { ...asked, cursor: found.next });
    assert.deepEqual(found.events, []);
    assert.notEqual(found.next, null);
  });

  it('can be hidden twice, and stays hidden after a restart', async () => {
    await hide(3);
    await hide(3);
    await world.restart();
    const { events } = await world.asks(world.alice, { type: 'messages.list', conversation: direct });
    assert.deepEqual(texts(events), ['a word', 'another word']);
  });
});
