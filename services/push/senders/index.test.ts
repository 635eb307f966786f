import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../platform/clock.ts';
import { type Config, defaultConfig } from '../../../platform/config/schema.ts';
import { createOutbound } from '../../../platform/outbound/outbound.ts';
import { notificationOf, patience } from './fixtures/notification.ts';
import { webPushKey } from './fixtures/vapid.ts';
import { vendor } from './fixtures/vendor.ts';
import { createPushSenders, vapidKey } from './index.ts';
import { vapidSubject } from './vapid.ts';

describe('the senders that there are', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dunlin-push-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const outbound = createOutbound({ allowPrivate: [], ports: [] });
  const pem = (type: 'ec' | 'ed25519') =>
    (type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519')
    ).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const made = (change: (config: Config) => void) => {
    const config = defaultConfig();
    change(config);
    return createPushSenders({ config, vapid: webPushKey(), outbound, clock: systemClock });
  };
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };

  it('are those that need no vendor, and those that are configured', async () => {
    const kinds = (senders: ReturnType<typeof made>) => senders.map(({ kind }) => kind);
    assert.deepEqual(kinds(made(() => {})), ['webpush', 'unifiedpush', 'webhook']);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const account = {
      project_id: 'our-project',
      client_email: 'a@b.example',
      private_key: rsa.export({ type: 'pkcs8', format: 'pem' }),
    };
    const all = made(({ fcm, apns, onesignal }) => {
      fcm.serviceAccountFile = file('account.json', JSON.stringify(account));
      Object.assign(apns, { keyFile: file('key.p8', pem('ec')), keyId: 'K', teamId: 'T', topic: 'x.y' });
      Object.assign(onesignal, { appId: 'a', apiKey: 'b' });
    });
    assert.deepEqual(kinds(all), ['webpush', 'unifiedpush', 'webhook', 'fcm', 'apns', 'onesignal']);
    await Promise.all(all.map((sender) => sender.close()));
  });

  it('say at the start what is missing, and nothing of what is in a key file', () => {
    const secret = 'a secret that is no JSON';
    const wrong: [RegExp, (config: Config) => void][] = [
      [
        /^fcm\.serviceAccountFile: .* is no JSON$/,
        ({ fcm }) => (fcm.serviceAccountFile = file('bad.json', secret)),
      ],
      [/has no project_id$/, ({ fcm }) => (fcm.serviceAccountFile = file('empty.json', '{}'))],
      [/^apns\.keyId: needed/, ({ apns }) => (apns.keyFile = file('a.p8', pem('ec')))],
      [
        /is no \.p8 key$/,
        ({ apns }) =>
          Object.assign(apns, { keyFile: file('b.p8', secret), keyId: 'K', teamId: 'T', topic: 'x' }),
      ],
      [/^onesignal\.apiKey: needed/, ({ onesignal }) => (onesignal.appId = 'a')],
    ];
    for (const [message, change] of wrong)
      assert.throws(
        () => made(change),
        (error: Error) => {
          assert.match(error.message, message);
          assert.ok(!error.message.includes(secret));
          return true;
        },
      );
  });

  it('ask a vendor where the operator says, also in a private network', async () => {
    const service = await vendor(() => ({ status: 200, body: { id: 'x' } }));
    const senders = made(({ onesignal }) =>
      Object.assign(onesignal, { appId: 'a', apiKey: 'b', url: `${service.url}/` }),
    );
    try {
      const sender = senders.find(({ kind }) => kind === 'onesignal')!;
      const sent = await sender.send({ kind: 'onesignal', token: 't' }, notificationOf(), patience());
      assert.equal(sent.outcome, 'accepted');
      assert.equal(service.received[0]!.path, '/notifications');
    } finally {
      await Promise.all(senders.map((one) => one.close()));
      await service.close();
    }
  });

  describe('the key for Web Push', () => {
    const keyOf = (change: (config: Config) => void = () => {}) => {
      const config = defaultConfig();
      change(config);
      return vapidKey(config, folder);
    };

    it('is made once, kept for its owner alone, and the same from then on', () => {
      const first = keyOf();
      assert.equal(Buffer.from(first.publicKey, 'base64url').byteLength, 65);
      assert.equal(Buffer.from(first.privateKey, 'base64url').byteLength, 32);
      assert.deepEqual(keyOf(), first);
      const path = join(folder, 'vapid-key.pem');
      assert.equal(statSync(path).mode & 0o777, 0o600);
      chmodSync(path, 0o644);
      assert.throws(() => keyOf(), /can be read by others/);
      chmodSync(path, 0o600);
    });

    it('is the one of the setting, or follows from the key that processes share', () => {
      const [one, other] = [pem('ec'), pem('ec')];
      const set = keyOf(({ webpush }) => (webpush.vapidKey = one));
      assert.notEqual(set.publicKey, keyOf(({ webpush }) => (webpush.vapidKey = other)).publicKey);
      const [shared, another] = [pem('ed25519'), pem('ed25519')];
      const derived = keyOf(({ tokens }) => (tokens.signingKey = shared));
      assert.deepEqual(
        keyOf(({ tokens }) => (tokens.signingKey = shared)),
        derived,
      );
      assert.notDeepEqual(
        keyOf(({ tokens }) => (tokens.signingKey = another)),
        derived,
      );
      assert.throws(() => keyOf(({ webpush }) => (webpush.vapidKey = shared)), /webpush\.vapidKey: no P-256/);
    });

    it('names whom to write to', () => {
      const subject = (publicUrl: string, given = '') => {
        const config = defaultConfig();
        config.http.publicUrl = publicUrl;
        config.webpush.subject = given;
        return vapidSubject(config);
      };
      assert.equal(subject('https://chat.example.org'), 'https://chat.example.org');
      assert.equal(subject('https://chat.example.org', 'mailto:a@b.example'), 'mailto:a@b.example');
      for (const url of ['', 'http://chat.example.org', 'https://localhost:8443'])
        assert.equal(subject(url), 'mailto:nobody@example.org');
    });
  });
});
