import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { createWorld, type Json, refusalOf, type World } from '../../conversations/fixtures/world.ts';

/**
 * One group whose messages are words. What each of its people may read, by whatever question, is what was said while they were
 * in, or everything before where the setting at their joining said so.
 */
describe('what can be read', () => {
  let world: World;
  let group: string;
  let owner: Actor;
  /** Came after "early", while the history was closed. */
  let late: Actor;
  /** Came after "early", while it was open. */
  let invited: Actor;
  /** Left before "middle". */
  let gone: Actor;
  /** Left before "middle", and came back before "final". */
  let back: Actor;
  const seqOf: Record<string, number> = {};

  const say = async (word: string) => {
    seqOf[word] = (await world.says(owner, group, word)).seq;
  };
  const add = (who: Actor) =>
    world.does(owner, { type: 'group.add', conversation: group, users: [who.user] });
  const leave = (who: Actor) => world.does(who, { type: 'group.leave', conversation: group });

  before(async () => {
    world = await createWorld();
    owner = world.alice;
    [late, invited, gone, back] = [1, 2, 3, 4].map(() => world.arrives()) as [Actor, Actor, Actor, Actor];
    group = await world.group(owner, [gone, back]);
    await say('early');
    await leave(gone);
    await leave(back);
    // What becomes of "early" after they left.
    const content = { type: 'text', text: 'early amended' } as const;
    await world.does(owner, { type: 'message.edit', conversation: group, seq: seqOf.early!, content });
    await world.does(owner, { type: 'message.react', conversation: group, seq: seqOf.early!, emoji: '👀' });
    await say('middle');
    await add(late);
    await world.does(owner, { type: 'group.update', conversation: group, history: 'all' });
    await add(invited);
    await world.does(owner, { type: 'group.update', conversation: group, history: 'joined' });
    await add(back);
    await say('final');
  });
  after(() => world.dispose());

  const expected: [who: string, actor: () => Actor, words: string[]][] = [
    ['the owner', () => owner, ['early', 'middle', 'final']],
    ['who came later', () => late, ['final']],
    ['who came later to an open history', () => invited, ['early', 'middle', 'final']],
    ['who left', () => gone, ['early']],
    ['who left and came back', () => back, ['early', 'final']],
  ];

  const wordsIn = (events: Json[]) =>
    events.filter(({ type }) => type === 'message').map(({ content }) => content.text);

  for (const [who, actor, words] of expected) {
    it(`${who}: ${words.join(', ')}; paging in either direction, whatever the size of the page`, async () => {
      for (const limit of [1, 2, 3, 50]) {
        for (const direction of ['after', 'before'] as const) {
          const pages: Json[][] = [];
          let at = direction === 'after' ? 0 : 1_000;
          for (let more = true; more; ) {
            const asked = { type: 'messages.list', conversation: group, limit } as const;
            const page = await world.asks(actor(), { ...asked, [direction]: at });
            pages.push(page.events);
            more = page.more && page.events.length > 0;
            at = direction === 'after' ? page.last : page.first;
          }
          const events = (direction === 'after' ? pages : pages.reverse()).flat();
          assert.deepEqual(wordsIn(events), words);
          assert.deepEqual(
            events.map(({ seq }) => seq),
            events.map(({ seq }) => seq).toSorted((a, b) => a - b),
          );
        }
      }
    });

    it(`${who}: by search as well`, async () => {
      for (const word of ['early', 'middle', 'final'])
        for (const conversation of [group, undefined]) {
          const asked = { type: 'messages.search', query: word } as const;
          const { events } = await world.asks(actor(), conversation ? { ...asked, conversation } : asked);
          // By a text it has now: what was edited after one left is not found.
          const finds = words.includes(word) && !(word === 'early' && [gone, back].includes(actor()));
          assert.deepEqual(wordsIn(events), finds ? [word] : [], word);
        }
    });
  }

  it('shows what became of a message to those who were there, and not to those who had left', async () => {
    const early = async (actor: Actor) => {
      const asked = { type: 'messages.list', conversation: group, after: seqOf.early! - 1 } as const;
      return (await world.asks(actor, { ...asked, limit: 1 })).events[0];
    };
    for (const actor of [owner, invited]) {
      const { edited, reactions } = await early(actor);
      assert.equal(edited.content.text, 'early amended');
      assert.deepEqual(reactions, [{ emoji: '👀', count: 1, users: [owner.user] }]);
    }
    for (const actor of [gone, back]) {
      const { content, edited, reactions } = await early(actor);
      assert.deepEqual([content.text, edited, reactions], ['early', undefined, undefined]);
    }
    assert.deepEqual((await world.asks(back, { type: 'messages.search', query: 'amended' })).events, []);
    assert.equal((await world.asks(owner, { type: 'messages.search', query: 'amended' })).events.length, 1);
  });

  it('lists no last message and counts nothing unread that one may not read', async () => {
    const newest = world.arrives();
    await add(newest);
    const [listed] = (await world.asks(newest, { type: 'conversations.list' })).conversations;
    assert.deepEqual([listed.id, listed.last, listed.unread], [group, null, 0]);
    await say('postscript');
    const [then] = (await world.asks(newest, { type: 'conversations.list' })).conversations;
    assert.deepEqual([then.last.content.text, then.unread], ['postscript', 1]);
    const [ofInvited] = (await world.asks(invited, { type: 'conversations.list' })).conversations;
    assert.equal(ofInvited.unread, 2, 'what was before one came was never unread');
    assert.deepEqual((await world.asks(gone, { type: 'conversations.list' })).conversations, []);
  });

  it('answers nothing about a conversation to those who were never in it', async () => {
    const stranger = world.arrives();
    await world.says(owner, late, 'psst');
    for (const conversation of [group, world.direct(owner, late), owner.user, owner.device, uuidv7()]) {
      const codes = await Promise.all(
        (['messages.list', 'conversation.get', 'members.list', 'receipts.get'] as const).map((type) =>
          refusalOf(world.asks(stranger, { type, conversation })),
        ),
      );
      const member = conversation === group ? 'not_a_member' : 'conversation_not_found';
      assert.deepEqual(codes, ['conversation_not_found', member, member, member]);
      const search = world.asks(stranger, { type: 'messages.search', query: 'psst', conversation });
      assert.equal(await refusalOf(search), 'conversation_not_found');
    }
    assert.deepEqual((await world.asks(stranger, { type: 'messages.search', query: 'psst' })).events, []);
  });

  it('answers nothing about members and receipts to those who have left', async () => {
    for (const type of ['conversation.get', 'members.list', 'receipts.get'] as const)
      assert.equal(await refusalOf(world.asks(gone, { type, conversation: group })), 'not_a_member');
  });
});
