/** MQTT over TLS with the certificates that `npm run certs` makes: MQTT.js, mosquitto-clients, and a renewal. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { type Account, login, register } from './harness/account.ts';
import { makeCertificates, tlsFlags } from './harness/certificates.ts';
import { Device } from './harness/device.ts';
import { metric } from './harness/metrics.ts';
import { MosquittoSub, mosquittoMissing, mosquittoPub } from './harness/mosquitto.ts';
import { Server } from './harness/server.ts';

describe('TLS', { timeout: 60_000 }, () => {
  let folder: string;
  let server: Server;
  const open: Device[] = [];
  const file = (name: string) => join(folder, name);
  const connect = async (account: Account, ca: Buffer) => {
    const device = await Device.connect(server.mqtts, account, { ca });
    open.push(device);
    return device;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-certs-'));
    makeCertificates(folder);
    server = await Server.started({
      flags: tlsFlags(folder),
    });
  });
  after(async () => {
    for (const device of open) device.drop();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('carries a chat for a client that trusts the authority, and none for one that does not', async () => {
    const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
    const ca = readFileSync(file('ca.pem'));
    const [alice, bob] = [await connect(a, ca), await connect(b, ca)];
    await alice.text({ user: b.user }, 'in private');
    await bob.until(() => bob.texts.includes('in private'), 'the message');
    assert.equal(await metric(server, 'dunlin_connections', { transport: 'tls' }), 2);
    await assert.rejects(
      Device.connect(server.mqtts, await login(server, a), {}),
      /self-signed certificate|unable to verify|unable to get local issuer/i,
    );
  });

  it('speaks no TLS older than 1.2, and survives what is no TLS at all', async () => {
    const old = await new Promise<Error | null>((resolve) => {
      const socket = tlsConnect(
        {
          port: server.mqttsPort,
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve(null),
      );
      socket.on('error', resolve);
    });
    assert.ok(old !== null, 'TLS 1.1 was spoken');
    // Plain MQTT at the port of TLS.
    const account = await register(server, 'alice');
    await assert.rejects(
      Device.connect(server.mqtts.replace('mqtts', 'mqtt'), account, { connectTimeout: 5_000 }),
    );
    const alice = await connect(account, readFileSync(file('ca.pem')));
    await alice.text({ user: account.user }, 'still there');
  });

  it('mosquitto_pub and mosquitto_sub with --cafile', { skip: mosquittoMissing() }, async () => {
    const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
    const tls = { ca: file('ca.pem') };
    const sub = new MosquittoSub(server, b, [topics.inbox(b.user)], { tls });
    try {
      const id = uuidv7();
      const content = { type: 'text', text: 'sealed' };
      const command = { v: 1, id, type: 'message.send', to: { user: b.user }, content };
      await mosquittoPub(server, a, topics.outbox(a.user), JSON.stringify(command), { tls });
      await sub.until((p) => p.find((e) => e.id === id && e.content.text === 'sealed'), 'the message');
    } finally {
      await sub.kill();
    }
    const wrong = mosquittoPub(server, a, topics.outbox(a.user), '{}', {
      tls: { ca: '/etc/ssl/certs/ca-certificates.crt' },
    });
    await assert.rejects(wrong, 'a client that does not trust the authority was served');
  });

  it('SIGHUP takes a renewed certificate; who is connected stays; a broken file changes nothing', async () => {
    const [account, other] = [await register(server, 'alice'), await register(server, 'bob')];
    const oldCa = readFileSync(file('ca.pem'));
    const alice = await connect(account, oldCa);
    makeCertificates(folder, '--force');
    const newCa = readFileSync(file('ca.pem'));
    assert.notDeepEqual(newCa, oldCa);
    server.signal('SIGHUP');
    // A signal has no answer: it is there when a client that trusts the new authority gets in.
    let bob: Device | null = null;
    for (let tries = 0; bob === null; tries++) {
      bob = await connect(other, newCa).catch(() => null);
      assert.ok(tries < 100, 'the new certificate was not taken into use');
      if (bob === null) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await assert.rejects(connect(await login(server, other), oldCa));
    await bob.text({ user: account.user }, 'renewed');
    await alice.until(() => alice.texts.includes('renewed'), 'the message on the old connection');

    await rm(file('server.pem'));
    server.signal('SIGHUP');
    for (let tries = 0; !server.output.includes('the old one stays'); tries++) {
      assert.ok(tries < 100, 'nothing is said about the broken file');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    (await connect(await login(server, other), newCa)).drop();
  });
});
