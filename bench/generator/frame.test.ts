import assert from 'node:assert/strict';
import { test } from 'node:test';
import mqtt from 'mqtt-packet';
import { Frame, senderOf, seqOf } from './frame.ts';

function decode(bytes: Buffer): mqtt.IPublishPacket[] {
  const packets: mqtt.IPublishPacket[] = [];
  const parser = mqtt.parser();
  parser.on('packet', (packet) => packets.push(packet as mqtt.IPublishPacket));
  parser.parse(bytes);
  return packets;
}

test('what is written over the frame is what an MQTT parser reads', () => {
  const frame = new Frame(42, (id, text) => ({ topic: 'a/b', payload: JSON.stringify({ id, text }) }));
  const bytes = Buffer.alloc(frame.length * 2);
  frame.write(bytes, 0, 65_535, 0);
  frame.write(bytes, frame.length, 258, 12_345_678);
  const packets = decode(bytes);
  assert.deepEqual(
    packets.map(({ cmd, qos, topic, messageId }) => ({ cmd, qos, topic, messageId })),
    [65_535, 258].map((messageId) => ({ cmd: 'publish', qos: 1, topic: 'a/b', messageId })),
  );
  const [first, second] = packets.map(
    ({ payload }) => JSON.parse(payload.toString()) as { id: string; text: string },
  );
  for (const { id, text } of [first!, second!]) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(text.length, 200);
    assert.equal(senderOf(Buffer.from(text), 0), 42);
  }
  assert.notEqual(first!.id, second!.id);
  assert.equal(seqOf(Buffer.from(first!.text), 0), 0);
  assert.equal(seqOf(Buffer.from(second!.text), 0), 12_345_678);
});

test('a system without command ids sends the text alone', () => {
  const frame = new Frame(7, (_id, text) => ({ topic: 't', payload: text }));
  const bytes = Buffer.alloc(frame.length);
  frame.write(bytes, 0, 1, 9);
  const text = decode(bytes)[0]!.payload as Buffer;
  assert.deepEqual([senderOf(text, 0), seqOf(text, 0), text.length], [7, 9, 200]);
});
