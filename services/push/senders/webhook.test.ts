import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome, PushSender } from '../sender.ts';
import { CONVERSATION, notificationOf, patience } from './fixtures/notification.ts';
import { type Answer, type Vendor, vendor } from './fixtures/vendor.ts';
import { notificationId } from './payload.ts';
import { createWebhookPush } from './webhook.ts';

describe('push by a webhook', () => {
  let machine: Vendor;
  let outbound: Outbound;
  let sender: PushSender;
  let answer: Answer;
  const clock = { now: () => 1_790_000_000_123 };
  const key = randomBytes(32);
  const route = () =>
    ({
      kind: 'webhook',
      endpoint: `${machine.url}/push`,
      secret: `whsec_${key.toString('base64')}`,
    }) as const;

  before(async () => {
    machine = await vendor(() => answer);
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'], ports: [] });
    sender = createWebhookPush({ outbound, clock });
  });
  beforeEach(() => {
    answer = { status: 204 };
  });
  after(async () => {
    await outbound.close();
    await machine.close();
  });

  it('is signed as Standard Webhooks has it', async () => {
    const notification = notificationOf();
    assert.deepEqual(await sender.send(route(), notification, patience()), { outcome: 'accepted' });
    const { headers, body, path } = machine.received.at(-1)!;
    assert.equal(path, '/push');
    assert.equal(headers['webhook-id'], notificationId(notification));
    assert.equal(headers['webhook-timestamp'], '1790000000');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${signature}`);
    const said = JSON.parse(body.toString()) as { type: string; timestamp: string; data: object };
    assert.deepEqual([said.type, said.timestamp], ['push', new Date(clock.now()).toISOString()]);
    assert.deepEqual(said.data, {
      v: 1,
      event: notification.event,
      device: notification.device,
      kind: 'message',
      conversation: CONVERSATION,
      seq: 7,
      badge: 3,
      title: 'Anna',
      body: 'the tide is out',
      collapse: CONVERSATION,
      urgent: true,
      ttl: 3_600,
    });
  });

  const outcomes: [Answer, PushOutcome][] = [
    [{ status: 200 }, { outcome: 'accepted' }],
    [{ status: 410 }, { outcome: 'unregistered' }],
    [{ status: 404 }, { outcome: 'rejected', reason: 'status_404' }],
    [
      { status: 302, headers: { location: 'http://127.0.0.1/' } },
      { outcome: 'rejected', reason: 'redirect' },
    ],
    [
      { status: 429, headers: { 'retry-after': '4' } },
      { outcome: 'retry', afterMs: 4_000, reason: 'rate_limited' },
    ],
    [{ status: 500 }, { outcome: 'retry', afterMs: null, reason: 'status_500' }],
    ['drop', { outcome: 'retry', afterMs: null, reason: 'unreachable' }],
  ];
  for (const [said, outcome] of outcomes)
    it(`makes of ${JSON.stringify(said)}: ${outcome.outcome}`, async () => {
      answer = said;
      assert.deepEqual(await sender.send(route(), notificationOf(), patience()), outcome);
    });

  it('goes to no private address', async () => {
    const strict = createOutbound({ allowPrivate: [], ports: [] });
    const before = machine.received.length;
    try {
      assert.deepEqual(
        await createWebhookPush({ outbound: strict, clock }).send(route(), notificationOf(), patience()),
        { outcome: 'rejected', reason: 'not_allowed' },
      );
      assert.equal(machine.received.length, before);
    } finally {
      await strict.close();
    }
  });
});
