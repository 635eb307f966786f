import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sampleWebhook } from './store.samples.ts';
import type { Lane, Webhook, WebhookStore } from './store.ts';
import type { WebhooksUnderTest } from './store.under-test.ts';

const NOW = 1_000_000;
const MANY = { lanes: 100, perWebhook: 100 };
const FREE = { full: [], atWork: [] };
const lease = (now = NOW) => ({ now, leaseUntil: now + 10_000 });

/** What every adapter promises of the outbox. */
export function lanesConformance(adapter: string, open: () => Promise<WebhooksUnderTest>): void {
  describe(`WebhookStore conformance, lanes: ${adapter}`, () => {
    let under: WebhooksUnderTest;
    let store: WebhookStore;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.dispose());

    const add = async (fields: Partial<Webhook> = {}) => {
      const webhook = sampleWebhook(fields);
      await store.addWebhook(webhook, 100);
      return webhook.id;
    };
    const note = (webhook: string, stream: string, first: number, last = first, now = NOW) =>
      store.noteEvents([{ webhook, stream, first, last }], now);

    it('are claimed from the first event on that is to be told, and by one at a time', async () => {
      const webhook = await add();
      const stream = randomUUID();
      await note(webhook, stream, 5, 7);
      const lane: Lane = { webhook, stream, done: 4, last: 7, attempts: 0 };
      assert.deepEqual(await store.claimLanes('a', lease(NOW - 1), MANY, FREE), []);
      assert.deepEqual(await store.claimLanes('a', lease(), MANY, FREE), [lane]);
      assert.deepEqual(await store.claimLanes('b', lease(), MANY, FREE), []);
      const racing = Array.from({ length: 5 }, (_, i) =>
        store.claimLanes(`c${i}`, lease(NOW + 10_000), MANY, FREE),
      );
      assert.deepEqual((await Promise.all(racing)).flat(), [lane]);
    });

    it('go forward, and only in the hands of who has them', async () => {
      const webhook = await add();
      const stream = randomUUID();
      await note(webhook, stream, 1, 3);
      const [lane] = await store.claimLanes('a', lease(), MANY, FREE);
      assert.deepEqual(await store.advanceLane(lane!, 'a', 1, NOW + 20_000), { ...lane!, done: 1 });
      assert.equal(await store.advanceLane(lane!, 'b', 2, NOW + 20_000), null);
      // The lease was longer by that.
      assert.deepEqual(await store.claimLanes('b', lease(NOW + 15_000), MANY, FREE), []);
      const [taken] = await store.claimLanes('b', lease(NOW + 20_000), MANY, FREE);
      assert.equal(taken!.done, 1);
      assert.equal(await store.advanceLane(lane!, 'a', 3, NOW + 20_000), null);
      await store.releaseLane(lane!, 'a', 9, 0);
      assert.deepEqual(await store.claimLanes('c', lease(NOW + 20_001), MANY, FREE), []);
    });

    it('are due again when they are told to be, as long as there is something left', async () => {
      const webhook = await add();
      const stream = randomUUID();
      await note(webhook, stream, 1, 2);
      const [lane] = await store.claimLanes('a', lease(), MANY, FREE);
      await store.releaseLane(lane!, 'a', 3, NOW + 500);
      assert.equal(await store.nextDue(), NOW + 500);
      assert.deepEqual(await store.claimLanes('a', lease(NOW + 499), MANY, FREE), []);
      const [again] = await store.claimLanes('a', lease(NOW + 500), MANY, FREE);
      assert.deepEqual(again, { ...lane!, attempts: 3 });
      const done = await store.advanceLane(again!, 'a', 2, NOW + 20_000);
      assert.equal(done!.attempts, 0);
      await store.releaseLane(done!, 'a', 0, NOW);
      assert.equal(await store.nextDue(), null);
      assert.deepEqual(await store.claimLanes('a', lease(NOW + 1e9), MANY, FREE), []);
      await note(webhook, stream, 3);
      assert.deepEqual(await store.claimLanes('a', lease(), MANY, FREE), [{ ...done!, last: 3 }]);
    });

    it('hear of what comes while they are claimed, and wait for nothing less because of it', async () => {
      const webhook = await add();
      const stream = randomUUID();
      await note(webhook, stream, 1);
      const [lane] = await store.claimLanes('a', lease(), MANY, FREE);
      await note(webhook, stream, 2);
      assert.deepEqual(await store.claimLanes('b', lease(), MANY, FREE), []);
      const next = await store.advanceLane(lane!, 'a', 1, NOW + 10_000);
      assert.equal(next!.last, 2);
      await store.releaseLane(next!, 'a', 1, NOW + 700);
      await note(webhook, stream, 3, 3, NOW);
      assert.equal(await store.nextDue(), NOW + 700);
      const [again] = await store.claimLanes('a', lease(NOW + 700), MANY, FREE);
      assert.deepEqual(again, { ...lane!, done: 1, last: 3, attempts: 1 });
    });

    it('are not changed by the same once more', async () => {
      const webhook = await add();
      const stream = randomUUID();
      await note(webhook, stream, 1, 4);
      const [lane] = await store.claimLanes('a', lease(), MANY, FREE);
      const done = await store.advanceLane(lane!, 'a', 4, NOW + 10_000);
      await store.releaseLane(done!, 'a', 0, NOW);
      await note(webhook, stream, 1, 4);
      await note(webhook, stream, 2, 3);
      assert.deepEqual(await store.claimLanes('a', lease(), MANY, FREE), []);
      assert.equal(await store.nextDue(), null);
    });

    it('are noted many at once, also twice at the same time', async () => {
      const webhooks = [await add(), await add()];
      const entries = Array.from({ length: 600 }, () => randomUUID()).flatMap((stream) =>
        webhooks.map((webhook) => ({ webhook, stream, first: 1, last: 2 })),
      );
      await Promise.all([store.noteEvents(entries, NOW), store.noteEvents(entries.toReversed(), NOW)]);
      await store.noteEvents([], NOW);
      const claimed = await store.claimLanes('a', lease(), { lanes: 2_000, perWebhook: 2_000 }, FREE);
      assert.equal(claimed.length, entries.length);
    });

    it('are claimed of many webhooks alike: of each so many, of one that fails one, of one left out none', async () => {
      const [busy, failing, left, quiet] = [await add(), await add(), await add(), await add()];
      let time = NOW - 100;
      for (const webhook of [busy, failing, left])
        for (let i = 0; i < 5; i++) await note(webhook, randomUUID(), 1, 1, time++);
      await note(quiet, randomUUID(), 1, 1, time);
      await store.noteFailure(failing, { begun: NOW, now: NOW, notBefore: NOW });
      const claimed = await store.claimLanes(
        'a',
        lease(),
        { lanes: 100, perWebhook: 3 },
        { full: [left], atWork: [quiet, failing] },
      );
      const of = (webhook: string) => claimed.filter((lane) => lane.webhook === webhook).length;
      assert.deepEqual([busy, failing, left, quiet].map(of), [3, 0, 0, 1]);
      const probing = await store.claimLanes(
        'p',
        lease(),
        { lanes: 100, perWebhook: 3 },
        { full: [left, busy], atWork: [] },
      );
      assert.deepEqual(
        probing.map((lane) => lane.webhook),
        [failing],
      );
      const [next] = await store.claimLanes('b', lease(), { lanes: 1, perWebhook: 3 }, FREE);
      // Those that have waited longest.
      assert.equal(next!.webhook, busy);
    });

    it('rest while their webhook is paused, or waits after a failure', async () => {
      const webhook = await add();
      await note(webhook, randomUUID(), 1);
      await store.noteFailure(webhook, { begun: NOW, now: NOW, notBefore: NOW + 3_000 });
      assert.deepEqual(await store.claimLanes('a', lease(NOW + 2_999), MANY, FREE), []);
      assert.equal(await store.nextDue(), NOW + 3_000);
      await store.updateWebhook(webhook, { paused: 'failing' });
      assert.deepEqual(await store.claimLanes('a', lease(NOW + 3_000), MANY, FREE), []);
      assert.equal(await store.nextDue(), null);
      await store.updateWebhook(webhook, { paused: null });
      assert.equal((await store.claimLanes('a', lease(), MANY, FREE)).length, 1);
      await store.noteFailure(webhook, { begun: NOW, now: NOW, notBefore: NOW + 3_000 });
      await store.noteSuccess(webhook);
      assert.deepEqual(await store.webhook(webhook).then((one) => [one!.failures, one!.failingSince]), [
        0,
        null,
      ]);
    });

    it('are free at once when who had them is gone', async () => {
      const webhook = await add();
      await note(webhook, randomUUID(), 1);
      await store.claimLanes('a', lease(), MANY, FREE);
      await store.forgetClaims(NOW);
      assert.equal((await store.claimLanes('b', lease(), MANY, FREE)).length, 1);
    });
  });
}
