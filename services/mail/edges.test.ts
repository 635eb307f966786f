import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../protocol/errors.ts';
import { addressKey, mailAddress } from './address.ts';
import { createLinks } from './links.ts';
import { toldNetwork } from './network.ts';
import { Breaker } from './smtp/breaker.ts';

describe('mail addresses', () => {
  it('are taken as they are written to', () => {
    assert.equal(mailAddress(' Ann.B+x@Example.ORG '), 'Ann.B+x@example.org');
    assert.equal(mailAddress('a@bücher.example'), 'a@xn--bcher-kva.example');
    assert.equal(addressKey('Ann@example.org'), 'ann@example.org');
  });

  it('are nothing else, whatever is typed', () => {
    const odd = [
      '',
      '@',
      'a@b',
      '.a@example.org',
      'a..b@example.org',
      '"a b"@example.org',
      'a@-b.org',
      'a@[1.2.3.4]',
    ];
    const long = [`${'a'.repeat(65)}@example.org`, `a@${'b'.repeat(64)}.org`, `a@${'b.'.repeat(130)}org`];
    for (const text of [...odd, ...long, 'a@x.org,b@x.org', 'a@x.org>', '<a@x.org>', 'a@x.org\n'.repeat(2)])
      assert.throws(() => mailAddress(text), Refused, text);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let address: string;
        try {
          address = mailAddress(`a${text}@example.org`);
        } catch (error) {
          assert.ok(error instanceof Refused);
          return;
        }
        assert.match(address, /^[!-~]+@[a-z0-9.-]+$/);
        assert.doesNotMatch(address, /[\s<>,;:"()[\]\\]/);
      }),
    );
  });
});

describe('links', () => {
  const user = '01930000-0000-7000-8000-0000000000ab';
  const links = createLinks('the key');

  it('to unsubscribe name an account and a list, and cannot be made without the key', () => {
    for (const list of ['notices', 'digests'] as const) {
      const token = links.unsubscribe(user, list);
      assert.deepEqual(links.unsubscribed(token), { user, list });
      assert.equal(createLinks('another key').unsubscribed(token), null);
    }
    const bytes = Buffer.from(links.unsubscribe(user, 'notices'), 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const forged = Buffer.from(bytes);
        forged[at]! ^= change;
        assert.equal(links.unsubscribed(forged.toString('base64url')), null);
      }),
    );
    for (const token of ['', 'x', 'x'.repeat(66)]) assert.equal(links.unsubscribed(token), null);
  });

  it('in a mail are the same each time it is sent, and others in another one', () => {
    assert.deepEqual(links.token('a'), links.token('a'));
    assert.notEqual(links.token('a').token, links.token('b').token);
    assert.notEqual(links.token('a').token, createLinks('another key').token('a').token);
    assert.match(links.token('a').hash, /^[0-9a-f]{64}$/);
  });
});

describe('networks', () => {
  it('are told instead of addresses, unless the operator wants those', () => {
    assert.equal(toldNetwork('203.0.113.77', false), '203.0.113.x');
    assert.equal(toldNetwork('::ffff:203.0.113.77', false), '203.0.113.x');
    assert.equal(toldNetwork('2001:db8:1:2:3:4:5:6', false), '2001:db8:1::/48');
    assert.equal(toldNetwork('::1', false), '0:0:0::/48');
    assert.equal(toldNetwork('203.0.113.77', true), '203.0.113.77');
  });
});

describe('the breaker', () => {
  it('lets one through when its time has come, and all when that succeeds', () => {
    const breaker = new Breaker();
    assert.equal(breaker.room(0, 4, 1), 3);
    breaker.failed(0);
    breaker.failed(0);
    assert.deepEqual([breaker.open, breaker.room(0, 4, 0)], [true, 0]);
    const after = breaker.wait(0);
    assert.ok(after > 0);
    assert.deepEqual([breaker.room(after, 4, 0), breaker.room(after, 4, 1)], [1, 0]);
    breaker.failed(after);
    assert.ok(breaker.wait(after) >= after, 'it waits longer');
    breaker.answered();
    assert.equal(breaker.room(after, 4, 0), 4);
  });
});
