/** Bytes that no client sends, from who has not signed in: no session, no harm. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as tcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { generate } from 'mqtt-packet';
import { login } from '../harness/account.ts';
import { memory } from '../harness/metrics.ts';
import { signIn } from '../harness/raw.ts';
import { publish, Stage } from './stage.ts';

const MIB = 1 << 20;

describe('hostile bytes before signing in', { timeout: 120_000 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.set();
  });
  after(() => stage.clear());

  const good = () => generate(signIn(stage.mallory));
  const table: [string, () => Buffer][] = [
    ['random bytes', () => randomBytes(4_096)],
    ['zeros', () => Buffer.alloc(1_024)],
    ['an HTTP request', () => Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    ['a TLS handshake', () => Buffer.from('16030100c8010000c40303', 'hex')],
    ['a CONNECT of 256 MiB', () => Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])],
    ['a remaining length of five bytes', () => Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01])],
    ['PUBLISH before CONNECT', () => generate(publish('open/x'))],
    ['SUBSCRIBE before CONNECT', () => Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0])],
    ['PINGREQ before CONNECT', () => Buffer.from([0xc0, 0])],
    ['a packet type that is reserved', () => Buffer.from([0x00, 0])],
    ['CONNECT with reserved flags', () => Buffer.concat([Buffer.from([0x1f]), good().subarray(1)])],
    ['another protocol name', () => Buffer.from('101000044d515458040200000004616263640000', 'hex')],
    ['protocol level 5', () => generate({ ...signIn(stage.mallory), protocolVersion: 5, properties: {} })],
    [
      'protocol level 200',
      () => Buffer.concat([good().subarray(0, 9), Buffer.from([200]), good().subarray(10)]),
    ],
    [
      'a CONNECT whose strings are longer than it',
      () => {
        const bytes = Buffer.from(good());
        bytes.writeUInt16BE(0xffff, bytes.indexOf(Buffer.from(stage.mallory.device)) - 2);
        return bytes;
      },
    ],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'x'.repeat(10_000), '\u0000', '🦭'].map(
      (clientId): [string, () => Buffer] => [
        `the client id ${JSON.stringify(clientId.slice(0, 20))}`,
        () => generate({ ...signIn(stage.mallory), clientId, clean: true }),
      ],
    ),
    ...['__proto__', 'constructor', '', '#', '../../etc/passwd'].map((username): [string, () => Buffer] => [
      `the user name ${JSON.stringify(username)}`,
      () => generate({ ...signIn(stage.mallory), username }),
    ]),
    ...['__proto__', 'a.b.c', 'x'.repeat(10_000), '..', '{}'].map((password): [string, () => Buffer] => [
      `the password ${JSON.stringify(password.slice(0, 20))}`,
      () => generate({ ...signIn(stage.mallory), password: Buffer.from(password) }),
    ]),
  ];
  for (const [what, bytes] of table) {
    it(`${what}: the connection is closed, without a session`, async () => {
      const device = stage.raw();
      device.write(bytes());
      await device.ended(what, 20_000);
      const accepted = device.packets.some((p) => p.cmd === 'connack' && p.returnCode === 0);
      assert.equal(accepted, false, 'it was let in');
      await stage.othersGoOn();
    });
  }

  it('a truncated CONNECT, at every length, and then nothing or the end', async () => {
    const bytes = good();
    const devices = [];
    for (let length = 1; length < bytes.length; length += 7) {
      const device = stage.raw();
      device.write(bytes.subarray(0, length));
      if (length % 2 === 0) device.socket.end();
      devices.push(device);
    }
    await stage.othersGoOn();
    for (const device of devices) {
      assert.deepEqual(device.packets, []);
      device.destroy();
    }
    await stage.othersGoOn();
  });

  it('a CONNECT that comes byte by byte is a CONNECT', async () => {
    const device = stage.raw();
    device.socket.setNoDelay(true);
    for (const byte of good()) {
      device.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await device.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK');
    device.destroy();
  });

  it('many half-open connections that say nothing, or a little, cost others nothing', async () => {
    const before = await memory(stage.server);
    const sockets = Array.from({ length: 500 }, (_, i) => {
      const socket = tcp(stage.server.mqttPort, '127.0.0.1');
      socket.on('error', () => {});
      if (i % 2 === 0) socket.write(Buffer.from([0x10, 0x7f]));
      return socket;
    });
    stage.atEnd(() => {
      for (const socket of sockets) socket.destroy();
    });
    const last = stage.raw();
    last.write(signIn(await login(stage.server, stage.mallory)));
    await last.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK of who came after them');
    await stage.othersGoOn();
    assert.ok((await memory(stage.server)) - before < 100 * MIB, 'they cost more than 200 KB each');
    for (const socket of sockets) socket.destroy();
  });
});
