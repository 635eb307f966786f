import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { Aedes } from 'aedes';
import { generate } from 'mqtt-packet';
import type { InnerClient } from '../aedes-inside.ts';
import { actor } from '../fixtures/connection.ts';
import { Connection, Connections } from './connections.ts';
import { Lifecycle, type LifecycleParts } from './lifecycle.ts';

const NOTHING = { labels: () => ({ inc() {}, dec() {} }) };

/** A lifecycle over a stock Aedes; the stream hears nothing of what the broker says. */
async function stage(test: TestContext) {
  const aedes = await Aedes.createBroker();
  const connections = new Connections();
  let client: InnerClient | undefined;
  const lifecycle = new Lifecycle({
    handle: (stream: Duplex) => {
      client = aedes.handle(stream) as unknown as InnerClient;
      return client;
    },
    connections,
    packetBytes: 1_000,
    metrics: { connections: NOTHING, connects_refused_total: NOTHING },
    delivery: { attach() {}, detach() {} },
    subscriptions: { restored() {} },
    presence: { came() {}, left() {}, forget() {} },
    persistence: { left() {} },
    onReady() {},
    seen() {},
    clock: { now: () => 0 },
    logger: { debug() {} },
  } as unknown as LifecycleParts);
  aedes.on('clientReady', (ready) => lifecycle.ready(ready));
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  lifecycle.take(stream, '10.0.0.1', 'tcp');
  test.after(() => {
    stream.destroy();
    return new Promise<void>((resolve) => aedes.close(resolve));
  });
  return { aedes, connections, lifecycle, stream, client: client! };
}

describe('a connection', () => {
  it('that ends before it is ready is not counted for ever', async (test) => {
    const { connections, stream, client } = await stage(test);
    const who = actor();
    connections.admit(new Connection(client, who, 'tcp', 1));
    assert.equal(connections.countBeside(who.user, 'another'), 1);
    stream.destroy();
    await once(stream, 'close');
    assert.equal(connections.countBeside(who.user, 'another'), 0);
  });

  it('that is ready keeps neither its token nor where it came from', async (test) => {
    const { aedes, connections, lifecycle, stream, client } = await stage(test);
    const who = actor();
    connections.admit(new Connection(client, who, 'tcp', 1));
    assert.deepEqual(lifecycle.origin(client), { ip: '10.0.0.1', transport: 'tcp' });
    stream.push(
      generate({
        ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 },
        ...{ clientId: who.device, username: who.user, password: Buffer.from('the.device.token') },
      }),
    );
    await once(aedes, 'clientReady');
    assert.ok(!JSON.stringify(client._parser.settings).includes('password'));
    assert.equal(lifecycle.origin(client), null);
  });
});
