import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { member, sampleGroup } from './store.samples.ts';
import type { ConversationStore } from './store.ts';

type Update = { changes: Parameters<ConversationStore['update']>[1]; seq: number };

const changes = fc.record(
  {
    name: fc.constantFrom('ant', 'bee', 'cat'),
    photo: fc.constantFrom(null, 'https://example.org/a.png', 'https://example.org/b.png'),
    history: fc.constantFrom('joined' as const, 'all' as const),
    timer: fc.constantFrom(null, 60, 3_600),
  },
  { requiredKeys: [] },
);

/** What a conversation is called and how it is set. */
export function changesConformance(open: () => ConversationStore): void {
  describe('changes', () => {
    it('gives back what was stored', async () => {
      const user = uuidv7();
      const full = sampleGroup({
        name: 'Größe "👋"',
        photo: 'https://example.org/a.png',
        history: 'all',
        timer: 60,
        createdBy: user,
      });
      const bare = sampleGroup({ kind: 'self', name: null, createdBy: user });
      for (const one of [full, bare]) {
        await open().create(one, [member(user)], 1);
        assert.deepEqual(await open().get(one.id), one);
        assert.deepEqual((await open().membership(user, one.id))?.conversation, one);
      }
    });

    it('changes what is named, and nothing else', async () => {
      const [group, other] = [sampleGroup(), sampleGroup()];
      for (const one of [group, other]) await open().create(one, [], 1);
      await open().update(group.id, { name: 'Another', timer: 60 }, 2);
      assert.deepEqual(await open().get(group.id), { ...group, name: 'Another', timer: 60 });
      await open().update(group.id, { photo: 'https://example.org/a.png', history: 'all' }, 3);
      await open().update(group.id, { timer: null }, 4);
      await open().update(group.id, {}, 5);
      assert.deepEqual(await open().get(group.id), {
        ...group,
        name: 'Another',
        photo: 'https://example.org/a.png',
        history: 'all',
      });
      assert.deepEqual(await open().get(other.id), other);
    });

    it('gives a member another role', async () => {
      const [a, b] = [uuidv7(), uuidv7()];
      const [group, other] = [sampleGroup(), sampleGroup()];
      for (const one of [group, other]) await open().create(one, [member(a, 'owner'), member(b)], 1);
      await open().setRole(group.id, b, 'admin', 2);
      assert.equal((await open().membership(b, group.id))?.role, 'admin');
      assert.equal((await open().membership(a, group.id))?.role, 'owner');
      assert.equal((await open().membership(b, other.id))?.role, 'member');
      await open().setRole(group.id, b, 'member', 3);
      assert.equal((await open().membership(b, group.id))?.role, 'member');
    });

    it('makes nobody a member by a role', async () => {
      const [left, stranger] = [uuidv7(), uuidv7()];
      const group = sampleGroup();
      await open().create(group, [member(left)], 1);
      await open().remove(group.id, [left], 2);
      await open().setRole(group.id, left, 'owner', 3);
      await open().setRole(group.id, stranger, 'owner', 4);
      assert.deepEqual(await open().members(group.id), []);
      assert.equal((await open().membership(left, group.id))?.role, null);
      assert.equal(await open().membership(stranger, group.id), null);
    });

    it('ends with the newest of each, whatever the order and however often', async () => {
      const property = fc.asyncProperty(
        fc.array(changes, { minLength: 1, maxLength: 6 }).chain((all) => {
          const updates = all.map((one, i): Update => ({ changes: one, seq: i + 2 }));
          return fc
            .shuffledSubarray([...updates, ...updates], { minLength: updates.length * 2 })
            .map((order) => ({ updates, order }));
        }),
        async ({ updates, order }) => {
          const group = sampleGroup();
          await open().create(group, [], 1);
          for (const one of order) await open().update(group.id, one.changes, one.seq);
          const expected = Object.assign({}, group, ...updates.map((one) => one.changes));
          assert.deepEqual(await open().get(group.id), expected);
        },
      );
      await fc.assert(property, { numRuns: 40 });
    });
  });
}
