/** How often one address may connect is counted over all brokers: who is turned away at one is not let in at the next. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { metric } from '../harness/metrics.ts';
import type { Server } from '../harness/server.ts';
import { Cluster, missingEngines } from './cluster.ts';
import { eventually } from './inhabited.ts';

const skip = (await missingEngines('redis')) ?? false;
/** At once, and one a second. */
const A_MINUTE = 60;

describe('connections of one address at several brokers', { skip, timeout: 180_000 }, () => {
  const sockets: net.Socket[] = [];
  let cluster: Cluster;
  before(async () => {
    const flags = [`--limits.connectsPerMinuteIp=${A_MINUTE}`];
    cluster = await Cluster.started({ log: 'redis', brokers: 2, messages: 1, gateways: 1, flags });
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await cluster?.dispose();
  });

  async function connect(broker: Server): Promise<void> {
    const socket = net.connect(broker.mqttPort, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
  const refused = (broker: Server) =>
    metric(broker, 'dunlin_connects_refused_total', { code: 'rate_limited' });

  it('are as many as at one', async () => {
    const [first, second] = cluster.brokers as [Server, Server];
    await eventually(
      async () => {
        await connect(first);
        return (await refused(first)) > 0;
      },
      'a refusal',
      60_000,
    );
    // The other one hears of it when it is asked first. By itself it would let a whole minute’s worth in.
    for (let n = 0; n < A_MINUTE; n++) await connect(second);
    await eventually(async () => (await refused(second)) > A_MINUTE / 2, 'refusals at the other broker');
    assert.ok(sockets.length > A_MINUTE, 'fewer attempts than are allowed');
  });
});
