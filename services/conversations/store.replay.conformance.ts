import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { byUser, member, sampleGroup } from './store.samples.ts';
import type { Conversation, ConversationStore } from './store.ts';

/** After a crash the log repeats itself: every event may come again, also when newer ones have been applied. */
export function replayConformance(open: () => ConversationStore): void {
  describe('replays', () => {
    let [a, b, c] = ['', '', ''];
    let group: Conversation;
    beforeEach(async () => {
      [a, b, c] = [uuidv7(), uuidv7(), uuidv7()];
      group = sampleGroup({ createdBy: a });
      await open().create(group, [member(a, 'owner'), member(b)], 1);
    });

    /** Everything that can be seen of the group and these three. */
    const view = async () => ({
      conversation: await open().get(group.id),
      members: byUser(await open().members(group.id)),
      memberships: await Promise.all([a, b, c].map((user) => open().membership(user, group.id))),
    });
    /** Applies `event` again and sees that nothing came of it. */
    const changesNothing = async (event: () => Promise<void>) => {
      const before = await view();
      await event();
      assert.deepEqual(await view(), before);
    };

    it('creates once', async () => {
      await open().remove(group.id, [b], 2);
      await open().update(group.id, { name: 'Another' }, 3);
      await changesNothing(() => open().create(group, [member(a, 'owner'), member(b)], 1));
    });

    it('does not begin a conversation anew with a later message', async () => {
      // A one-to-one conversation is made by its first message, and any later one may be taken for it.
      await open().remove(group.id, [b], 2);
      const again = { ...group, name: 'Another', createdAt: 9 };
      await changesNothing(() => open().create(again, [member(a), member(b), member(c)], 57));
    });

    it('creates once when asked many times at once', async () => {
      const fresh = sampleGroup();
      await Promise.all(Array.from({ length: 5 }, () => open().create(fresh, [member(a), member(b)], 1)));
      assert.deepEqual(byUser(await open().members(fresh.id)), byUser([member(a), member(b)]));
      assert.deepEqual((await open().membership(a, fresh.id))?.delivered, [{ from: 1, to: null }]);
    });

    it('adds once', async () => {
      const add = () => open().add(group.id, [member(c)], 2, 2);
      await add();
      await changesNothing(add);
      await changesNothing(() => open().add(group.id, [member(c)], 2, 1));
      await open().setRole(group.id, c, 'admin', 3);
      await changesNothing(add);
    });

    it('does not bring back who has left since', async () => {
      const add = () => open().add(group.id, [member(c)], 2, 2);
      await add();
      await open().remove(group.id, [c], 3);
      await changesNothing(add);
      await open().add(group.id, [member(c)], 5, 5);
      await changesNothing(add);
    });

    it('does not bring back by an addition that had nothing to do', async () => {
      const add = () => open().add(group.id, [member(b)], 2, 2);
      await changesNothing(add);
      await open().remove(group.id, [b], 3);
      await changesNothing(add);
    });

    it('removes once', async () => {
      const remove = () => open().remove(group.id, [b], 4);
      await remove();
      await changesNothing(remove);
      await changesNothing(() => open().remove(group.id, [b], 6));
    });

    it('does not put out who has come back since', async () => {
      const remove = () => open().remove(group.id, [b], 4);
      await remove();
      await open().add(group.id, [member(b)], 6, 6);
      await changesNothing(remove);
      assert.equal((await open().membership(b, group.id))?.role, 'member');
    });

    it('does not give a role back that was changed since', async () => {
      const promote = () => open().setRole(group.id, b, 'admin', 2);
      await promote();
      await changesNothing(promote);
      await open().setRole(group.id, b, 'owner', 3);
      await changesNothing(promote);
    });

    it('does not give an old role to who has come back since', async () => {
      const promote = () => open().setRole(group.id, b, 'owner', 2);
      await promote();
      await open().remove(group.id, [b], 3);
      await changesNothing(promote);
      await open().add(group.id, [member(b)], 4, 4);
      await changesNothing(promote);
      assert.equal((await open().membership(b, group.id))?.role, 'member');
    });

    it('does not give an old name back', async () => {
      const rename = () => open().update(group.id, { name: 'Older', timer: 60 }, 2);
      await rename();
      await changesNothing(rename);
      await open().update(group.id, { name: 'Newer' }, 3);
      await changesNothing(rename);
      assert.deepEqual(await open().get(group.id), { ...group, name: 'Newer', timer: 60 });
    });

    it('hides once', async () => {
      await open().hide(a, group.id, 3);
      await open().hide(a, group.id, 3);
      assert.deepEqual(await open().hidden(a, group.id, 1, 9), new Set([3]));
    });
  });
}
