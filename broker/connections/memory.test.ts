import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { InnerClient } from '../aedes-inside.ts';
import { forgetConnect, lightenParser } from './memory.ts';

const TOKEN = 'the.device.token';
const connect = generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'device',
  clean: true,
  keepalive: 60,
  username: 'user',
  password: Buffer.from(TOKEN),
});
const later = Buffer.concat([
  generate({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: 'a/b', qos: 1 }] }),
  generate({
    cmd: 'publish',
    topic: 'a',
    payload: 'x'.repeat(300),
    qos: 1,
    messageId: 8,
    dup: false,
    retain: false,
  }),
  generate({ cmd: 'puback', messageId: 9 }),
  generate({ cmd: 'pingreq' }),
  generate({ cmd: 'unsubscribe', messageId: 10, unsubscriptions: ['a/b'] }),
]);

function reading() {
  const read: Packet[] = [];
  const stock = parser();
  stock.on('packet', (packet) => read.push(packet));
  return { read, client: { _parser: stock } as unknown as InnerClient };
}

const isStream = (list: object): boolean => 'pipe' in list;

describe('a connection that is lightened', () => {
  it('reads what it would have read, however it is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: later.length - 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, (at) => {
        const stock = reading();
        const light = reading();
        lightenParser(light.client);
        light.client._parser.parse(connect);
        stock.client._parser.parse(connect);
        forgetConnect(light.client);
        const edges = [0, ...new Set(at.sort((a, b) => a - b)), later.length];
        for (const [i, start] of edges.entries()) {
          const piece = later.subarray(start, edges[i + 1] ?? later.length);
          if (piece.length === 0) continue;
          stock.client._parser.parse(piece);
          light.client._parser.parse(piece);
        }
        assert.equal(light.read.length, 6);
        assert.deepEqual(light.read, stock.read);
      }),
    );
  });

  it('gathers bytes in something that is no stream', () => {
    const { client } = reading();
    assert.ok(isStream(client._parser._list), 'mqtt-packet has changed: there is nothing to lighten');
    lightenParser(client);
    assert.ok(!isStream(client._parser._list));
    client._parser.parse(connect.subarray(0, 10));
    assert.equal(client._parser._list.length, 8);
  });

  it('keeps no token', () => {
    const { client } = reading();
    client._parser.parse(connect);
    assert.ok(JSON.stringify(client._parser.settings).includes(JSON.stringify(Buffer.from(TOKEN))));
    forgetConnect(client);
    assert.deepEqual(client._parser.settings, { protocolVersion: 4, bridgeMode: undefined });
  });
});
