import './reflect.ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import * as x509 from '@peculiar/x509';

const program = fileURLToPath(new URL('./make.ts', import.meta.url));

function make(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

describe('npm run certs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-certs-'));
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  let server: tls.Server;
  let port: number;
  let output: string;

  before(async () => {
    const made = make('chat.example.org', '192.0.2.7', '2001:db8::7', '*.home.example', '--folder', folder);
    assert.equal(made.status, 0, made.stderr);
    output = made.stdout;
    server = tls.createServer({ cert: file('server.pem'), key: file('server.key') }, (socket) =>
      socket.end('ahoy'),
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** What the server says to a client that believes `ca` and knows it by `name`; rejects when the client does not believe it. */
  function hear(name: string, ca: string | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      let heard = '';
      const socket = tls.connect({
        port,
        host: '127.0.0.1',
        ...(ca === undefined ? {} : { ca }),
        // What is checked against the certificate: SNI carries no addresses (RFC 6066 §3).
        checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
      });
      socket.on('data', (chunk) => {
        heard += chunk.toString();
      });
      socket.once('error', reject);
      socket.once('end', () => {
        assert.equal(socket.authorized, true);
        resolve(heard);
      });
    });
  }

  for (const name of [
    'localhost',
    '127.0.0.1',
    '::1',
    'chat.example.org',
    '192.0.2.7',
    '2001:db8::7',
    'boat.home.example',
    hostname().toLowerCase(),
  ]) {
    it(`makes what a client that trusts the authority believes for ${name}`, async () => {
      assert.equal(await hear(name, file('ca.pem')), 'ahoy');
    });
  }

  for (const name of ['example.org', 'other.example.org', '192.0.2.8', 'a.b.home.example'])
    it(`is not believed for ${name}`, async () => {
      await assert.rejects(hear(name, file('ca.pem')), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });

  it('is not believed by those who do not trust the authority', async () => {
    await assert.rejects(hear('localhost', undefined), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  it('is not believed by those who trust another authority of the same name', async () => {
    const other = mkdtempSync(join(tmpdir(), 'dunlin-certs-'));
    try {
      assert.equal(make('--folder', other).status, 0);
      await assert.rejects(hear('localhost', readFileSync(join(other, 'ca.pem'), 'utf8')));
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('cannot be an authority itself, and the authority cannot have authorities', () => {
    const [leaf, authority] = [new X509Certificate(file('server.pem')), new X509Certificate(file('ca.pem'))];
    const constraints = new x509.X509Certificate(file('server.pem')).getExtension(
      x509.BasicConstraintsExtension,
    );
    assert.equal(constraints?.ca, false);
    assert.equal(leaf.ca, false);
    assert.equal(authority.ca, true);
    assert.ok(leaf.verify(authority.publicKey));
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('keeps the key to the owner, and no key of the authority at all', () => {
    assert.equal(statSync(join(folder, 'server.key')).mode & 0o777, 0o600);
    assert.doesNotMatch(file('ca.pem') + file('server.pem'), /PRIVATE/);
    assert.equal((file('server.key').match(/BEGIN PRIVATE KEY/g) ?? []).length, 1);
  });

  it('says how to start Dunlin and how to listen', () => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => join(folder, name));
    assert.ok(output.includes(`--mqtts.enabled --tls.cert=${cert} --tls.key=${key}`));
    assert.ok(output.includes(`mosquitto_sub --cafile ${ca} `));
  });

  it('leaves an authority that is there alone, unless told otherwise', () => {
    const before = [file('ca.pem'), file('server.pem'), file('server.key')];
    const refused = make('--folder', folder);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /--force/);
    assert.deepEqual([file('ca.pem'), file('server.pem'), file('server.key')], before);

    const other = mkdtempSync(join(tmpdir(), 'dunlin-certs-'));
    try {
      writeFileSync(join(other, 'ca.pem'), 'mine');
      writeFileSync(join(other, 'server.key'), 'mine', { mode: 0o644 });
      assert.equal(make('--folder', other, '--force').status, 0);
      assert.match(readFileSync(join(other, 'ca.pem'), 'utf8'), /BEGIN CERTIFICATE/);
      assert.equal(statSync(join(other, 'server.key')).mode & 0o777, 0o600);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  for (const [what, ...args] of [
    ['a name that is none', 'not a name'],
    ['a name with a wildcard inside', 'a.*.example.org'],
    ['a wildcard over a whole top level', '*.home'],
    ['an unknown option', '--no-such-option'],
  ] as [string, ...string[]][]) {
    it(`refuses ${what}, and writes nothing`, () => {
      const other = mkdtempSync(join(tmpdir(), 'dunlin-certs-'));
      try {
        const refused = make('--folder', join(other, 'new'), ...args);
        assert.equal(refused.status, 2);
        assert.match(refused.stderr, /Usage/);
        assert.throws(() => statSync(join(other, 'new')), { code: 'ENOENT' });
      } finally {
        rmSync(other, { recursive: true });
      }
    });
  }
});
