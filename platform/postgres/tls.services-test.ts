import assert from 'node:assert/strict';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { makeCertificates } from '../../certs/certificates.ts';
import { sampleUser } from '../../services/accounts/store.samples.ts';
import { openPostgresDirectory } from '../../services/directory/open.postgres.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startPostgres, unprivileged } from '../../test/engines/postgres.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { openKyselyPostgres } from './kysely.ts';
import { NoAnswer } from './trouble.ts';
import { parsePostgresUrl } from './url.ts';

// It has a server of its own; where there is no shared one there would be none either.
const { skip } = sharedEngine('postgres');
const MS = 10_000;
const times = { connectMs: MS, statementMs: MS, lockMs: MS, answerMs: MS, holdMs: MS };

describe('TLS with PostgreSQL', { skip }, () => {
  let folder: string;
  let server: RunningEngine;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-postgres-tls-'));
    const path = (name: string) => join(folder, name);
    const { ca, chain: cert, key } = await makeCertificates(['localhost']);
    for (const [name, pem] of Object.entries({ ca, cert, key })) await writeFile(path(name), pem);
    await chmod(folder, 0o755);
    await chmod(path('key'), 0o600);
    const as = await unprivileged();
    if (as !== null) await chown(path('key'), as.uid, as.gid);
    const settings = { ssl: 'on', ssl_cert_file: path('cert'), ssl_key_file: path('key') };
    server = await startPostgres(
      Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    );
  });
  after(async () => {
    await server?.dispose();
    await rm(folder, { recursive: true });
  });

  /** Whether the connection is encrypted, as the server sees it. */
  async function encrypted(host: string, query: string): Promise<boolean> {
    const url = Object.assign(new URL(server.url), { hostname: host, search: query }).href;
    const { db, close } = openKyselyPostgres<object>(parsePostgresUrl(url), { connections: 1, times });
    try {
      const { rows } = await sql<{ ssl: boolean }>`
        select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(db);
      return rows[0]!.ssl;
    } finally {
      await close();
    }
  }
  const ca = () => `sslrootcert=${join(folder, 'ca')}`;
  const isUntrusted = (error: unknown) =>
    error instanceof NoAnswer && /SELF_SIGNED|UNABLE_TO|ALTNAME|signed/.test(error.message);

  it('speaks it with a server that an authority of ours vouches for', async () => {
    for (const mode of ['', '&sslmode=require', '&sslmode=verify-ca', '&sslmode=verify-full'])
      assert.equal(await encrypted('localhost', ca() + mode), true);
  });

  it('does not speak with one that nobody vouches for, unless told to', async () => {
    await assert.rejects(encrypted('localhost', 'sslmode=require'), isUntrusted);
    assert.equal(await encrypted('localhost', 'sslmode=no-verify'), true);
  });

  it('does not speak with one that is vouched for under another name', async () => {
    for (const mode of ['require', 'verify-full'])
      await assert.rejects(encrypted('127.0.0.1', `${ca()}&sslmode=${mode}`), isUntrusted);
  });

  it('carries the directory by sslmode=verify-full; who is not vouched for, or has another password, ends the start with a reason', async () => {
    const open = (parts: { hostname?: string; password?: string }, query: string) =>
      openPostgresDirectory({
        url: Object.assign(new URL(server.url), { hostname: 'localhost', search: query, ...parts }).href,
        ...{ deadlineMs: MS, most: 100, startMs: 300 },
      });
    const directory = await open({}, `sslmode=verify-full&${ca()}`);
    const user = sampleUser();
    await directory.accounts.createUser(user, 'a hash', null);
    assert.deepEqual(await directory.accounts.user(user.id), user);
    await directory.close();
    for (const [parts, query, says] of [
      [{}, 'sslmode=verify-full', /SELF_SIGNED|UNABLE_TO|signed/],
      [{ hostname: '127.0.0.1' }, `sslmode=verify-full&${ca()}`, /ALTNAME/],
      [{ password: 'guessed' }, `sslmode=verify-full&${ca()}`, /password authentication failed/],
    ] as const)
      await assert.rejects(open(parts, query), (error: Error) => {
        assert.match(error.message, /^PostgreSQL \((localhost|127\.0\.0\.1):\d+\/postgres\): /);
        assert.match(error.message, says);
        assert.doesNotMatch(`${error.stack}`, /guessed|secret/);
        return true;
      });
  });

  it('goes without it when told so', async () => {
    assert.equal(await encrypted('localhost', 'sslmode=disable'), false);
  });
});
