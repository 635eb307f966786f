/** The conversation list and receipts, over MQTT and over HTTP alike. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Payload } from '../harness/device.ts';
import { Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

describe('lists and receipts', { timeout: 120_000 }, () => {
  const on = scene();

  for (const way of ways) {
    describe(`over ${way}`, () => {
      const meet = (name: string) => on.meet(way, name);

      it('the list shows, newest first, heads, last messages and what is unread', async () => {
        const [alice, bob, carl] = [await meet('alice'), await meet('bob'), await meet('carl')];
        const direct = (await alice.says({ user: bob.user }, 'one')).conversation;
        await alice.says({ conversation: direct }, 'two');
        await bob.says({ conversation: direct }, 'from bob himself');
        const other = (await carl.says({ user: bob.user }, 'from carl')).conversation;
        const group = (await alice.does('group.create', { name: 'Chess', members: [bob.user] })).conversation;
        const list = async () =>
          (await bob.does('conversations.list')).conversations.map((c: Payload) => [
            c.id,
            c.kind,
            c.name ?? c.peer,
            c.head,
            c.unread,
            c.last?.content.text,
          ]);
        assert.deepEqual(await list(), [
          [group, 'group', 'Chess', 1, 0, undefined], // nobody has said anything in it
          [other, 'direct', carl.user, 1, 1, 'from carl'],
          [direct, 'direct', alice.user, 3, 2, 'from bob himself'],
        ]);
        await bob.does('receipt.read', { conversation: direct, seq: 1 });
        await alice.says({ conversation: direct }, 'newest');
        assert.deepEqual((await list())[0], [direct, 'direct', alice.user, 4, 2, 'newest']);
        await bob.does('receipt.read', { conversation: direct, seq: 4 });
        assert.equal((await list())[0][4], 0);
      });

      it('the list comes page by page, each conversation once', async () => {
        const alice = await meet('alice');
        const made: string[] = [];
        for (let n = 0; n < 5; n++)
          made.unshift((await alice.does('group.create', { name: `group ${n}` })).conversation);
        const listed: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await alice.does('conversations.list', {
            limit: 2,
            ...(cursor === null ? {} : { cursor }),
          });
          listed.push(...page.conversations.map((c: Payload) => c.id));
          cursor = page.next;
        } while (cursor !== null);
        assert.deepEqual(listed, made);
      });

      it('receipts: delivered from the acknowledgement, read cumulative and never back, status derived from both', async () => {
        const [alice, bob, carl] = [await meet('alice'), await meet('bob'), await meet('carl')];
        await carl.device.close();
        const group = (await alice.does('group.create', { name: 'Boats', members: [bob.user, carl.user] }))
          .conversation;
        const sent: Payload[] = [];
        for (const text of ['one', 'two', 'three'])
          sent.push(await alice.says({ conversation: group }, text));
        const receipt = (fits: (r: Payload) => boolean) => (p: Payload) =>
          p.type === 'receipts' && p.conversation === group && p.receipts.some(fits);
        await alice.hears(
          receipt((r) => r.user === bob.user && r.delivered === 4),
          'that bob has all',
        );
        await bob.does('receipt.read', { conversation: group, seq: 3 });
        await bob.does('receipt.read', { conversation: group, seq: 2 });
        await alice.hears(
          receipt((r) => r.user === bob.user && r.read === 3),
          'that bob has read two',
        );
        const status = async (n: number) => {
          const answer = await alice.does('message.status', { message: sent[n]!.id });
          const of = (user: string) => {
            const { delivered, read } = answer.members.find((m: Payload) => m.user === user);
            return { delivered, read };
          };
          assert.deepEqual([answer.conversation, answer.seq], [group, sent[n]!.seq]);
          assert.equal(answer.members_count, 2);
          return {
            counts: [answer.delivered_count, answer.read_count],
            bob: of(bob.user),
            carl: of(carl.user),
          };
        };
        const nothing = { delivered: false, read: false };
        assert.deepEqual(await status(1), {
          counts: [1, 1],
          bob: { delivered: true, read: true },
          carl: nothing,
        });
        assert.deepEqual(await status(2), {
          counts: [1, 0],
          bob: { delivered: true, read: false },
          carl: nothing,
        });
        const { receipts } = await alice.does('receipts.get', { conversation: group });
        const bobs = receipts.find((r: Payload) => r.user === bob.user);
        assert.deepEqual([bobs.delivered, bobs.read], [4, 3]);
        assert.ok(bobs.read_at >= sent[1]!.time && bobs.delivered_at >= sent[2]!.time, JSON.stringify(bobs));
        assert.equal(await bob.isRefused('message.status', { message: sent[0]!.id }), 'not_found');

        // Carl comes back: having got it is told without his doing anything.
        on.kept(await Person.on(on.server, way, carl.device.account));
        await alice.hears(
          receipt((r) => r.user === carl.user && r.delivered === 4),
          'that carl has all',
        );
        // Cursors are written behind: what the notice says can be asked for a moment later.
        for (let tries = 0; !(await status(2)).carl.delivered; tries++) {
          assert.ok(tries < 100, 'the status does not say that carl has it');
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.deepEqual((await status(2)).carl, { delivered: true, read: false });
      });

      it('read on one device is read on the others', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        const tablet = await bob.another();
        on.kept(tablet);
        const { conversation } = await alice.says({ user: bob.user }, 'hello');
        await bob.does('receipt.read', { conversation, seq: 1 });
        await tablet.hears(
          (p) =>
            p.type === 'receipts' && p.receipts.some((r: Payload) => r.user === bob.user && r.read === 1),
          'the own read cursor',
        );
        const [listed] = (await tablet.does('conversations.list')).conversations;
        assert.deepEqual([listed.read, listed.unread], [1, 0]);
      });
    });
  }
});
