import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sampleLetter, sampleWebhook } from './store.samples.ts';
import type { WebhookStore } from './store.ts';
import type { WebhooksUnderTest } from './store.under-test.ts';

const NOW = 1_000_000;

/** What every adapter promises of what was given up. */
export function failuresConformance(adapter: string, open: () => Promise<WebhooksUnderTest>): void {
  describe(`WebhookStore conformance, failures: ${adapter}`, () => {
    let under: WebhooksUnderTest;
    let store: WebhookStore;
    let webhook: string;
    beforeEach(async () => {
      under = await open();
      store = under.store;
      const sample = sampleWebhook();
      webhook = sample.id;
      await store.addWebhook(sample, 10);
    });
    afterEach(() => under.dispose());

    it('are listed newest first, in pages, without repeating those of one moment', async () => {
      const letters = [1_000, 2_000, 2_000, 3_000].map((failedAt) =>
        sampleLetter(webhook, { failedAt, status: failedAt === 1_000 ? null : 500, reason: 'timeout' }),
      );
      for (const letter of letters) await store.addFailure(letter, 100);
      const sorted = letters.toSorted((a, b) => b.failedAt - a.failedAt || (a.id < b.id ? 1 : -1));
      const first = await store.failuresOf(webhook, null, 2);
      const second = await store.failuresOf(webhook, first.at(-1)!, 2);
      assert.deepEqual([...first, ...second], sorted);
      assert.deepEqual(await store.failuresOf(webhook, second.at(-1)!, 2), []);
      assert.deepEqual(await store.failuresOf(randomUUID(), null, 2), []);
    });

    it('are the newest so many', async () => {
      const letters = [1, 2, 3, 4].map((n) => sampleLetter(webhook, { failedAt: n * 1_000 }));
      for (const letter of letters) await store.addFailure(letter, 2);
      assert.deepEqual(await store.failuresOf(webhook, null, 10), letters.toReversed().slice(0, 2));
    });

    it('have an event once, as it failed last', async () => {
      const first = sampleLetter(webhook, { failedAt: 1_000 });
      await store.addFailure(first, 10);
      await store.replayFailures(webhook, null, NOW);
      await store.addFailure({ ...first, id: randomUUID(), failedAt: 2_000, attempts: 4, status: 404 }, 10);
      assert.deepEqual(await store.failuresOf(webhook, null, 10), [
        { ...first, failedAt: 2_000, attempts: 4, status: 404 },
      ]);
    });

    it('are sent again when that is asked for, by one at a time, until they are gone', async () => {
      const letters = [1, 2, 3].map((n) => sampleLetter(webhook, { failedAt: n * 1_000 }));
      for (const letter of letters) await store.addFailure(letter, 10);
      const at = { now: NOW, leaseUntil: NOW + 5_000 };
      assert.deepEqual(await store.claimFailures('a', at, 10), []);
      assert.equal(await store.replayFailures(randomUUID(), null, NOW), 0);
      assert.equal(await store.replayFailures(webhook, [letters[1]!.id, randomUUID()], NOW), 1);
      assert.equal(await store.nextDue(), NOW);
      const claimed = await store.claimFailures('a', at, 10);
      assert.deepEqual(claimed, [{ ...letters[1]!, replaying: true }]);
      assert.deepEqual(await store.claimFailures('b', at, 10), []);
      assert.equal(
        (await store.claimFailures('b', { now: NOW + 5_000, leaseUntil: NOW + 9_000 }, 10)).length,
        1,
      );
      await store.removeFailure(letters[1]!.id);
      assert.equal(await store.replayFailures(webhook, null, NOW), 2);
      await store.updateWebhook(webhook, { paused: 'owner' });
      assert.deepEqual(await store.claimFailures('a', at, 10), []);
      assert.equal(await store.nextDue(), null);
      await store.updateWebhook(webhook, { paused: null });
      assert.equal((await store.claimFailures('a', at, 1)).length, 1);
    });

    it('go when they are too old, some at a time', async () => {
      for (const n of [1, 2, 3]) await store.addFailure(sampleLetter(webhook, { failedAt: n * 1_000 }), 10);
      assert.equal(await store.sweepFailures(3_000, 1), 1);
      assert.equal(await store.sweepFailures(3_000, 10), 1);
      assert.equal(await store.sweepFailures(3_000, 10), 0);
      assert.deepEqual(
        (await store.failuresOf(webhook, null, 10)).map(({ failedAt }) => failedAt),
        [3_000],
      );
    });

    it('are not kept of a webhook that is gone', async () => {
      await store.removeWebhook(webhook);
      await store.addFailure(sampleLetter(webhook), 10);
      assert.deepEqual(await store.failuresOf(webhook, null, 10), []);
    });
  });
}
