/** A MongoDB wire server that is spoken to by TLS and lets in who has a password: FerretDB, which asks PostgreSQL who that is. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeCertificates } from '../../certs/certificates.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { mongodbIsElsewhere, startFerret } from '../../test/engines/mongodb.ts';
import { startPostgres } from '../../test/engines/postgres.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { freePorts } from '../../test/harness/ports.ts';
import { openMongo } from './client.ts';
import { isMongoTrouble } from './trouble.ts';

// It has servers of its own; where there are no shared ones there would be none either.
const skip = mongodbIsElsewhere || sharedEngine('mongodb').skip || sharedEngine('postgres').skip;

describe('MongoDB by TLS, with a user and a password', { skip }, () => {
  let folder: string;
  let users: RunningEngine;
  let server: RunningEngine;
  let port: number;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-mongodb-tls-'));
    const { ca, chain: cert, key } = await makeCertificates(['localhost']);
    for (const [name, pem] of Object.entries({ ca, cert, key })) await writeFile(join(folder, name), pem);
    users = await startPostgres();
    [port] = (await freePorts(1)) as [number];
    const { host } = new URL(users.url);
    server = await startFerret(urlOf({}), () => ({
      Listener: {
        TLS: `127.0.0.1:${port}`,
        TLSCertFile: join(folder, 'cert'),
        TLSKeyFile: join(folder, 'key'),
      },
      Handler: 'postgresql',
      PostgreSQLURL: `postgres://${host}/postgres`,
    }));
  });
  after(async () => {
    await server?.dispose();
    await users?.dispose();
    await rm(folder, { recursive: true });
  });

  function urlOf({ host = 'localhost', password = '', ca = join(folder, 'ca') }): string {
    const { username, password: right } = new URL(users.url);
    const query = new URLSearchParams({
      tls: 'true',
      authMechanism: 'PLAIN',
      ...(ca !== '' && { tlsCAFile: ca }),
    });
    return `mongodb://${username}:${password || right}@${host}:${port}/dunlin?${query}`;
  }
  async function written(parts: Parameters<typeof urlOf>[0]): Promise<unknown> {
    const { db, close } = await openMongo({ url: urlOf(parts), deadlineMs: 3_000 });
    try {
      const things = db.collection<{ _id: string; n: number }>('things');
      await things.insertOne({ _id: 'a', n: 1 });
      return await things.findOne({ _id: 'a' });
    } finally {
      await close();
    }
  }

  it('is written and read', async () => {
    assert.deepEqual(await written({}), { _id: 'a', n: 1 });
  });

  for (const [what, parts, says] of [
    ['another password', { password: 'guessed' }, /authentication/i],
    ['the authorities of this machine', { ca: '' }, /certificate/],
    ['another name than that of its certificate', { host: '127.0.0.1' }, /altnames/],
  ] as const)
    it(`is not to be had with ${what}: that is trouble, said in time and without the password`, async () => {
      const error: unknown = await written(parts).then(
        () => assert.fail('it was'),
        (thrown) => thrown,
      );
      assert.ok(isMongoTrouble(error), String(error));
      assert.match((error as Error).message, says);
      assert.doesNotMatch(`${(error as Error).stack} ${JSON.stringify(error)}`, /guessed|secret/);
    });
});
