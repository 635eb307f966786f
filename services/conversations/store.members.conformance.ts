import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { byUser, member, sampleGroup } from './store.samples.ts';
import type { ConversationStore, Member } from './store.ts';

/** Who is where, from when to when. */
export function membersConformance(open: () => ConversationStore): void {
  describe('members', () => {
    const users = (count: number) => Array.from({ length: count }, () => uuidv7());
    const make = async (members: Member[], fields = {}) => {
      const group = sampleGroup(fields);
      await open().create(group, members, 1);
      return group;
    };
    const membersOf = async (id: string) => byUser(await open().members(id));

    it('is empty where nothing was created', async () => {
      const [user, nowhere] = [uuidv7(), uuidv7()];
      assert.equal(await open().get(nowhere), null);
      assert.deepEqual(await open().members(nowhere), []);
      assert.deepEqual(await open().memberships(user), []);
      assert.equal(await open().membership(user, nowhere), null);
      assert.equal(await open().countGroups(user), 0);
      assert.equal(await open().share(user, uuidv7()), false);
    });

    it('gives those that were there from the beginning the whole conversation', async () => {
      const [a, b] = users(2) as [string, string];
      const group = await make([member(a, 'owner'), member(b)]);
      assert.deepEqual(await membersOf(group.id), byUser([member(a, 'owner'), member(b)]));
      const whole = [{ from: 1, to: null }];
      const expected = { conversation: group, role: 'owner', delivered: whole, readable: whole } as const;
      assert.deepEqual(await open().membership(a, group.id), expected);
      assert.deepEqual(await open().memberships(b), [{ ...expected, role: 'member' }]);
    });

    it('gives those who join what follows, or all of it to read', async () => {
      const [a, b, c] = users(3) as [string, string, string];
      const group = await make([member(a, 'owner')]);
      await open().add(group.id, [member(b)], 5, 5);
      await open().add(group.id, [member(c, 'admin')], 8, 1);
      const [second, third] = [await open().membership(b, group.id), await open().membership(c, group.id)];
      assert.deepEqual([second?.role, third?.role], ['member', 'admin']);
      assert.deepEqual(
        [second?.delivered, second?.readable],
        [[{ from: 5, to: null }], [{ from: 5, to: null }]],
      );
      assert.deepEqual(
        [third?.delivered, third?.readable],
        [[{ from: 8, to: null }], [{ from: 1, to: null }]],
      );
      assert.deepEqual(
        await membersOf(group.id),
        byUser([member(a, 'owner'), member(b), member(c, 'admin')]),
      );
    });

    it('gives those who leave the event by which they leave, and nothing after it', async () => {
      const [a, b, c] = users(3) as [string, string, string];
      const group = await make([member(a, 'owner'), member(b), member(c)]);
      await open().remove(group.id, [b], 7);
      const left = await open().membership(b, group.id);
      assert.equal(left?.role, null);
      assert.deepEqual(left?.delivered, [{ from: 1, to: 7 }]);
      assert.deepEqual(left?.readable, [{ from: 1, to: 7 }]);
      assert.deepEqual(await open().memberships(b), [left]);
      assert.deepEqual(await membersOf(group.id), byUser([member(a, 'owner'), member(c)]));
      assert.equal(await open().countGroups(b), 0);
    });

    it('adds up the times of those who come and go', async () => {
      const [a, b] = users(2) as [string, string];
      const group = await make([member(a, 'owner'), member(b, 'admin')]);
      await open().remove(group.id, [b], 4);
      await open().add(group.id, [member(b)], 6, 6);
      await open().remove(group.id, [b], 9);
      const away = await open().membership(b, group.id);
      const stays = [
        { from: 1, to: 4 },
        { from: 6, to: 9 },
      ];
      assert.deepEqual([away?.role, away?.delivered, away?.readable], [null, stays, stays]);
      await open().add(group.id, [member(b)], 12, 1);
      const back = await open().membership(b, group.id);
      assert.equal(back?.role, 'member');
      assert.deepEqual(back?.delivered, [...stays, { from: 12, to: null }]);
      assert.deepEqual(back?.readable, [{ from: 1, to: null }], 'overlapping ranges are one');
    });

    it('removes whom it names, and passes over those who are not there', async () => {
      const [a, b, c, stranger] = users(4) as [string, string, string, string];
      const group = await make([member(a, 'owner'), member(b), member(c)]);
      const other = await make([member(b, 'owner')]);
      await open().remove(group.id, [b, c, stranger], 3);
      await open().remove(group.id, [], 4);
      assert.deepEqual(await open().members(group.id), [member(a, 'owner')]);
      assert.deepEqual(await open().members(other.id), [member(b, 'owner')]);
      assert.equal(await open().membership(stranger, group.id), null);
    });

    it('leaves those as they are who are added while they are in', async () => {
      const [a, b] = users(2) as [string, string];
      const group = await make([member(a, 'owner')]);
      await open().add(group.id, [member(a), member(b)], 4, 1);
      assert.deepEqual(await membersOf(group.id), byUser([member(a, 'owner'), member(b)]));
      assert.deepEqual((await open().membership(a, group.id))?.delivered, [{ from: 1, to: null }]);
    });

    it('lets nobody in twice', async () => {
      const [a, b] = users(2) as [string, string];
      const group = await make([member(a, 'owner')]);
      await open().add(group.id, [member(b), member(b)], 2, 2);
      await open().add(group.id, [], 3, 3);
      assert.deepEqual(await membersOf(group.id), byUser([member(a, 'owner'), member(b)]));
    });

    it('lists all conversations of a user, left ones too, and nobody else’s', async () => {
      const [a, b] = users(2) as [string, string];
      const [left, stayed] = [await make([member(a), member(b)]), await make([member(a, 'admin')])];
      const direct = await make([member(a), member(b)], { kind: 'direct', name: null, history: 'all' });
      await make([member(b)]);
      await open().remove(left.id, [a], 2);
      const memberships = await open().memberships(a);
      const byId = (x: { id: string }, y: { id: string }) => (x.id < y.id ? -1 : 1);
      assert.deepEqual(
        memberships.map(({ conversation }) => conversation).toSorted(byId),
        [left, stayed, direct].toSorted(byId),
      );
      for (const one of memberships) assert.deepEqual(await open().membership(a, one.conversation.id), one);
    });

    it('counts the groups a user is in now', async () => {
      const [a, b] = users(2) as [string, string];
      const first = await make([member(a), member(b)]);
      await make([member(a)]);
      await make([member(a), member(b)], { kind: 'direct', name: null });
      await make([member(a)], { kind: 'self', name: null });
      assert.equal(await open().countGroups(a), 2);
      assert.equal(await open().countGroups(b), 1);
      await open().remove(first.id, [a], 2);
      assert.equal(await open().countGroups(a), 1);
      await open().add(first.id, [member(a)], 3, 3);
      assert.equal(await open().countGroups(a), 2);
    });

    it('knows who shares a conversation now', async () => {
      const [a, b, c] = users(3) as [string, string, string];
      const group = await make([member(a), member(b)]);
      await make([member(b), member(c)], { kind: 'direct', name: null });
      assert.equal(await open().share(a, b), true);
      assert.equal(await open().share(c, b), true);
      assert.equal(await open().share(a, c), false);
      await open().remove(group.id, [a], 2);
      assert.equal(await open().share(a, b), false);
      assert.equal(await open().share(b, a), false);
    });

    it('holds a group of 10,000', async () => {
      const everybody = users(10_000);
      const [one, ...others] = everybody as [string, ...string[]];
      const group = await make([member(one, 'owner'), ...others.slice(0, 4_999).map((user) => member(user))]);
      await open().add(
        group.id,
        others.slice(4_999).map((user) => member(user)),
        2,
        2,
      );
      assert.deepEqual(
        (await membersOf(group.id)).map(({ user }) => user),
        everybody.toSorted(),
      );
      await open().remove(group.id, others, 3);
      assert.deepEqual(await open().members(group.id), [member(one, 'owner')]);
      assert.deepEqual((await open().membership(others.at(-1)!, group.id))?.delivered, [{ from: 2, to: 3 }]);
    });
  });
}
