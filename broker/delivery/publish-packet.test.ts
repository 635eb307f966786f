import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type IPublishPacket, parser } from 'mqtt-packet';
import { writePublish } from './publish-packet.ts';

it('writes what a stock parser reads', () => {
  const topic = fc
    .string({ minLength: 1, maxLength: 200, unit: 'grapheme' })
    .filter((t) => !/[#+\0]/.test(t));
  const size = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(4_096, 4_097, 16_383, 16_384, 70_000),
  );
  const id = fc.option(fc.integer({ min: 1, max: 65_535 }));
  fc.assert(
    fc.property(topic, size, id, fc.boolean(), (name, bytes, packetId, dup) => {
      const payload = Buffer.alloc(bytes, 'x');
      const read: IPublishPacket[] = [];
      const p = parser();
      p.on('packet', (packet) => read.push(packet as IPublishPacket));
      writePublish({ write: (chunk) => p.parse(chunk) }, name, payload, packetId, packetId !== null && dup);
      assert.equal(read.length, 1);
      assert.equal(read[0]!.topic, name);
      assert.equal(read[0]!.qos, packetId === null ? 0 : 1);
      assert.equal(read[0]!.messageId ?? null, packetId);
      assert.equal(read[0]!.dup, packetId !== null && dup);
      assert.deepEqual(read[0]!.payload, payload);
    }),
  );
});
