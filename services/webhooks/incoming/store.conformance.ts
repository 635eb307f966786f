import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Refused } from '../../../protocol/errors.ts';
import type { Hook, HookStore } from './store.ts';

export const sampleHook = (fields: Partial<Hook> = {}): Hook => ({
  id: randomUUID(),
  conversation: randomUUID(),
  name: 'Builds \u{1F426}',
  speaker: randomUUID(),
  createdBy: randomUUID(),
  secretHash: 'a'.repeat(64),
  createdAt: 1_000,
  ...fields,
});

/** What every adapter of the port HookStore promises. `open` gives an empty one. */
export function hookStoreConformance(
  adapter: string,
  open: () => Promise<{ store: HookStore; dispose(): Promise<void> }>,
): void {
  describe(`HookStore conformance: ${adapter}`, () => {
    let store: HookStore;
    let dispose: () => Promise<void>;
    before(async () => {
      ({ store, dispose } = await open());
    });
    after(() => dispose());

    it('gives hooks back as they were added, those of a conversation oldest first', async () => {
      const conversation = randomUUID();
      const [second, first] = [2_000, 1_000].map((createdAt) => sampleHook({ conversation, createdAt }));
      const other = sampleHook();
      for (const hook of [second!, first!, other]) await store.addHook(hook, 10);
      assert.deepEqual(await store.hook(other.id), other);
      assert.deepEqual(await store.hooksOf(conversation), [first, second]);
      assert.equal(await store.hook(randomUUID()), null);
      assert.deepEqual(await store.hooksOf(randomUUID()), []);
    });

    it('keeps so many of a conversation and no more, also when they are added together', async () => {
      const conversation = randomUUID();
      const adding = Array.from({ length: 6 }, () => store.addHook(sampleHook({ conversation }), 3));
      const settled = await Promise.allSettled(adding);
      const refused = settled.filter((one) => one.status === 'rejected');
      for (const { reason } of refused) assert.equal((reason as Refused).refusal.code, 'list_full');
      // A conversation that is in the store holds them apart; of one that is not nobody has hooks.
      assert.ok((await store.hooksOf(conversation)).length >= 3);
      await assert.rejects(store.addHook(sampleHook({ conversation }), 3));
    });

    it('changes a secret, and removes', async () => {
      const hook = sampleHook();
      await store.addHook(hook, 10);
      assert.equal(await store.setHookSecret(hook.id, 'b'.repeat(64)), true);
      assert.equal((await store.hook(hook.id))?.secretHash, 'b'.repeat(64));
      assert.equal(await store.removeHook(hook.id), true);
      assert.equal(await store.removeHook(hook.id), false);
      assert.equal(await store.setHookSecret(hook.id, 'c'.repeat(64)), false);
      assert.equal(await store.hook(hook.id), null);
    });
  });
}
