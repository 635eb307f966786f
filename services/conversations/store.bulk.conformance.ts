import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { member, sampleGroup } from './store.samples.ts';
import type { ConversationStore } from './store.ts';

/** What is asked of many at once. */
export function bulkConformance(open: () => ConversationStore): void {
  describe('in bulk', () => {
    const users = (count: number) => Array.from({ length: count }, () => uuidv7());

    it('tells to whom an event was delivered', async () => {
      const [a, b, c] = users(3) as [string, string, string];
      const group = sampleGroup();
      const other = sampleGroup();
      await open().create(group, [member(a, 'owner'), member(b)], 1);
      await open().create(other, [member(c, 'owner')], 1);
      await open().add(group.id, [member(c)], 4, 1);
      await open().remove(group.id, [b], 6);
      await open().add(group.id, [member(b)], 9, 9);
      const at = async (seq: number) => (await open().membersAt(group.id, seq)).toSorted();
      assert.deepEqual(await at(1), [a, b].toSorted());
      // What they may read from before they came was not delivered to them.
      assert.deepEqual(await at(3), [a, b].toSorted());
      assert.deepEqual(await at(4), [a, b, c].toSorted());
      // Who leaves gets the event that says so.
      assert.deepEqual(await at(6), [a, b, c].toSorted());
      assert.deepEqual(await at(7), [a, c].toSorted());
      assert.deepEqual(await at(9), [a, b, c].toSorted());
      assert.deepEqual(await open().membersAt(uuidv7(), 1), []);
    });

    it('tells page by page to whom an event was delivered', async () => {
      const all = users(7).toSorted();
      const group = sampleGroup();
      await open().create(
        group,
        all.slice(0, 6).map((user) => member(user)),
        1,
      );
      await open().add(group.id, [member(all[6]!)], 4, 1);
      await open().remove(group.id, [all[0]!], 5);
      await open().add(group.id, [member(all[0]!)], 7, 7);
      const at = async (seq: number) => {
        const found: string[] = [];
        for (let after = ''; ; after = found.at(-1)!) {
          const page = await open().membersAtPage(group.id, seq, after, 2);
          found.push(...page);
          if (page.length < 2) return found;
        }
      };
      assert.deepEqual(await at(3), all.slice(0, 6));
      assert.deepEqual(await at(6), all.slice(1));
      assert.deepEqual(await at(7), all);
      assert.deepEqual(await open().membersAtPage(uuidv7(), 3, '', 9), []);
    });

    it('counts the groups of many users: those they are in now', async () => {
      const [a, b, c] = users(3) as [string, string, string];
      const many = users(1_200);
      for (let i = 0; i < 2; i++) await open().create(sampleGroup(), [member(a, 'owner'), member(b)], 1);
      const left = sampleGroup();
      await open().create(
        left,
        [...many, b].map((user) => member(user)),
        1,
      );
      await open().remove(left.id, [b], 2);
      await open().create(sampleGroup({ kind: 'direct' }), [member(a), member(c)], 1);
      const counts = await open().countGroupsOf([a, b, c, ...many]);
      assert.deepEqual(
        [a, b, c].map((user) => counts.get(user) ?? 0),
        [2, 2, 0],
      );
      assert.ok(many.every((user) => counts.get(user) === 1));
      assert.equal((await open().countGroupsOf([])).size, 0);
    });

    it('finds the hidden ones among events of several conversations', async () => {
      const [a, b] = users(2) as [string, string];
      const [first, second] = [uuidv7(), uuidv7()];
      await open().hide(a, first, 1);
      await open().hide(a, first, 3);
      await open().hide(a, second, 2);
      await open().hide(b, second, 1);
      const events = [first, second].flatMap((conversation) => [1, 2].map((seq) => ({ conversation, seq })));
      const found = await open().hiddenAmong(a, events);
      assert.deepEqual(
        new Set(found.map(({ conversation, seq }) => `${conversation}/${seq}`)),
        new Set([`${first}/1`, `${second}/2`]),
      );
      assert.deepEqual(await open().hiddenAmong(a, []), []);
      const page = Array.from({ length: 200 }, (_, i) => ({ conversation: first, seq: i + 1 }));
      assert.equal((await open().hiddenAmong(a, page)).length, 2);
    });
  });
}
