import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newSecret, signedHeaders } from '../../../platform/outbound/standard-webhooks.ts';
import { verifies } from '../fixtures/receiver.ts';
import { secretsOf } from './signing-secrets.ts';

describe('the signature of what is told', () => {
  it('is that of the specification’s own example', () => {
    // Standard Webhooks, spec/standard-webhooks.md, "Signature scheme", and the vector that its libraries share.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_123, '{"test": 2432232314}', [
      secret,
    ]);
    assert.deepEqual(headers, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is of secrets that are long enough, and never the same', () => {
    const secrets = Array.from({ length: 50 }, newSecret);
    assert.equal(new Set(secrets).size, 50);
    for (const secret of secrets) {
      assert.match(secret, /^whsec_[A-Za-z0-9+/]+=*$/);
      const bytes = Buffer.from(secret.slice(6), 'base64').byteLength;
      assert.ok(bytes >= 24 && bytes <= 64);
    }
  });

  it('holds for what was signed, and for nothing else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (body, other, time) => {
        const secret = newSecret();
        const headers = signedHeaders('id', time * 1_000, body, [secret]);
        assert.ok(verifies(secret, headers, body));
        assert.ok(!verifies(newSecret(), headers, body));
        assert.ok(!verifies(secret, { ...headers, 'webhook-id': 'other' }, body));
        assert.ok(!verifies(secret, { ...headers, 'webhook-timestamp': String(time + 1) }, body));
        if (other !== body) assert.ok(!verifies(secret, headers, other));
      }),
      { numRuns: 50 },
    );
  });

  it('is by both secrets for a while after a change', () => {
    const webhook = { secret: newSecret(), formerSecret: { secret: newSecret(), until: 1_000 } };
    assert.deepEqual(secretsOf(webhook, 999), [webhook.secret, webhook.formerSecret.secret]);
    assert.deepEqual(secretsOf(webhook, 1_000), [webhook.secret]);
    const headers = signedHeaders('id', 1, 'x', secretsOf(webhook, 999));
    for (const secret of [webhook.secret, webhook.formerSecret.secret])
      assert.ok(verifies(secret, headers, 'x'));
  });
});
