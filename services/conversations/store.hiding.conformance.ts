import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { member, sampleGroup } from './store.samples.ts';
import type { ConversationStore } from './store.ts';

export function hidingConformance(open: () => ConversationStore): void {
  describe('hiding', () => {
    it('hides for one user, in one conversation, within the bounds asked', async () => {
      const [a, b] = [uuidv7(), uuidv7()];
      const [group, other] = [sampleGroup(), sampleGroup()];
      for (const one of [group, other]) await open().create(one, [member(a), member(b)], 1);
      for (const seq of [2, 5, 9]) await open().hide(a, group.id, seq);
      await open().hide(b, group.id, 3);
      await open().hide(a, other.id, 4);
      assert.deepEqual(await open().hidden(a, group.id, 1, 100), new Set([2, 5, 9]));
      assert.deepEqual(await open().hidden(a, group.id, 2, 5), new Set([2, 5]));
      assert.deepEqual(await open().hidden(a, group.id, 3, 4), new Set());
      assert.deepEqual(await open().hidden(b, group.id, 1, 100), new Set([3]));
      assert.deepEqual(await open().hidden(uuidv7(), group.id, 1, 100), new Set());
    });

    it('tells who of many hid something', async () => {
      const group = sampleGroup();
      const users = Array.from({ length: 1_200 }, () => uuidv7());
      await open().create(group, [member(users[0]!)], 1);
      await open().hide(users[0]!, group.id, 2);
      await open().hide(users[1_100]!, group.id, 2);
      await open().hide(users[3]!, group.id, 3);
      await open().hide(uuidv7(), group.id, 2);
      assert.deepEqual(await open().hiddenBy(group.id, 2, users), new Set([users[0], users[1_100]]));
      assert.deepEqual(await open().hiddenBy(group.id, 4, users), new Set());
    });
  });
}
