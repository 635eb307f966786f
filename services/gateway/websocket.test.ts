import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { gatewayStage, type Stage } from './fixtures/stage.ts';
import { upgradeToMqtt } from './websocket.ts';

const PACKET_BYTES = 4_096;

describe('MQTT over WebSocket', () => {
  let stage: Stage;
  let port: number;
  before(async () => {
    stage = await gatewayStage((config) => {
      config.http.publicUrl = 'https://chat.example.org';
      config.http.origins = ['https://app.example.org'];
      config.limits.packetBytes = PACKET_BYTES;
    });
    port = await stage.gateway.listen();
  });
  after(() => stage.dispose());
  beforeEach(() => {
    for (const { stream } of stage.accepted.splice(0)) stream.destroy();
  });

  const open = (path = '/ws', protocols: string | string[] = 'mqtt', options = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options);

  /** The status of the answer: 101 when it is a WebSocket now. */
  async function status(socket: WebSocket): Promise<number> {
    socket.on('error', () => {});
    return new Promise((resolve) => {
      socket.once('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode!);
      });
    });
  }

  for (const [path, offered, chosen] of [
    ['/ws', 'mqtt', 'mqtt'],
    ['/mqtt', 'mqtt', 'mqtt'],
    ['/ws', 'mqttv3.1', 'mqttv3.1'],
    ['/ws', ['other', 'mqttv3.1', 'mqtt'], 'mqtt'],
  ] as const) {
    it(`carries bytes both ways: ${path}, ${offered}`, async () => {
      const socket = open(path, [...offered.toString().split(',')]);
      await once(socket, 'open');
      assert.equal(socket.protocol, chosen);
      const [{ stream, ip }] = stage.accepted as [Stage['accepted'][number]];
      assert.equal(ip, '127.0.0.1');
      const got = once(stream, 'data');
      socket.send(Buffer.from([0x10, 0x00]));
      assert.deepEqual([...((await got)[0] as Buffer)], [0x10, 0x00]);
      const back = once(socket, 'message');
      stream.write(Buffer.from([0x20, 0x02]));
      const [data, isBinary] = await back;
      assert.deepEqual([[...data], isBinary], [[0x20, 0x02], true]);
      const ended = once(stream.resume(), 'end');
      socket.close();
      await ended;
    });
  }

  it('closes a connection that sends text, and passes none of it on', async () => {
    const socket = open();
    await once(socket, 'open');
    const { stream } = stage.accepted[0]!;
    const bytes: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => bytes.push(chunk));
    const closed = once(socket, 'close');
    socket.send('text');
    socket.send(Buffer.from([0xc0, 0x00]));
    await closed;
    assert.equal(stream.destroyed, true);
    assert.deepEqual(bytes, []);
  });

  it('closes a connection that sends a frame larger than packets may be', async () => {
    const socket = open();
    await once(socket, 'open');
    socket.send(Buffer.alloc(3 * PACKET_BYTES));
    const [code] = await once(socket, 'close');
    assert.equal(code, 1009);
  });

  it('takes connections of its own pages and of no others', async () => {
    const of = (origin?: string) => status(open('/ws', 'mqtt', origin === undefined ? {} : { origin }));
    for (const allowed of [
      undefined,
      `http://127.0.0.1:${port}`,
      'https://chat.example.org',
      'https://app.example.org',
    ])
      assert.equal(await of(allowed), 101, String(allowed));
    for (const refused of [
      'https://evil.example',
      'http://chat.example.org',
      'https://chat.example.org.evil.example',
      'https://chat.example.org:444',
      `http://127.0.0.1:${port + 1}`,
      'null',
      'file://',
    ])
      assert.equal(await of(refused), 403, refused);
    assert.equal(stage.accepted.length, 4);
  });

  it('refuses what is no MQTT', async () => {
    assert.equal(await status(open('/ws', [])), 400);
    assert.equal(await status(open('/ws', 'chat')), 400);
    assert.equal(await status(open('/elsewhere')), 404);
    assert.deepEqual(stage.accepted, []);
  });

  it('answers an ordinary request that offers another protocol', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const [data] = await once(socket, 'data');
    assert.match(String(data), /^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('survives a connection that is reset in the middle of the handshake, and after it', async () => {
    const half = connect(port, '127.0.0.1');
    half.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-Web');
    await once(half, 'connect');
    half.resetAndDestroy();
    const socket = open();
    socket.on('error', () => {});
    await once(socket, 'open');
    const { stream } = stage.accepted[0]!;
    const gone = once(stream.resume(), 'end');
    socket.terminate();
    await gone;
    assert.equal(await status(open()), 101);
  });
});

describe('MQTT over WebSocket, where other processes count requests too', () => {
  it('is refused by what all of them have counted of the address', async () => {
    const stage = await gatewayStage();
    const asked: string[] = [];
    const addressRate = { take: (address: string) => (asked.push(address) > 1 ? 7_000 : 0) };
    const upgrade = upgradeToMqtt({ ...stage.parts, addressRate }, { closed: false });
    const server = createServer().on('upgrade', upgrade);
    try {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const open = () => new WebSocket(`ws://127.0.0.1:${port}/ws`, 'mqtt').on('error', () => {});
      const first = open();
      await once(first, 'open');
      first.terminate();
      const [request, response] = await once(open(), 'unexpected-response');
      const body = JSON.parse(await text(response));
      request.destroy();
      assert.deepEqual([response.statusCode, body.code, body.retry_after_ms], [429, 'rate_limited', 7_000]);
      assert.deepEqual(asked, ['127.0.0.1', '127.0.0.1']);
    } finally {
      server.close();
      for (const { stream } of stage.accepted) stream.destroy();
      await stage.dispose();
    }
  });
});

describe('MQTT over WebSocket while draining', () => {
  it('takes no new connection', async () => {
    const stage = await gatewayStage();
    const server = createServer().on('upgrade', upgradeToMqtt(stage.parts, { closed: true }));
    try {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'mqtt').on('error', () => {});
      socket.once('open', () => assert.fail('it was taken'));
      const [request, response] = await once(socket, 'unexpected-response');
      const body = await text(response);
      request.destroy();
      assert.deepEqual([response.statusCode, JSON.parse(body).code], [503, 'draining']);
      assert.deepEqual(stage.accepted, []);
    } finally {
      server.close();
      await stage.dispose();
    }
  });
});
