import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settled } from '../fixtures/connection.ts';
import { Distribution, type PlainPacket } from './distribution.ts';

function stage() {
  const emitted: string[] = [];
  const writes: { resolve(): void; reject(error: Error): void }[] = [];
  const write = () =>
    new Promise<void>((resolve, reject) => {
      writes.push({ resolve, reject });
    });
  const distribution = new Distribution({
    broker: { id: 'broker', counter: 0 },
    store: {
      storeRetained: write,
      subscriptionsByTopic: async () => [{ clientId: 'away' }],
      outgoingEnqueueCombi: write,
    },
    emit(packet, done) {
      emitted.push(packet.payload.toString());
      done();
    },
  });
  const packet = (text: string, qos: 0 | 1 = 1, retain = false): PlainPacket => ({
    topic: 'open/a',
    payload: Buffer.from(text),
    qos,
    retain,
  });
  return { distribution, emitted, writes, packet };
}

describe('distribution of plain MQTT', () => {
  it('is done with a packet when it is stored, and hands it on only then', async () => {
    const { distribution, emitted, writes, packet } = stage();
    let stored = false;
    const taken = distribution.take(packet('1'), null).then(() => {
      stored = true;
    });
    await settled();
    assert.deepEqual([stored, emitted], [false, []]);
    writes[0]!.resolve();
    await taken;
    await settled();
    assert.deepEqual(emitted, ['1']);
  });

  it('hands on in the order of arrival, whatever is stored first', async () => {
    const { distribution, emitted, writes, packet } = stage();
    const first = distribution.take(packet('retained', 1, true), null);
    const second = distribution.take(packet('queued'), null);
    await distribution.take(packet('neither', 0), null);
    await settled();
    writes[1]!.resolve();
    await second;
    await settled();
    assert.deepEqual(emitted, [], 'something went ahead of what came first');
    writes[0]!.resolve();
    await settled();
    writes[2]!.resolve();
    await first;
    await settled();
    assert.deepEqual(emitted, ['retained', 'queued', 'neither']);
  });

  it('hands on nothing that could not be stored, and goes on with what follows', async () => {
    const { distribution, emitted, writes, packet } = stage();
    const lost = distribution.take(packet('lost'), null);
    const kept = distribution.take(packet('kept'), null);
    await settled();
    writes[0]!.reject(new Error('the disk is full'));
    writes[1]!.resolve();
    await assert.rejects(lost, /full/);
    await kept;
    await settled();
    assert.deepEqual(emitted, ['kept']);
  });
});
