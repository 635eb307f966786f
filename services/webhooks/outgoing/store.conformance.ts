import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Refused } from '../../../protocol/errors.ts';
import { failuresConformance } from './store.failures.conformance.ts';
import { lanesConformance } from './store.lanes.conformance.ts';
import { sampleWebhook } from './store.samples.ts';
import type { WebhookStore } from './store.ts';
import type { WebhooksUnderTest } from './store.under-test.ts';

/** What every adapter of the port WebhookStore promises. `open` gives an empty one. */
export function webhookStoreConformance(adapter: string, open: () => Promise<WebhooksUnderTest>): void {
  describe(`WebhookStore conformance: ${adapter}`, () => {
    let under: WebhooksUnderTest;
    let store: WebhookStore;
    before(async () => {
      under = await open();
      store = under.store;
    });
    after(() => under.dispose());

    it('knows whether there is any', async () => {
      assert.equal(await store.hasWebhooks(), false);
      const webhook = sampleWebhook({ paused: 'owner' });
      await store.addWebhook(webhook, 10);
      assert.equal(await store.hasWebhooks(), true);
      await store.removeWebhook(webhook.id);
      assert.equal(await store.hasWebhooks(), false);
    });

    it('gives webhooks back as they were added, those of an owner and of a conversation oldest first', async () => {
      const owner = randomUUID();
      const conversation = randomUUID();
      const second = sampleWebhook({
        owner,
        conversation,
        createdAt: 2_000,
        events: ['message', 'member.role'],
      });
      const first = sampleWebhook({
        owner,
        createdAt: 1_000,
        formerSecret: { secret: 'whsec_x', until: 5_000 },
      });
      const third = sampleWebhook({ conversation, createdAt: 3_000 });
      const all = sampleWebhook({ conversation: null });
      for (const webhook of [second, first, third, all]) await store.addWebhook(webhook, 10);
      assert.deepEqual(await store.webhook(second.id), second);
      assert.deepEqual(await store.webhook(all.id), all);
      assert.equal(await store.webhook(randomUUID()), null);
      assert.deepEqual(await store.webhooksOf(owner), [first, second]);
      assert.deepEqual(await store.webhooksIn(conversation), [second, third]);
      assert.deepEqual(await store.webhooksOf(randomUUID()), []);
    });

    it('keeps so many of an owner and no more', async () => {
      const owner = randomUUID();
      for (let i = 0; i < 2; i++) await store.addWebhook(sampleWebhook({ owner }), 2);
      await assert.rejects(
        store.addWebhook(sampleWebhook({ owner }), 2),
        (error: Refused) => error.refusal.code === 'list_full',
      );
    });

    it('changes what is named, and nothing else; going on forgets failures', async () => {
      const webhook = sampleWebhook();
      await store.addWebhook(webhook, 10);
      const changes = {
        url: 'https://example.org/other',
        events: ['message.edited' as const],
        secret: 'whsec_new',
        formerSecret: { secret: webhook.secret, until: 9_000 },
        paused: 'failing' as const,
      };
      assert.equal(await store.updateWebhook(webhook.id, changes), true);
      assert.deepEqual(await store.webhook(webhook.id), { ...webhook, ...changes });
      assert.equal(await store.updateWebhook(webhook.id, {}), true);
      await store.noteFailure(webhook.id, { begun: 1_990, now: 2_000, notBefore: 60_000 });
      // Was under way when the first failed.
      await store.noteFailure(webhook.id, { begun: 1_995, now: 2_500, notBefore: 70_000 });
      await store.noteFailure(webhook.id, { begun: 60_000, now: 61_000, notBefore: 90_000 });
      const failing = { ...webhook, ...changes, failures: 2, failingSince: 2_000 };
      assert.deepEqual(await store.webhook(webhook.id), failing);
      assert.equal(await store.updateWebhook(webhook.id, { formerSecret: null, paused: null }), true);
      assert.deepEqual(await store.webhook(webhook.id), {
        ...failing,
        ...{ formerSecret: null, paused: null, failures: 0, failingSince: null },
      });
      assert.equal(await store.updateWebhook(randomUUID(), { paused: 'owner' }), false);
      assert.equal(await store.updateWebhook(randomUUID(), {}), false);
    });

    it('knows who hears of a stream: its own, and bots that are in it now', async () => {
      const owner = randomUUID();
      const bot = randomUUID();
      const [group, left, other] = [randomUUID(), randomUUID(), randomUUID()];
      for (const id of [group, left, other])
        await under.conversations.create(
          {
            ...{ id, kind: 'group', name: 'g', photo: null, history: 'joined', timer: null },
            ...{ createdBy: owner, createdAt: 1 },
          },
          [owner, bot].map((user) => ({ user, role: 'member' })),
          1,
        );
      await under.conversations.remove(left, [bot], 5);
      await under.conversations.remove(other, [bot], 5);
      await under.conversations.add(other, [{ user: bot, role: 'member' }], 7, 7);
      const own = sampleWebhook({ owner, conversation: group, events: ['message', 'message.edited'] });
      const paused = sampleWebhook({ owner, conversation: group, paused: 'owner' });
      const all = sampleWebhook({ owner: bot, conversation: null });
      for (const webhook of [own, paused, all]) await store.addWebhook(webhook, 10);
      const found = await store.listening([group, left, other, randomUUID()]);
      const sorted = (list: { webhook: string; stream: string }[]) =>
        list.map(({ webhook, stream }) => `${webhook} ${stream}`).toSorted();
      assert.deepEqual(
        sorted(found),
        sorted([
          { webhook: own.id, stream: group },
          { webhook: paused.id, stream: group },
          { webhook: all.id, stream: group },
          { webhook: all.id, stream: other },
        ]),
      );
      assert.deepEqual(
        found.find((one) => one.webhook === own.id),
        { webhook: own.id, stream: group, owner, events: ['message', 'message.edited'] },
      );
      assert.deepEqual(await store.listening([]), []);
    });

    it('removes a webhook with all that it had to be told', async () => {
      const webhook = sampleWebhook();
      await store.addWebhook(webhook, 10);
      await store.noteEvents(
        [{ webhook: webhook.id, stream: webhook.conversation!, first: 1, last: 2 }],
        1_000,
      );
      assert.equal(await store.removeWebhook(webhook.id), true);
      assert.equal(await store.removeWebhook(webhook.id), false);
      assert.deepEqual(await store.webhooksIn(webhook.conversation!), []);
      // What is noted of one that is gone is nothing to anybody.
      await store
        .noteEvents([{ webhook: webhook.id, stream: webhook.conversation!, first: 3, last: 3 }], 1_000)
        .catch(() => {});
      const lanes = await store.claimLanes(
        'c',
        { now: 1e12, leaseUntil: 2e12 },
        { lanes: 100, perWebhook: 9 },
        { full: [], atWork: [] },
      );
      assert.ok(lanes.every((lane) => lane.webhook !== webhook.id));
    });
  });
  lanesConformance(adapter, open);
  failuresConformance(adapter, open);
}
