import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

/** What a connection answers to these bytes, until it closes. */
async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('the listener', () => {
  let stage: Stage;
  let port: number;
  before(async () => {
    stage = await gatewayStage();
    port = await stage.gateway.listen();
  });
  after(() => stage.dispose());

  const bytes: [string, string | Buffer][] = [
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'MQTT',
      Buffer.from([0x10, 0x0c, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00, 0x3c, 0x00, 0x00]),
    ],
    ['a head that does not end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}`],
    ['two lengths', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
    ['a path that cannot be read', 'GET /users/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    [
      'a path without end',
      `GET /users/${'x'.repeat(5_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ],
  ];
  for (const [what, sent] of bytes) {
    it(`refuses ${what}`, async () => {
      const answer = await raw(port, sent);
      assert.match(
        answer,
        /^HTTP\/1.1 40[04] .*application\/problem\+json.*"code":"(bad_request|not_found)"/s,
      );
    });
  }

  it('survives a body that ends in the middle', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"user',
    );
    await once(socket, 'connect');
    socket.resetAndDestroy();
    const answer = await fetch(`http://127.0.0.1:${port}/livez`);
    assert.equal(answer.status, 200);
  });
});

describe('a graceful end', () => {
  it('answers what has come, takes nothing new, and then is empty', async () => {
    const stage = await gatewayStage();
    const anna = await register(stage.app, 'anna');
    const port = await stage.gateway.listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string) =>
      new Promise<{ status: number; closes: boolean }>((resolve, reject) => {
        get({ port, path, agent, headers: { authorization: `Bearer ${anna.token}` } }, (response) => {
          response.resume();
          response.on('end', () =>
            resolve({ status: response.statusCode!, closes: response.headers.connection === 'close' }),
          );
        }).on('error', reject);
      });
    try {
      let finish!: () => void;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      let reached!: () => void;
      const begun = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const { queries } = stage.parts;
      const answer = queries.answer.bind(queries);
      queries.answer = async (...args) => {
        reached();
        await held;
        return answer(...args);
      };
      const slow = ask('/devices');
      await begun;
      let drained = false;
      const draining = stage.gateway.drain().then(() => {
        drained = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(drained, false);
      const next = ask('/devices').catch((error: Error) => error);
      finish();
      assert.equal((await slow).status, 200);
      await draining;
      const late = await next;
      // On the connection that was open, or on a new one, which nobody takes.
      if (late instanceof Error) assert.match(late.message, /ECONNREFUSED|ECONNRESET|hang up/);
      else assert.deepEqual(late, { status: 503, closes: true });
      await assert.rejects(fetch(`http://127.0.0.1:${port}/livez`));
    } finally {
      agent.destroy();
      await stage.dispose();
    }
  });

  it('refuses requests with a code, and still tells of its health', async () => {
    const stage = await gatewayStage();
    const anna = await register(stage.app, 'anna');
    try {
      stage.inFlight.close();
      const refused = await anna.ask('GET', '/devices');
      assert.deepEqual([refused.status, refused.body.code], [503, 'draining']);
      // Two seconds, spread.
      assert.match(String(refused.headers['retry-after']), /^[123]$/);
      stage.state.ready = false;
      stage.state.reasons = ['draining'];
      const ready = await anna.ask('GET', '/readyz');
      assert.deepEqual(
        [ready.status, ready.body],
        [503, { ready: false, reasons: ['draining'], degraded: [] }],
      );
      assert.equal((await anna.ask('GET', '/livez')).status, 200);
    } finally {
      await stage.dispose();
    }
  });
});
