import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeCertificates } from '../../certs/certificates.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { freePorts } from '../../test/harness/ports.ts';
import { connectRedis } from './connect.ts';

const { skip } = sharedEngine('redis');

describe('TLS with Redis', { skip }, () => {
  let folder: string;
  let server: RunningEngine;
  let port: number;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-redis-tls-'));
    const { ca, chain: cert, key } = await makeCertificates(['localhost']);
    for (const [name, pem] of Object.entries({ ca, cert, key })) await writeFile(join(folder, name), pem);
    port = (await freePorts(1))[0]!;
    const settings = {
      'tls-port': port,
      'tls-cert-file': join(folder, 'cert'),
      'tls-key-file': join(folder, 'key'),
      'tls-ca-cert-file': join(folder, 'ca'),
      'tls-auth-clients': 'no',
    };
    server = await startRedis(
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    );
  });
  after(async () => {
    await server?.dispose();
    await rm(folder, { recursive: true });
  });

  const connect = (host: string, query = '') =>
    connectRedis(`rediss://${host}:${port}/0${query}`, { name: 'tls', deadlineMs: 1_000, startMs: 300 });

  it('speaks it with a server that an authority of ours vouches for', async () => {
    const redis = await connect('localhost', `?ca=${join(folder, 'ca')}`);
    assert.equal(await redis.client.ping(), 'PONG');
    await redis.close();
  });

  it('does not speak with one that nobody vouches for, or not by this name', async () => {
    await assert.rejects(connect('localhost'), /self-signed|unable to/);
    await assert.rejects(connect('127.0.0.1', `?ca=${join(folder, 'ca')}`), /altnames/);
  });

  it('says of a Cluster too why its nodes are not spoken with', async () => {
    const cluster = (query: string) => {
      const url = `rediss+cluster://localhost:${port}${query}`;
      return connectRedis(url, { name: 'tls', deadlineMs: 1_000, startMs: 300 });
    };
    await assert.rejects(cluster(''), /self-signed|unable to/);
    // It is none, which is said by TLS.
    await assert.rejects(cluster(`?ca=${join(folder, 'ca')}`), /cluster support disabled/);
  });

  it('says which file it cannot read', async () => {
    await assert.rejects(connect('localhost', '?ca=nowhere'), /ENOENT.*nowhere/);
  });
});
