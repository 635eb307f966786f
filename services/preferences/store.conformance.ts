import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { noPreferences, type PreferenceStore, usualNotifications } from './store.ts';

/** What every adapter of the port PreferenceStore promises. `open` gives an empty one. */
export function preferenceStoreConformance(
  adapter: string,
  open: () => Promise<{ store: PreferenceStore; dispose(): Promise<void> }>,
): void {
  describe(`PreferenceStore conformance: ${adapter}`, () => {
    let under: Awaited<ReturnType<typeof open>>;
    before(async () => {
      under = await open();
    });
    after(() => under.dispose());

    it('who has set nothing has what is usual', async () => {
      const [user, conversation] = [uuidv7(), uuidv7()];
      assert.deepEqual(await under.store.get(user, conversation), noPreferences);
      assert.deepEqual(await under.store.all(user), new Map());
      assert.deepEqual(await under.store.notifications([user]), new Map([[user, usualNotifications]]));
    });

    it('what is set holds for that user and that conversation; what is absent stays; again changes nothing', async () => {
      const { store } = under;
      const [ann, ben] = [uuidv7(), uuidv7()];
      const [group, other] = [uuidv7(), uuidv7()];
      await store.set(ann, group, { mutedUntil: 5_000_000_000_000 });
      await store.set(ann, group, { pinned: true });
      await store.set(ann, group, { pinned: true });
      await store.set(ann, group, {});
      await store.set(ann, other, { archived: true });
      const inGroup = { mutedUntil: 5_000_000_000_000, pinned: true, archived: false };
      assert.deepEqual(await store.get(ann, group), inGroup);
      assert.deepEqual(await store.get(ben, group), noPreferences);
      const inOther = { ...noPreferences, archived: true };
      const all = await store.all(ann);
      assert.deepEqual(
        all,
        new Map(
          all.keys().next().value === group
            ? [
                [group, inGroup],
                [other, inOther],
              ]
            : [
                [other, inOther],
                [group, inGroup],
              ],
        ),
      );
      await store.set(ann, group, { mutedUntil: null, pinned: false });
      assert.deepEqual(await store.get(ann, group), noPreferences);
    });

    it('tells who of many has muted a conversation at a time', async () => {
      const { store } = under;
      const users = Array.from({ length: 1_200 }, () => uuidv7());
      const [group, other] = [uuidv7(), uuidv7()];
      await store.set(users[3]!, group, { mutedUntil: 100 });
      await store.set(users[1_100]!, group, { mutedUntil: 101 });
      await store.set(users[4]!, group, { mutedUntil: null });
      await store.set(users[5]!, other, { mutedUntil: 200 });
      await store.set(uuidv7(), group, { mutedUntil: 200 });
      assert.deepEqual(await store.muted(group, users, 99), new Set([users[3], users[1_100]]));
      assert.deepEqual(await store.muted(group, users, 100), new Set([users[1_100]]));
      assert.deepEqual(await store.muted(group, [], 0), new Set());
    });

    it('keeps how each is notified, what is absent as it was', async () => {
      const { store } = under;
      const [ann, ben] = [uuidv7(), uuidv7()];
      const quiet = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
      await store.setNotifications(ann, { show: 'nothing', quiet });
      await store.setNotifications(ann, { mentionsOverride: false, digestHours: 24 });
      await store.setNotifications(ann, {});
      const anns = { show: 'nothing', quiet, mentionsOverride: false, digestHours: 24 };
      const found = await store.notifications([ann, ben]);
      assert.deepEqual(found.get(ann), anns);
      assert.deepEqual(found.get(ben), usualNotifications);
      await store.setNotifications(ann, { quiet: null, digestHours: null });
      const after = (await store.notifications([ann])).get(ann);
      assert.deepEqual(after, { ...anns, quiet: null, digestHours: null });
    });
  });
}
