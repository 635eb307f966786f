import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { uuidv7 } from 'uuidv7';
import type { SignIn } from './accounts.ts';
import { newSigningKey, refusedWith, type TemporaryAccounts, temporaryAccounts } from './temporary.ts';

describe('tokens', () => {
  let t: TemporaryAccounts;
  let alice: SignIn;
  let mallory: SignIn;
  before(async () => {
    t = await temporaryAccounts();
    [alice, mallory] = [await t.register('alice'), await t.register('mallory')];
  });
  after(() => t.dispose());

  /** A token of alice's device, made as ours are, but for what is changed. */
  function forged(
    changed: JWTPayload = {},
    { header = {}, key = t.signingKey }: { header?: object; key?: string } = {},
  ): Promise<string> {
    const now = Math.floor(t.clock.time / 1_000);
    const claims = {
      iss: 'dunlin',
      aud: 'http',
      sub: alice.user.id,
      did: alice.device.id,
      jti: uuidv7(),
      iat: now,
      exp: now + 60,
      ...changed,
    };
    return new SignJWT(JSON.parse(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', ...header } as JWTHeaderParameters)
      .sign(createPrivateKey(key));
  }
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  /** The claims of a token that is good, under another header and signature. */
  async function resigned(header: object, sign: (input: string) => string): Promise<string> {
    const [, claims] = (await forged()).split('.');
    const input = `${base64(header)}.${claims}`;
    return `${input}.${sign(input)}`;
  }
  const mqtt = (token: string) => t.accounts.authenticateDevice(alice.user.id, alice.device.id, token);
  const http = (token: string) => t.accounts.authenticateBearer(token);

  it('are believed when they are made so (which makes the refusals below mean something)', async () => {
    assert.equal((await http(await forged())).user, alice.user.id);
    assert.equal((await mqtt(await forged({ aud: 'mqtt' }))).user, alice.user.id);
  });

  const forgeries: Record<string, () => Promise<string>> = {
    'no signature': () => resigned({ alg: 'none' }, () => ''),
    'no signature, and a header that says so in other letters': () => resigned({ alg: 'nOnE' }, () => ''),
    'a signature cut off': async () => (await forged()).replace(/[^.]*$/, ''),
    'a MAC made with the public key': () =>
      resigned({ alg: 'HS256' }, (input) => {
        const key = createPublicKey(t.signingKey).export({ type: 'spki', format: 'pem' });
        return createHmac('sha256', key).update(input).digest('base64url');
      }),
    'the signature of another key': () => forged({}, { key: newSigningKey() }),
    'the key in the header': async () => {
      const key = newSigningKey();
      const jwk = createPublicKey(key).export({ format: 'jwk' });
      return forged({}, { key, header: { jwk } });
    },
    'another issuer': () => forged({ iss: 'somebody' }),
    'no issuer': () => forged({ iss: undefined }),
    'another audience': () => forged({ aud: 'admin' }),
    'no audience': () => forged({ aud: undefined }),
    'no end': () => forged({ exp: undefined }),
    'no device': () => forged({ did: undefined }),
    'a device that is no text': () => forged({ did: { $ne: null } }),
    'no user': () => forged({ sub: undefined }),
    'no id': () => forged({ jti: undefined }),
    'a user who is not there': () => forged({ sub: uuidv7() }),
    'a device that is not there': () => forged({ did: uuidv7() }),
    'the device of another': () => forged({ did: mallory.device.id }),
    'a name of Object as user and device': () => forged({ sub: '__proto__', did: 'constructor' }),
    'claims that were changed': async () => {
      const [header, , signature] = (await forged()).split('.');
      return `${header}.${base64({ sub: mallory.user.id })}.${signature}`;
    },
    'nothing in it': async () => '',
    'nothing but dots': async () => '..',
    'no token in it': async () => 'no.such.token',
    'more in it than any of ours': () => forged({ padding: 'x'.repeat(4_096) }),
    'a refresh token for it': async () => alice.refreshToken,
  };
  for (const [what, make] of Object.entries(forgeries)) {
    it(`are refused with ${what}`, async () => {
      const token = await make();
      await assert.rejects(http(token), refusedWith('unauthenticated'));
      await assert.rejects(mqtt(token), refusedWith('unauthenticated'));
    });
  }

  it('are refused when they have expired, and only then', async () => {
    const now = Math.floor(t.clock.time / 1_000);
    await http(await forged({ exp: now + 1 }));
    const expired = await forged({ exp: now - 1 });
    await assert.rejects(http(expired), refusedWith('token_expired'));
    await assert.rejects(mqtt(expired), refusedWith('token_expired'));
    const others = await forged({ exp: now - 1 }, { key: newSigningKey() });
    await assert.rejects(http(others), refusedWith('unauthenticated'));
  });

  it('of MQTT open nothing over HTTP', async () => {
    await assert.rejects(http(alice.deviceToken), refusedWith('unauthenticated'));
  });

  it('open MQTT only for their own user and device', async () => {
    for (const [user, device] of [
      [mallory.user.id, alice.device.id],
      [alice.user.id, mallory.device.id],
      [mallory.user.id, mallory.device.id],
      ['__proto__', alice.device.id],
      ['', ''],
    ] as const)
      await assert.rejects(
        t.accounts.authenticateDevice(user, device, alice.deviceToken),
        refusedWith('unauthenticated'),
      );
  });

  it('do not say who is administrator', async () => {
    const token = await forged({ admin: true });
    assert.equal((await http(token)).admin, false);
    await t.accounts.grantAdmin('alice');
    assert.equal((await http(token)).admin, true);
  });
});
