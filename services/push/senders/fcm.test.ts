import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { jwtVerify } from 'jose';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome, PushSender } from '../sender.ts';
import { createFcm } from './fcm.ts';
import { CONVERSATION, DEVICE, notificationOf, patience } from './fixtures/notification.ts';
import { type Answer, type Received, type Vendor, vendor } from './fixtures/vendor.ts';

interface Message {
  token: string;
  notification?: { title: string; body: string };
  data: Record<string, string>;
  android: Record<string, unknown>;
  apns: { payload: { aps: Record<string, unknown> } };
}

/** Google: tokens at /token, messages at /v1/…, believed with the token that was given last. */
describe('FCM', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  let google: Vendor;
  let outbound: Outbound;
  let sender: PushSender;
  let clock: { at: number; now(): number };
  let tokenAnswer: ((request: Received) => Answer) | null;
  let answer: Answer;
  let given: string[];
  const route = { kind: 'fcm', token: 'some-registration-token' } as const;
  const messages = () => google.received.filter(({ path }) => path !== '/token');
  const asked = () => google.received.filter(({ path }) => path === '/token');
  const message = () => (JSON.parse(messages().at(-1)!.body.toString()) as { message: Message }).message;

  before(async () => {
    google = await vendor((request) => {
      if (request.path === '/token') {
        if (tokenAnswer !== null) return tokenAnswer(request);
        given.push(`token-${given.length}`);
        return { status: 200, body: { access_token: given.at(-1), expires_in: 3_600, token_type: 'Bearer' } };
      }
      if (request.headers.authorization !== `Bearer ${given.at(-1)}`)
        return { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } };
      return answer;
    });
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'], ports: [] });
  });
  beforeEach(() => {
    answer = { status: 200, body: { name: 'projects/our-project/messages/0:17' } };
    tokenAnswer = null;
    given = [];
    google.received.length = 0;
    clock = { at: Date.now(), now: () => clock.at };
    sender = createFcm({
      url: google.url,
      outbound,
      clock,
      account: {
        projectId: 'our-project',
        clientEmail: 'push@our-project.iam.example',
        privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        privateKeyId: 'key-1',
        tokenUri: `${google.url}/token`,
      },
    });
  });
  after(async () => {
    await outbound.close();
    await google.close();
  });

  it('signs in as its service account, once for many and again before the token ends', async () => {
    await Promise.all([1, 2, 3].map(() => sender.send(route, notificationOf(), patience())));
    assert.equal(asked().length, 1);
    const form = new URLSearchParams(asked()[0]!.body.toString());
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { payload, protectedHeader } = await jwtVerify(form.get('assertion')!, keys.publicKey, {
      issuer: 'push@our-project.iam.example',
      audience: `${google.url}/token`,
      algorithms: ['RS256'],
    });
    assert.equal(payload.scope, 'https://www.googleapis.com/auth/firebase.messaging');
    assert.equal(payload.exp! - payload.iat!, 3_600);
    assert.equal(protectedHeader.kid, 'key-1');
    clock.at += 54 * 60_000;
    await sender.send(route, notificationOf(), patience());
    assert.equal(asked().length, 1);
    clock.at += 2 * 60_000;
    await sender.send(route, notificationOf(), patience());
    assert.equal(asked().length, 2);
  });

  it('hands over title and body for the system to show, and what an app needs as data', async () => {
    const sent = await sender.send(route, notificationOf(), patience());
    assert.deepEqual(sent, { outcome: 'accepted', receipt: '0:17' });
    assert.equal(messages()[0]!.path, '/v1/projects/our-project/messages:send');
    const said = message();
    assert.equal(said.token, route.token);
    assert.deepEqual(said.notification, { title: 'Anna', body: 'the tide is out' });
    assert.deepEqual(said.data, {
      v: '1',
      event: `${CONVERSATION}:7`,
      device: DEVICE,
      kind: 'message',
      conversation: CONVERSATION,
      seq: '7',
      badge: '3',
    });
    assert.deepEqual(said.android, {
      priority: 'HIGH',
      ttl: '3600s',
      collapse_key: CONVERSATION,
      notification: { tag: CONVERSATION, notification_count: 3 },
    });
  });

  it('hands what is sealed to the app, and shows nothing of it', async () => {
    await sender.send(route, notificationOf({ title: null, body: null, sealed: 'c2VhbGVk' }), patience());
    const said = message();
    assert.equal(said.notification, undefined);
    assert.equal(said.android.notification, undefined);
    assert.equal(said.data.sealed, 'c2VhbGVk');
    assert.equal(said.apns.payload.aps['mutable-content'], 1);
    await sender.send(route, notificationOf({ urgent: false, ttlSeconds: 9_999_999 }), patience());
    assert.equal(message().android.priority, 'NORMAL');
    assert.equal(message().android.ttl, '2419200s');
  });

  it('keeps within what FCM takes', async () => {
    await sender.send(route, notificationOf({ body: 'y'.repeat(9_000) }), patience());
    const { token: _, ...rest } = message();
    assert.ok(JSON.stringify(rest).length <= 4_096);
    assert.match(rest.notification!.body, /^y{2000,}…$/);
  });

  it('asks for another token when the one it has is not believed any more, once', async () => {
    await sender.send(route, notificationOf(), patience());
    given.push('nobody was told of this one');
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
    assert.equal(asked().length, 2);
    answer = { status: 401, body: { error: { status: 'UNAUTHENTICATED' } } };
    assert.deepEqual(await sender.send(route, notificationOf(), patience()), {
      outcome: 'rejected',
      reason: 'credentials',
    });
    assert.equal(asked().length, 3);
  });

  it('says so when it may not sign in, and tries anew next time', async () => {
    tokenAnswer = () => ({ status: 400, body: { error: 'invalid_grant' } });
    const refused = { outcome: 'rejected', reason: 'credentials' };
    assert.deepEqual(await sender.send(route, notificationOf(), patience()), refused);
    tokenAnswer = () => ({ status: 503 });
    assert.deepEqual(await sender.send(route, notificationOf(), patience()), {
      outcome: 'retry',
      afterMs: null,
      reason: 'token',
    });
    tokenAnswer = null;
    assert.equal((await sender.send(route, notificationOf(), patience())).outcome, 'accepted');
  });

  const failed = (status: number, code: string, errorCode?: string, more: object[] = []): Answer => ({
    status,
    body: {
      error: {
        code: status,
        message: 'words with a secret in them',
        status: code,
        details: [
          ...(errorCode === undefined
            ? []
            : [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }]),
          ...more,
        ],
      },
    },
  });
  const violation = (field: string) => ({
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field, description: 'x' }],
  });
  const withRetry = (said: Answer, seconds: string) => ({
    ...(said as Exclude<Answer, string>),
    headers: { 'retry-after': seconds },
  });
  const outcomes: [string, Answer, PushOutcome][] = [
    ['a device that is gone', failed(404, 'NOT_FOUND', 'UNREGISTERED'), { outcome: 'unregistered' }],
    [
      'a token that is none',
      failed(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', [violation('message.token')]),
      { outcome: 'unregistered' },
    ],
    [
      'a message that is wrong',
      failed(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', [violation('message.data')]),
      { outcome: 'rejected', reason: 'invalid_argument' },
    ],
    [
      'a token of somebody else’s app',
      failed(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'),
      { outcome: 'rejected', reason: 'sender_id_mismatch' },
    ],
    [
      'an Apple key that FCM has not',
      failed(401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR'),
      { outcome: 'rejected', reason: 'third_party_auth_error' },
    ],
    [
      'too many',
      withRetry(failed(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'), '7'),
      { outcome: 'retry', afterMs: 7_000, reason: 'quota_exceeded' },
    ],
    [
      'too many, without a time',
      failed(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'),
      { outcome: 'retry', afterMs: 60_000, reason: 'quota_exceeded' },
    ],
    [
      'too much work',
      withRetry(failed(503, 'UNAVAILABLE', 'UNAVAILABLE'), '3'),
      { outcome: 'retry', afterMs: 3_000, reason: 'unavailable' },
    ],
    [
      'a mistake of theirs',
      failed(500, 'INTERNAL', 'INTERNAL'),
      { outcome: 'retry', afterMs: null, reason: 'internal' },
    ],
    [
      'a proxy’s page',
      { status: 502, body: '<html>' },
      { outcome: 'retry', afterMs: null, reason: 'status_502' },
    ],
    [
      'a page that is not there',
      { status: 404, body: '<html>' },
      { outcome: 'rejected', reason: 'status_404' },
    ],
    ['a connection that breaks', 'drop', { outcome: 'retry', afterMs: null, reason: 'unreachable' }],
  ];
  for (const [name, said, outcome] of outcomes)
    it(`makes of ${name}: ${outcome.outcome}`, async () => {
      answer = said;
      assert.deepEqual(await sender.send(route, notificationOf(), patience()), outcome);
      assert.equal(messages().length, 1);
    });
});
