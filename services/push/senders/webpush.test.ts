import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { importJWK, jwtVerify } from 'jose';
import { systemClock } from '../../../platform/clock.ts';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome, PushSender, RouteTarget } from '../sender.ts';
import { subscriber } from './fixtures/browser.ts';
import { CONVERSATION, notificationOf, patience } from './fixtures/notification.ts';
import { webPushKey } from './fixtures/vapid.ts';
import { type Answer, type Vendor, vendor } from './fixtures/vendor.ts';
import { createUnifiedPush } from './unifiedpush.ts';
import { createWebPush } from './webpush.ts';

describe('Web Push', () => {
  let service: Vendor;
  let outbound: Outbound;
  let sender: PushSender;
  let unified: PushSender;
  let answer: Answer;
  const vapid = webPushKey();
  const browser = subscriber();
  const subject = 'mailto:operator@example.org';
  const route = (): RouteTarget & { kind: 'webpush' } => ({
    kind: 'webpush',
    endpoint: `${service.url}/push/some-device`,
    p256dh: browser.p256dh,
    auth: browser.auth,
  });
  const last = () => service.received.at(-1)!;

  before(async () => {
    service = await vendor(() => answer);
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'], ports: [] });
    const parts = { vapid, subject, outbound, clock: systemClock };
    sender = createWebPush(parts);
    unified = createUnifiedPush(parts);
  });
  beforeEach(() => {
    answer = { status: 201 };
  });
  after(async () => {
    await outbound.close();
    await service.close();
  });

  it('is encrypted for the browser, which reads what was to be said', async () => {
    const sent = await sender.send(route(), notificationOf(), patience());
    assert.deepEqual(sent, { outcome: 'accepted' });
    const { path, headers, body } = last();
    assert.equal(path, '/push/some-device');
    assert.equal(headers['content-encoding'], 'aes128gcm');
    assert.deepEqual(JSON.parse(browser.decrypt(body)), {
      v: 1,
      event: `${CONVERSATION}:7`,
      device: notificationOf().device,
      kind: 'message',
      conversation: CONVERSATION,
      seq: 7,
      badge: 3,
      title: 'Anna',
      body: 'the tide is out',
    });
    assert.ok(!body.includes('Anna'));
    assert.throws(() => subscriber().decrypt(body), 'nobody else does');
  });

  it('says who sends, to this push service and for less than a day', async () => {
    await sender.send(route(), notificationOf(), patience());
    const [, token, key] = /^vapid t=(\S+), k=(\S+)$/.exec(last().headers.authorization!)!;
    assert.equal(key, vapid.publicKey);
    const point = Buffer.from(key!, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const verifying = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
    const { payload } = await jwtVerify(token!, verifying, { audience: service.url, subject });
    assert.ok(payload.exp! * 1_000 < Date.now() + 24 * 3_600_000);
  });

  it('asks for how long, how urgently, and in place of what', async () => {
    await sender.send(route(), notificationOf(), patience());
    const first = last().headers;
    assert.deepEqual([first.ttl, first.urgency], ['3600', 'high']);
    assert.match(String(first.topic), /^[A-Za-z0-9_-]{1,32}$/);
    await sender.send(
      route(),
      notificationOf({ urgent: false, ttlSeconds: 0, seq: 8, event: 'x' }),
      patience(),
    );
    const second = last().headers;
    assert.deepEqual([second.ttl, second.urgency], ['0', 'normal']);
    assert.equal(second.topic, first.topic, 'of the same conversation');
    await sender.send(route(), notificationOf({ collapse: 'other' }), patience());
    assert.notEqual(last().headers.topic, first.topic);
  });

  it('stays within 4096 bytes', async () => {
    await sender.send(route(), notificationOf({ body: '漢'.repeat(60_000) }), patience());
    assert.ok(last().body.byteLength <= 4_096, String(last().body.byteLength));
    assert.match((JSON.parse(browser.decrypt(last().body)) as { body: string }).body, /^漢{1000,}…$/);
  });

  const outcomes: [Answer, PushOutcome][] = [
    [{ status: 200 }, { outcome: 'accepted' }],
    [{ status: 202 }, { outcome: 'accepted' }],
    [{ status: 400 }, { outcome: 'rejected', reason: 'status_400' }],
    [
      { status: 403, body: 'secret words' },
      { outcome: 'rejected', reason: 'not_authorised' },
    ],
    [{ status: 404 }, { outcome: 'unregistered' }],
    [{ status: 410 }, { outcome: 'unregistered' }],
    [{ status: 413 }, { outcome: 'rejected', reason: 'too_large' }],
    [
      { status: 429, headers: { 'retry-after': '17' } },
      { outcome: 'retry', afterMs: 17_000, reason: 'rate_limited' },
    ],
    [{ status: 429 }, { outcome: 'retry', afterMs: null, reason: 'rate_limited' }],
    [
      { status: 503, headers: { 'retry-after': '2' } },
      { outcome: 'retry', afterMs: 2_000, reason: 'status_503' },
    ],
    [
      { status: 500, body: 'x'.repeat(1_000_000) },
      { outcome: 'retry', afterMs: null, reason: 'status_500' },
    ],
    [
      { status: 307, headers: { location: '/elsewhere' } },
      { outcome: 'rejected', reason: 'redirect' },
    ],
    ['drop', { outcome: 'retry', afterMs: null, reason: 'unreachable' }],
  ];
  for (const [said, outcome] of outcomes) {
    const name = JSON.stringify(said).slice(0, 80);
    it(`makes of ${name}: ${outcome.outcome}`, async () => {
      answer = said;
      const before = service.received.length;
      assert.deepEqual(await sender.send(route(), notificationOf(), patience()), outcome);
      assert.equal(service.received.length, before + 1, 'once, and nowhere else');
    });
  }

  it('waits no longer than it may', async () => {
    answer = 'hang';
    const abort = new AbortController();
    const sending = sender.send(route(), notificationOf(), abort.signal);
    const asked = service.received.length;
    while (service.received.length === asked) await new Promise(setImmediate);
    abort.abort();
    assert.equal((await sending).outcome, 'retry');
  });

  it('goes to no private address', async () => {
    const strict = createOutbound({ allowPrivate: [], ports: [] });
    const before = service.received.length;
    try {
      const checked = createWebPush({ vapid, subject, outbound: strict, clock: systemClock });
      for (const endpoint of [
        service.url,
        'http://169.254.169.254/latest',
        'http://localhost/x',
        'http://[::1]/x',
      ])
        assert.deepEqual(
          await checked.send({ ...route(), endpoint }, notificationOf(), patience()),
          { outcome: 'rejected', reason: 'not_allowed' },
          endpoint,
        );
      assert.equal(service.received.length, before);
    } finally {
      await strict.close();
    }
  });

  it('does not throw over keys that are none', async () => {
    for (const keys of [
      { p256dh: 'x', auth: browser.auth },
      { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: browser.auth },
      { p256dh: browser.p256dh, auth: 'AAAA' },
    ])
      assert.deepEqual(await sender.send({ ...route(), ...keys }, notificationOf(), patience()), {
        outcome: 'rejected',
        reason: 'bad_keys',
      });
  });

  it('is the same for UnifiedPush with keys, and plain without', async () => {
    const { endpoint, p256dh, auth } = route();
    await unified.send({ kind: 'unifiedpush', endpoint, p256dh, auth }, notificationOf(), patience());
    assert.match(browser.decrypt(last().body), /the tide is out/);
    assert.match(String(last().headers.authorization), /^vapid /);

    const plain: RouteTarget = { kind: 'unifiedpush', endpoint };
    assert.deepEqual(await unified.send(plain, notificationOf({ sealed: null }), patience()), {
      outcome: 'accepted',
    });
    const said = JSON.parse(last().body.toString()) as { body: string };
    assert.equal(said.body, 'the tide is out');
    assert.equal(last().headers.authorization, undefined);
    assert.deepEqual([last().headers.ttl, last().headers.urgency], ['3600', 'high']);
    await unified.send(plain, notificationOf({ body: 'x'.repeat(50_000) }), patience());
    assert.ok(last().body.byteLength <= 4_096);
    answer = { status: 410 };
    assert.deepEqual(await unified.send(plain, notificationOf(), patience()), { outcome: 'unregistered' });
  });
});
