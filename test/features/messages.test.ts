/** What can be done with messages, over MQTT and over HTTP alike. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { login } from '../harness/account.ts';
import { Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

const text = (value: string) => ({ type: 'text', text: value });

describe('messages', { timeout: 120_000 }, () => {
  const on = scene();

  for (const way of ways) {
    describe(`over ${way}`, () => {
      let alice: Person;
      let bob: Person;
      const meet = (name: string) => on.meet(way, name);
      /** A second device of a person. */
      const again = async (person: Person) => {
        const device = await person.another();
        on.kept(device);
        return device;
      };
      /** Each test has a conversation of its own, whose numbers begin at 1. */
      const talk = async () => {
        [alice, bob] = [await meet('alice'), await meet('bob')];
        const first = await alice.says({ user: bob.user }, 'an unmistakable herring');
        assert.equal(first.seq, 1);
        return first.conversation as string;
      };

      it('edit: everybody gets the new content, history shows it beside the old one and keeps every version', async () => {
        const conversation = await talk();
        for (const [i, content] of ['a haddock', 'a halibut'].entries()) {
          const edited = await alice.does('message.edit', { conversation, seq: 1, content: text(content) });
          const heard = await bob.hears((p) => p.id === edited.id, 'the edit');
          assert.deepEqual(heard, edited);
          assert.deepEqual(
            [heard.type, heard.seq, heard.target, heard.content],
            ['message.edited', i + 2, 1, text(content)],
          );
        }
        const events = await bob.reads(conversation);
        assert.deepEqual(
          events.map((e) => e.content.text),
          ['an unmistakable herring', 'a haddock', 'a halibut'],
        );
        assert.deepEqual(events[0].edited.content, text('a halibut'));
        assert.equal(events[0].edited.count, 2);
        assert.equal(events[0].edited.at, events[2].time);
      });

      it('delete for everyone: a tombstone keeps the place, and no content is left, of its edits neither', async () => {
        const conversation = await talk();
        await alice.does('message.edit', { conversation, seq: 1, content: text('a better herring') });
        const deleted = await alice.does('message.delete', { conversation, seq: 1 });
        await bob.hears((p) => p.id === deleted.id && p.target === 1, 'the deletion');
        const after = await alice.says({ conversation }, 'next');
        assert.equal(after.seq, 4);
        for (const reader of [alice, bob]) {
          const events = await reader.reads(conversation);
          assert.deepEqual(
            events.map((e) => [e.seq, e.type, e.content?.text]),
            [
              [1, 'message', undefined],
              [2, 'message.edited', undefined],
              [3, 'message.deleted', undefined],
              [4, 'message', 'next'],
            ],
          );
          assert.equal(events[0].deleted, true);
          assert.equal(JSON.stringify(events).includes('herring'), false);
          assert.deepEqual((await reader.does('messages.search', { query: 'herring' })).events, []);
        }
      });

      it('delete for everyone: who was away gets the tombstone, not the content', async () => {
        const conversation = await talk();
        await bob.device.until(() => bob.device.texts.length === 1, 'the first message');
        await bob.device.close();
        const slip = await alice.says({ conversation }, 'a slip of the tongue');
        await alice.does('message.delete', { conversation, seq: slip.seq });
        const back = on.kept(await Person.on(on.server, way, bob.device.account));
        await back.hears((p) => p.type === 'message.deleted', 'the deletion');
        const tombstone = await back.hears((p) => p.id === slip.id, 'the tombstone');
        assert.deepEqual([tombstone.seq, tombstone.deleted, tombstone.content], [2, true, undefined]);
      });

      it('delete for me: gone on all devices of mine, there for everybody else', async () => {
        const conversation = await talk();
        await bob.says({ conversation }, 'and an eel');
        const tablet = await again(bob);
        const hidden = await bob.does('message.hide', { conversation, seq: 1 });
        for (const device of [bob, tablet]) {
          const heard = await device.hears((p) => p.id === hidden.id, 'the hiding');
          assert.deepEqual(
            [heard.type, heard.conversation, heard.target],
            ['message.hidden', bob.user, { conversation, seq: 1 }],
          );
          assert.deepEqual(
            (await device.reads(conversation)).map((e) => e.seq),
            [2],
          );
        }
        assert.deepEqual(
          (await alice.reads(conversation)).map((e) => e.seq),
          [1, 2],
        );
        await alice.hasNotHeard((p) => p.type === 'message.hidden', 'alice heard of it');
      });

      it('react: one reaction a person, replaced and taken back, counted in history', async () => {
        const conversation = await talk();
        const shown = async () => (await alice.reads(conversation))[0].reactions;
        await bob.does('message.react', { conversation, seq: 1, emoji: '👍' });
        const second = await alice.does('message.react', { conversation, seq: 1, emoji: '👍' });
        const heard = await bob.hears((p) => p.id === second.id, 'the reaction');
        assert.deepEqual([heard.type, heard.target, heard.emoji], ['message.reaction', 1, '👍']);
        const [both] = await shown();
        assert.deepEqual([both.emoji, both.count], ['👍', 2]);
        assert.deepEqual(new Set(both.users), new Set([alice.user, bob.user]));
        await bob.does('message.react', { conversation, seq: 1, emoji: '🐟' });
        assert.deepEqual(
          new Map((await shown()).map((r: { emoji: string; users: string[] }) => [r.emoji, r.users])),
          new Map([
            ['👍', [alice.user]],
            ['🐟', [bob.user]],
          ]),
        );
        await bob.does('message.react', { conversation, seq: 1, emoji: null });
        await alice.does('message.react', { conversation, seq: 1, emoji: null });
        assert.deepEqual((await shown()) ?? [], []);
      });

      it('reply, mention, forward and typed content arrive as they were sent', async () => {
        const conversation = await talk();
        const content = { type: 'sensor.reading', celsius: 21.5, text: '21.5 °C', nested: { a: [1, null] } };
        const more = { reply_to: 1, mentions: [bob.user], forwarded: 3 };
        const sent = await alice.does('message.send', { to: { conversation }, content, ...more });
        const heard = await bob.hears((p) => p.id === sent.id, 'the message');
        const [, kept] = await bob.reads(conversation);
        for (const event of [sent, heard, kept]) {
          const { reply_to, mentions, forwarded } = event;
          assert.deepEqual({ reply_to, mentions, forwarded }, more);
          assert.deepEqual(event.content, content);
        }
      });

      it('read page by page in both directions', async () => {
        const conversation = await talk();
        for (let n = 2; n <= 11; n++) await alice.says({ conversation }, `message ${n}`);
        const numbers = async (at: object) => {
          const page = await bob.does('messages.list', { conversation, limit: 4, ...at });
          const seqs = page.events.map((e: { seq: number }) => e.seq);
          assert.deepEqual([page.first, page.last], [seqs[0] ?? 0, seqs.at(-1) ?? 0]);
          return { seqs, more: page.more };
        };
        assert.deepEqual(await numbers({}), { seqs: [8, 9, 10, 11], more: true });
        assert.deepEqual(await numbers({ before: 8 }), { seqs: [4, 5, 6, 7], more: true });
        assert.deepEqual(await numbers({ before: 4 }), { seqs: [1, 2, 3], more: false });
        assert.deepEqual(await numbers({ before: 1 }), { seqs: [], more: false });
        assert.deepEqual(await numbers({ after: 0 }), { seqs: [1, 2, 3, 4], more: true });
        assert.deepEqual(await numbers({ after: 8 }), { seqs: [9, 10, 11], more: false });
        assert.deepEqual(await numbers({ after: 11 }), { seqs: [], more: false });
      });

      it('search: finds words in one’s own conversations, follows edits, and finds nothing of others', async () => {
        const conversation = await talk();
        const mallory = await meet('mallory');
        const found = async (who: Person, query: string, more: object = {}) =>
          (await who.does('messages.search', { query, ...more })).events.map((e: { id: string }) => e.id);
        const sent = await alice.says({ conversation }, 'Meet me at the Lighthouse, tomorrow');
        assert.deepEqual(await found(bob, 'lighthouse'), [sent.id]);
        assert.deepEqual(await found(bob, 'lighthouse', { conversation }), [sent.id]);
        assert.deepEqual(await found(bob, 'tomorrow lighthouse'), [sent.id]);
        assert.deepEqual(await found(mallory, 'lighthouse'), []);
        await alice.does('message.edit', { conversation, seq: sent.seq, content: text('at the pier') });
        assert.deepEqual(await found(bob, 'lighthouse'), []);
        assert.deepEqual(await found(bob, 'pier'), [sent.id]);
        // Every operator of a full-text query language is a plain word here, or is refused: never a server error.
        for (const query of ['"', '*', 'a OR b', 'NEAR(a b)', 'text:x', '-', '(((', "'; --"]) {
          const answer = await bob.does('messages.search', { query }).catch((error) => error);
          assert.ok(Array.isArray(answer.events) || /bad_query/.test(String(answer)), `${query}: ${answer}`);
        }
      });

      it('search: page by page, newest first, each once', async () => {
        const conversation = await talk();
        const sent: string[] = [];
        for (let n = 0; n < 7; n++) sent.unshift((await alice.says({ conversation }, `cormorant ${n}`)).id);
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await bob.does('messages.search', {
            query: 'cormorant',
            limit: 3,
            ...(cursor === null ? {} : { cursor }),
          });
          found.push(...page.events.map((e: { id: string }) => e.id));
          cursor = page.next;
        } while (cursor !== null);
        assert.deepEqual(found, sent);
      });

      it('note to self: on all devices of mine, and nobody else’s', async () => {
        const conversation = await talk();
        const tablet = await again(alice);
        const note = await alice.says({ user: alice.user }, 'buy salt');
        const heard = await tablet.hears((p) => p.id === note.id, 'the note');
        assert.deepEqual(heard, note);
        assert.notEqual(note.conversation, conversation);
        assert.deepEqual(
          (await tablet.reads(note.conversation)).map((e) => e.content.text),
          ['buy salt'],
        );
        const shown = await tablet.does('conversation.get', { conversation: note.conversation });
        assert.equal(shown.peer, alice.user);
        const listed = (await tablet.does('conversations.list')).conversations;
        assert.equal(listed[0].id, note.conversation);
        const second = await tablet.says({ conversation: note.conversation }, 'and pepper');
        assert.equal(second.seq, 2);
        await bob.hasNotHeard((p) => p.id === note.id || p.id === second.id, 'bob heard a note of alice');
        assert.match(
          await bob.isRefused('messages.list', { conversation: note.conversation }),
          /conversation_not_found|not_a_member/,
        );
      });

      it('the same command again, by either way, makes nothing and returns the first event', async () => {
        const conversation = await talk();
        const id = uuidv7();
        const fields = { to: { conversation }, content: text('once') };
        const first = await alice.does('message.send', fields, id);
        const otherWay = way === 'mqtt' ? 'http' : 'mqtt';
        const other = on.kept(
          await Person.on(on.server, otherWay, await login(on.server, alice.device.account)),
        );
        assert.deepEqual(await other.does('message.send', fields, id), first);
        // Whatever else it says: the id has been used.
        assert.deepEqual(
          await other.does('message.send', { to: { conversation }, content: text('twice') }, id),
          first,
        );
        assert.deepEqual(
          (await bob.reads(conversation)).map((e) => e.content.text),
          ['an unmistakable herring', 'once'],
        );
      });
    });
  }
});
