import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../../platform/clock.ts';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome, PushSender } from '../sender.ts';
import { CONVERSATION, notificationOf, patience } from './fixtures/notification.ts';
import { type Answer, type Vendor, vendor } from './fixtures/vendor.ts';
import { createOneSignal } from './onesignal.ts';
import { notificationId } from './payload.ts';

describe('OneSignal', () => {
  let service: Vendor;
  let outbound: Outbound;
  let sender: PushSender;
  let answer: Answer;
  const route = { kind: 'onesignal', token: '7e3a9d2c-0000-4000-8000-000000000001' } as const;
  const asked = () => JSON.parse(service.received.at(-1)!.body.toString()) as Record<string, unknown>;

  before(async () => {
    service = await vendor((request) =>
      request.headers.authorization === 'Key the-key' ? answer : { status: 403, body: { errors: ['no'] } },
    );
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'], ports: [] });
    sender = createOneSignal({
      ...{ url: service.url, appId: 'the-app', apiKey: 'the-key', outbound, clock: systemClock },
    });
  });
  beforeEach(() => {
    answer = { status: 200, body: { id: 'their-id', external_id: null } };
  });
  after(async () => {
    await outbound.close();
    await service.close();
  });

  it('is asked to tell one subscription, under a name that is the same for every attempt', async () => {
    const notification = notificationOf();
    const sent = await sender.send(route, notification, patience());
    assert.deepEqual(sent, { outcome: 'accepted', receipt: 'their-id' });
    assert.equal(service.received.at(-1)!.path, '/notifications');
    const { data, ...rest } = asked();
    assert.deepEqual(rest, {
      app_id: 'the-app',
      target_channel: 'push',
      include_subscription_ids: [route.token],
      idempotency_key: notificationId(notification),
      headings: { en: 'Anna' },
      contents: { en: 'the tide is out' },
      collapse_id: CONVERSATION,
      thread_id: CONVERSATION,
      ttl: 3_600,
      priority: 10,
      ios_badgeType: 'SetTo',
      ios_badgeCount: 3,
    });
    assert.equal((data as { seq: number }).seq, 7);
  });

  it('shows nothing of what is sealed, wakes the app where there is nothing to show, and shortens', async () => {
    await sender.send(route, notificationOf({ title: null, body: null, sealed: 'c2VhbGVk' }), patience());
    assert.deepEqual([asked().contents, asked().mutable_content], [{ en: 'New message' }, true]);
    assert.equal((asked().data as { sealed: string }).sealed, 'c2VhbGVk');
    await sender.send(route, notificationOf({ title: null, body: null, urgent: false }), patience());
    assert.deepEqual([asked().contents, asked().content_available, asked().priority], [undefined, true, 5]);
    await sender.send(route, notificationOf({ body: 'z'.repeat(9_000) }), patience());
    assert.match((asked().contents as { en: string }).en, /^z{1000,}…$/);
  });

  const outcomes: [Answer, PushOutcome][] = [
    [
      { status: 200, body: { id: '', errors: ['All included players are not subscribed'] } },
      { outcome: 'unregistered' },
    ],
    [
      { status: 200, body: { id: 'x', errors: { invalid_player_ids: [route.token] } } },
      { outcome: 'unregistered' },
    ],
    [{ status: 400, body: { errors: { invalid_subscription_ids: ['x'] } } }, { outcome: 'unregistered' }],
    [
      { status: 400, body: { errors: ['app_id not a UUID'] } },
      { outcome: 'rejected', reason: 'status_400' },
    ],
    [
      { status: 200, body: { id: '' } },
      { outcome: 'rejected', reason: 'not_sent' },
    ],
    [
      { status: 401, body: { errors: ['x'] } },
      { outcome: 'rejected', reason: 'credentials' },
    ],
    [
      { status: 429, headers: { 'retry-after': '5' } },
      { outcome: 'retry', afterMs: 5_000, reason: 'rate_limited' },
    ],
    [{ status: 503 }, { outcome: 'retry', afterMs: null, reason: 'status_503' }],
    ['drop', { outcome: 'retry', afterMs: null, reason: 'unreachable' }],
  ];
  for (const [said, outcome] of outcomes)
    it(`makes of ${JSON.stringify(said)}: ${outcome.outcome}`, async () => {
      answer = said;
      assert.deepEqual(await sender.send(route, notificationOf(), patience()), outcome);
    });
});
