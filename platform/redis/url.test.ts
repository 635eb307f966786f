import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostsOf, parseRedisUrl } from './url.ts';

const host = fc
  .oneof(fc.domain(), fc.ipV4(), fc.constant('localhost'), fc.ipV6())
  .map((name) => (name.includes(':') ? `[${name}]` : name));
const port = fc.integer({ min: 1, max: 65_535 });
const secret = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }).filter((text) => {
  try {
    return encodeURIComponent(text) !== '';
  } catch {
    return false;
  }
});
const unbracketed = (name: string) => name.replace(/^\[|\]$/g, '');

describe('A Redis URL', () => {
  it('says everything that was put into it', () => {
    const parts = fc.record({
      tls: fc.boolean(),
      hosts: fc.array(fc.tuple(host, port), { minLength: 1, maxLength: 4 }),
      username: fc.option(secret, { nil: undefined }),
      password: fc.option(secret, { nil: undefined }),
      db: fc.nat(100),
      kind: fc.constantFrom('single', 'cluster', 'sentinel'),
      master: secret,
    });
    fc.assert(
      fc.property(parts, ({ tls, hosts, username, password, db, kind, master }) => {
        const some = kind === 'single' ? hosts.slice(0, 1) : hosts;
        const scheme = `redis${tls ? 's' : ''}${kind === 'single' ? '' : `+${kind}`}`;
        const user =
          password === undefined
            ? ''
            : `${encodeURIComponent(username ?? '')}:${encodeURIComponent(password)}@`;
        const where = some.map(([name, at]) => `${name}:${at}`).join(',');
        const path = { single: `/${db}`, cluster: '', sentinel: `/${encodeURIComponent(master)}?db=${db}` }[
          kind
        ];
        const address = parseRedisUrl(`${scheme}://${user}${where}${path}`);
        assert.equal(address.kind, kind);
        assert.equal(address.tls, tls);
        assert.deepEqual(
          address.hosts,
          some.map(([name, at]) => ({ host: unbracketed(name), port: at })),
        );
        assert.equal(address.password, password);
        assert.equal(address.username, password === undefined ? undefined : username);
        assert.equal(address.db, kind === 'cluster' ? 0 : db);
        assert.equal(address.master, kind === 'sentinel' ? master : undefined);
        assert.equal(address.prefix, 'dunlin:');
        assert.equal(hostsOf(address), where);
      }),
    );
  });

  it('is refused as a TypeError that quotes nothing of it, whatever else it is', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('redis://', 'rediss://', 'redis+cluster://', 'redis+sentinel://'), fc.string())
        .map(([scheme, rest]) => scheme + rest),
    );
    fc.assert(
      fc.property(text, (url) => {
        try {
          const { hosts, prefix, db } = parseRedisUrl(url);
          assert.ok(hosts.length > 0 && hosts.every((one) => one.host !== '' && one.port > 0));
          assert.match(prefix, /^[A-Za-z0-9_:.-]+$/);
          assert.ok(Number.isInteger(db));
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          assert.ok(error instanceof TypeError, String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  for (const [url, says] of [
    ['http://hunter2@host', /begins with one of/],
    ['redis://:hunter2@', /is like/],
    ['redis://:hunter2@a,b', /several hosts/],
    ['redis://:hunter2@a:0', /host:6379/],
    ['redis://:hunter2@a:70000', /host:6379/],
    ['redis://:hunter2@a/x', /is a number/],
    ['redis://:hunter2@a/1?db=2', /once/],
    ['redis://hunter2@a', /has a password/],
    ['redis://:hunter2%@a', /begins no escape/],
    ['redis://:hunter2@a?prefix=a{b}', /prefix/],
    ['redis://:hunter2@a?prefix=', /prefix/],
    ['redis://:hunter2@a?ca=file', /rediss/],
    ['redis://:hunter2@a?tls=no', /parameters/],
    ['redis://:hunter2@a?db=1&db=2', /parameters/],
    ['redis+cluster://:hunter2@a,b?db=1', /only the database 0/],
    ['redis+sentinel://:hunter2@a,b', /names its master/],
  ] as const) {
    it(`refuses ${url}`, () => {
      assert.throws(
        () => parseRedisUrl(url),
        (error: Error) => {
          assert.match(error.message, says);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    });
  }

  it('has ports and a prefix of its own when none are named', () => {
    assert.deepEqual(parseRedisUrl('redis+sentinel://a,b:1/m?prefix=x.&sentinelPassword=s%20s'), {
      kind: 'sentinel',
      tls: false,
      hosts: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 1 },
      ],
      db: 0,
      prefix: 'x.',
      master: 'm',
      sentinelPassword: 's s',
    });
    assert.equal(parseRedisUrl('rediss://a?ca=/etc/ca.pem').ca, '/etc/ca.pem');
    assert.deepEqual(parseRedisUrl('rediss+cluster://[::1]').hosts, [{ host: '::1', port: 6_379 }]);
  });
});
