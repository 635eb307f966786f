import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsePostgresUrl, placeOf } from './url.ts';

describe('the URL of PostgreSQL', () => {
  it('names everything, or what it does not name is as usual', () => {
    assert.deepEqual(parsePostgresUrl('postgres://ann:s%2Fe@db.example.org:6432/chat?application_name=a'), {
      host: 'db.example.org',
      port: 6432,
      user: 'ann',
      password: 's/e',
      database: 'chat',
      ssl: false,
      applicationName: 'a',
    });
    assert.deepEqual(parsePostgresUrl('postgresql://ann@[::1]'), {
      host: '::1',
      port: 5432,
      user: 'ann',
      password: '',
      database: 'ann',
      ssl: false,
      applicationName: 'dunlin',
    });
    assert.equal(parsePostgresUrl('postgres://a@localhost/b?host=/run/postgresql').host, '/run/postgresql');
  });

  it('verifies whom it speaks TLS with, unless told not to', () => {
    const ssl = (query: string) => parsePostgresUrl(`postgres://a@b/c?${query}`).ssl;
    for (const mode of ['require', 'verify-ca', 'verify-full']) assert.deepEqual(ssl(`sslmode=${mode}`), {});
    assert.deepEqual(ssl('sslmode=no-verify'), { rejectUnauthorized: false });
    assert.equal(ssl('sslmode=disable'), false);
    const file = new URL('../../package.json', import.meta.url).pathname;
    assert.match(String((ssl(`sslrootcert=${file}`) as { ca: string }).ca), /"name"/);
  });

  it('refuses what it does not know, and what falls back to plain text', () => {
    for (const wrong of [
      '',
      'mysql://a@b/c',
      'postgres://b/c',
      'postgres://a@b/c?sslmode=prefer',
      'postgres://a@b/c?sslmode=allow',
      'postgres://a@b/c?statement_timeout=0',
      'postgres://a:%E0%A4%A@b/c',
    ])
      assert.throws(() => parsePostgresUrl(wrong), TypeError, wrong);
  });

  it('never tells the password', () => {
    const secret = fc.string({ minLength: 8, unit: 'binary-ascii' });
    const rest = fc.constantFrom('b/c', 'b/c?sslmode=secret', 'b/c?x=y', 'b:99999/c', '');
    fc.assert(
      fc.property(secret, rest, (password, end) => {
        for (const written of [password, encodeURIComponent(password)]) {
          let told: string;
          try {
            told = placeOf(parsePostgresUrl(`postgres://a:${written}@${end}`));
          } catch (error) {
            told = String(error);
          }
          // A password that is written as it is may end the part it stands in.
          if (written === password && /[@/?#:]/.test(password)) continue;
          assert.ok(!told.includes(password), told);
        }
      }),
    );
  });
});
