import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { PushOutcome, PushSender } from '../sender.ts';
import { createApns } from './apns.ts';
import { type Apple, apple, type Said } from './fixtures/apple.ts';
import { freezable } from './fixtures/freezable.ts';
import { CONVERSATION, DEVICE, notificationOf, patience } from './fixtures/notification.ts';
import { notificationId } from './payload.ts';

describe('APNs', () => {
  let server: Apple;
  let sender: PushSender;
  let answer: Said | (() => Said);
  let clock: { at: number; now(): number };
  const open: PushSender[] = [];
  const route = { kind: 'apns', token: 'ab'.repeat(32) } as const;
  const last = () => server.asked.at(-1)!;
  const make = (change: { key?: string; mostStreams?: number } = {}) => {
    const key = { key: change.key ?? server.key, keyId: 'KEY1234567', teamId: 'TEAM123456' };
    const line = change.mostStreams === undefined ? {} : { mostStreams: change.mostStreams };
    const made = createApns({ url: server.url, key, topic: 'org.example.chat', clock, line });
    open.push(made);
    return made;
  };

  before(async () => {
    server = await apple(() => (typeof answer === 'function' ? answer() : answer));
  });
  beforeEach(() => {
    answer = { status: 200 };
    server.asked.length = 0;
    server.sessions.length = 0;
    server.tokens.clear();
    clock = { at: Date.now(), now: () => clock.at };
    sender = make();
  });
  after(async () => {
    await Promise.all(open.map((one) => one.close()));
    await server.close();
  });

  it('says who, how and in place of what, and what is to be shown', async () => {
    const notification = notificationOf();
    const sent = await sender.send(route, notification, patience());
    const id = notificationId(notification);
    assert.deepEqual(sent, { outcome: 'accepted', receipt: id });
    const { path, headers, payload } = last();
    assert.equal(path, `/3/device/${route.token}`);
    assert.equal(headers['apns-topic'], 'org.example.chat');
    assert.equal(headers['apns-id'], id);
    assert.equal(headers['apns-push-type'], 'alert');
    assert.equal(headers['apns-priority'], '10');
    assert.equal(headers['apns-collapse-id'], CONVERSATION);
    assert.equal(headers['apns-expiration'], String(Math.floor(clock.at / 1_000) + 3_600));
    assert.deepEqual(payload.aps, {
      alert: { title: 'Anna', body: 'the tide is out' },
      badge: 3,
      sound: 'default',
      'thread-id': CONVERSATION,
    });
    assert.deepEqual(payload.dunlin, {
      v: 1,
      event: `${CONVERSATION}:7`,
      device: DEVICE,
      kind: 'message',
      conversation: CONVERSATION,
      seq: 7,
      badge: 3,
    });
  });

  it('lets the app open what is sealed before it is shown', async () => {
    await sender.send(route, notificationOf({ title: null, body: null, sealed: 'c2VhbGVk' }), patience());
    const { aps, dunlin } = last().payload;
    assert.deepEqual(
      [aps['mutable-content'], aps.alert, dunlin.sealed],
      [1, { body: 'New message' }, 'c2VhbGVk'],
    );
    assert.equal(last().headers['apns-push-type'], 'alert');
  });

  it('wakes the app alone where nothing is to be shown, and never urgently', async () => {
    await sender.send(route, notificationOf({ title: null, body: null }), patience());
    const { headers, payload } = last();
    assert.deepEqual([headers['apns-push-type'], headers['apns-priority']], ['background', '5']);
    assert.deepEqual(payload.aps, { badge: 3, 'content-available': 1 });
  });

  it('keeps within 4096 bytes, and 64 of a collapse id; a route may name its own topic', async () => {
    const long = notificationOf({ body: 'é'.repeat(9_000), collapse: 'c'.repeat(100), urgent: false });
    await sender.send({ ...route, topic: 'org.example.other' }, long, patience());
    const { headers, bytes, payload } = last();
    assert.ok(bytes <= 4_096);
    assert.match(payload.aps.alert!.body, /^é{1000,}…$/);
    assert.equal(String(headers['apns-collapse-id']).length, 64);
    assert.deepEqual([headers['apns-topic'], headers['apns-priority']], ['org.example.other', '5']);
  });

  it('uses one connection and one token for many at once, and another token after less than an hour', async () => {
    await Promise.all(Array.from({ length: 40 }, () => sender.send(route, notificationOf(), patience())));
    assert.equal(server.sessions.length, 1);
    assert.equal(server.tokens.size, 1);
    clock.at += 44 * 60_000;
    await sender.send(route, notificationOf(), patience());
    assert.equal(server.tokens.size, 1);
    clock.at += 2 * 60_000;
    await sender.send(route, notificationOf(), patience());
    assert.equal(server.tokens.size, 2);
  });

  it('makes a new token when the old one has expired, but no more often than Apple takes them', async () => {
    const expired: Said = { status: 403, reason: 'ExpiredProviderToken' };
    await sender.send(route, notificationOf(), patience());
    answer = expired;
    clock.at += 5 * 60_000;
    assert.deepEqual(await sender.send(route, notificationOf(), patience()), {
      outcome: 'retry',
      afterMs: 15 * 60_000,
      reason: 'expired_provider_token',
    });
    clock.at += 16 * 60_000;
    let first = true;
    answer = () => {
      const said: Said = first ? expired : { status: 200 };
      first = false;
      return said;
    };
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    assert.equal(server.tokens.size, 2);
  });

  it('says so when Apple does not know its key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const stranger = make({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string });
    assert.deepEqual(await stranger.send(route, notificationOf(), patience()), {
      outcome: 'rejected',
      reason: 'credentials',
    });
    assert.equal(server.tokens.size, 0);
  });

  it('goes on by another connection when one is let go of, is lost, or refuses', async () => {
    answer = 'go away';
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    answer = { status: 200 };
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    assert.deepEqual(
      server.asked.map(({ connection }) => connection),
      [0, 1],
    );

    answer = 'drop';
    assert.deepEqual(await sender.send(route, notificationOf(), patience()), {
      outcome: 'retry',
      afterMs: null,
      reason: 'unreachable',
    });
    answer = { status: 200 };
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    assert.equal(last().connection, 2);

    let refusals = 0;
    answer = () => (refusals++ === 0 ? 'refuse' : { status: 200 });
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    answer = 'refuse';
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'retry');
  });

  it('makes another connection when the other side is silent', async () => {
    const way = await freezable(server.url);
    const line = { pingMs: 30 };
    const key = { key: server.key, keyId: 'KEY1234567', teamId: 'TEAM123456' };
    const watchful = createApns({ url: way.url, key, topic: 'org.example.chat', clock, line });
    open.push(watchful);
    try {
      assert.equal((await watchful.send(route, notificationOf(), patience())).outcome, 'accepted');
      const left = way.left();
      way.freeze();
      await left;
      assert.equal((await watchful.send(route, notificationOf(), patience())).outcome, 'accepted');
      assert.equal(server.sessions.length, 2);
    } finally {
      await watchful.close();
      way.close();
    }
  });

  it('waits no longer than it may, and takes no more at once than it can', async () => {
    const small = make({ mostStreams: 2 });
    answer = 'hang';
    const abort = new AbortController();
    const waiting = [1, 2].map(() => small.send(route, notificationOf(), abort.signal));
    assert.deepEqual(await small.send(route, notificationOf(), patience()), {
      outcome: 'retry',
      afterMs: null,
      reason: 'busy',
    });
    while (server.asked.length < 2) await new Promise(setImmediate);
    abort.abort();
    for (const one of await Promise.all(waiting))
      assert.deepEqual(one, { outcome: 'retry', afterMs: null, reason: 'timeout' });
    answer = { status: 200 };
    assert.equal((await small.send(route, notificationOf(), patience())).outcome, 'accepted');
  });

  it('puts nothing into a path that is no device token', async () => {
    const outcome = await sender.send({ kind: 'apns', token: 'ab/../../x' }, notificationOf(), patience());
    assert.deepEqual(outcome, { outcome: 'rejected', reason: 'bad_token' });
    assert.equal(server.asked.length, 0);
  });

  const outcomes: [Said & object, PushOutcome][] = [
    [{ status: 400, reason: 'BadDeviceToken' }, { outcome: 'unregistered' }],
    [{ status: 410, reason: 'Unregistered' }, { outcome: 'unregistered' }],
    [{ status: 410, reason: 'ExpiredToken' }, { outcome: 'unregistered' }],
    [{ status: 410 }, { outcome: 'unregistered' }],
    [
      { status: 400, reason: 'DeviceTokenNotForTopic' },
      { outcome: 'rejected', reason: 'device_token_not_for_topic' },
    ],
    [
      { status: 400, reason: 'BadCollapseId' },
      { outcome: 'rejected', reason: 'bad_collapse_id' },
    ],
    [
      { status: 400, reason: 'words <with> anything' },
      { outcome: 'rejected', reason: 'status_400' },
    ],
    [
      { status: 403, reason: 'InvalidProviderToken' },
      { outcome: 'rejected', reason: 'credentials' },
    ],
    [
      { status: 413, reason: 'PayloadTooLarge' },
      { outcome: 'rejected', reason: 'payload_too_large' },
    ],
    [
      { status: 429, reason: 'TooManyRequests' },
      { outcome: 'retry', afterMs: null, reason: 'too_many_requests' },
    ],
    [
      { status: 429, reason: 'TooManyRequests', headers: { 'retry-after': '9' } },
      { outcome: 'retry', afterMs: 9_000, reason: 'too_many_requests' },
    ],
    [
      { status: 429, reason: 'TooManyProviderTokenUpdates' },
      { outcome: 'retry', afterMs: 20 * 60_000, reason: 'provider_token' },
    ],
    [
      { status: 500, reason: 'InternalServerError' },
      { outcome: 'retry', afterMs: null, reason: 'internal_server_error' },
    ],
    [
      { status: 503, reason: 'ServiceUnavailable' },
      { outcome: 'retry', afterMs: null, reason: 'service_unavailable' },
    ],
    [
      { status: 503, reason: 'Shutdown' },
      { outcome: 'retry', afterMs: null, reason: 'shutdown' },
    ],
  ];
  for (const [said, outcome] of outcomes)
    it(`makes of ${JSON.stringify(said)}: ${outcome.outcome}`, async () => {
      answer = said;
      assert.deepEqual(await sender.send(route, notificationOf(), patience()), outcome);
      assert.equal(server.asked.length, 1);
    });
});
