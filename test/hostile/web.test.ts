/** WebSockets and HTTP as no browser uses them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as tcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { generate } from 'mqtt-packet';
import WebSocket from 'ws';
import { login } from '../harness/account.ts';
import { signIn } from '../harness/raw.ts';
import { publish, Stage } from './stage.ts';

const MIB = 1 << 20;

describe('hostile WebSockets and HTTP', { timeout: 120_000 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.set();
  });
  after(() => stage.clear());

  const open = (protocols: string[], options: WebSocket.ClientOptions = {}) => {
    const socket = new WebSocket(stage.server.ws, protocols, options);
    stage.atEnd(() => socket.terminate());
    return socket;
  };
  /** Resolves with the close code, or the HTTP status of a refused handshake. */
  const end = (socket: WebSocket) =>
    new Promise<number>((resolve, reject) => {
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode!);
        response.resume();
      });
      socket.on('close', (code) => resolve(code));
      socket.on('error', () => {});
      setTimeout(() => reject(new Error('it was not closed')), 20_000).unref();
    });

  const handshakes: [string, string[], WebSocket.ClientOptions, number][] = [
    ['a foreign origin', ['mqtt'], { origin: 'https://evil.example' }, 403],
    ['the origin of a sandboxed page', ['mqtt'], { origin: 'null' }, 403],
    ['another subprotocol', ['soap'], {}, 400],
    ['no subprotocol', [], {}, 400],
  ];
  for (const [what, protocols, options, status] of handshakes) {
    it(`${what}: refused with ${status}`, async () => {
      assert.equal(await end(open(protocols, options)), status);
      await stage.othersGoOn();
    });
  }

  it('the own origin is let in', async () => {
    const socket = open(['mqtt'], { origin: stage.server.http });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    assert.equal(socket.protocol, 'mqtt');
    socket.terminate();
  });

  const frames: [string, (socket: WebSocket) => void][] = [
    ['a text frame', (socket) => socket.send('hello')],
    ['a frame of 8 MiB', (socket) => socket.send(Buffer.alloc(8 * MIB))],
    ['random bytes', (socket) => socket.send(randomBytes(1_000))],
    ['a CONNECT that declares 256 MiB', (socket) => socket.send(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))],
    ['PUBLISH before CONNECT', (socket) => socket.send(generate(publish('open/x')))],
    [
      'a text frame after signing in',
      (socket) => {
        socket.send(generate(signIn(stage.mallory)));
        // As bytes it would be a well-formed PUBLISH, which does not close a connection.
        socket.once('message', () => socket.send('0\x05\x00\x01axy'));
      },
    ],
  ];
  for (const [what, act] of frames) {
    it(`${what}: the connection is closed`, async () => {
      const socket = open(['mqtt']);
      const ended = end(socket);
      socket.once('open', () => act(socket));
      const code = await ended;
      assert.ok(code >= 1_000, `${code}`);
      await stage.othersGoOn();
    });
  }

  it('a packet in many frames, and many packets in one frame', async () => {
    const socket = open(['mqtt']);
    socket.binaryType = 'nodebuffer';
    const got: Buffer[] = [];
    socket.on('message', (data) => got.push(data as Buffer));
    await new Promise((resolve) => socket.once('open', resolve));
    const bytes = Buffer.concat([generate(signIn(stage.mallory)), Buffer.from([0xc0, 0, 0xc0, 0])]);
    for (const byte of bytes.subarray(0, 30)) socket.send(Buffer.from([byte]));
    socket.send(bytes.subarray(30));
    for (let n = 0; Buffer.concat(got).length < 8; n++) {
      assert.ok(n < 200, `only ${Buffer.concat(got).toString('hex')}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const [type, , , code] = Buffer.concat(got);
    assert.deepEqual([type, code], [0x20, 0]);
    assert.equal(Buffer.concat(got).subarray(4).toString('hex'), 'd000d000');
    socket.terminate();
  });

  it('slow HTTP: heads that never end and bodies that trickle hold up nobody', async () => {
    const sockets = Array.from({ length: 100 }, (_, i) => {
      const socket = tcp(stage.server.httpPort, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        i % 2 === 0
          ? 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: '
          : 'POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{',
      );
      return socket;
    });
    stage.atEnd(() => {
      for (const socket of sockets) socket.destroy();
    });
    await login(stage.server, stage.mallory);
    await stage.othersGoOn();
    for (const socket of sockets) socket.destroy();
  });
});
