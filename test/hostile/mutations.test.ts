/** Valid packets with a few bits, a beginning or an end of their own: the process lives, and its memory is bounded. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { memory } from '../harness/metrics.ts';
import { signIn } from '../harness/raw.ts';
import { publish, Stage } from './stage.ts';

const MIB = 1 << 20;

describe('mutated packets', { timeout: 120_000 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.set();
  });
  after(() => stage.clear());

  it('any mutation of any valid packet', async () => {
    const packets: Packet[] = [
      signIn(stage.mallory),
      publish(topics.outbox(stage.mallory.user), JSON.stringify({ v: 1, id: uuidv7(), type: 'privacy.get' })),
      publish(topics.outbox(stage.mallory.user), 'x'.repeat(300), 2),
      {
        cmd: 'subscribe',
        messageId: 3,
        subscriptions: [{ topic: topics.inbox(stage.mallory.user), qos: 1 }],
      },
      { cmd: 'unsubscribe', messageId: 4, unsubscriptions: [topics.inbox(stage.mallory.user)] },
      { cmd: 'puback', messageId: 5 },
      { cmd: 'pingreq' },
      { cmd: 'disconnect' },
    ];
    const before = await memory(stage.server);
    const mutated = fc
      .record({
        packet: fc.constantFrom(...packets),
        flips: fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        cut: fc.option(fc.nat(400)),
        tail: fc.uint8Array({ maxLength: 40 }),
      })
      .map(({ packet, flips, cut, tail }) => {
        const bytes = Buffer.from(generate(packet));
        for (const [at, mask] of flips) bytes[at % bytes.length]! ^= mask;
        return Buffer.concat([cut === null ? bytes : bytes.subarray(0, cut), tail]);
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutated, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (all, known) => {
          const device = known ? await stage.signedIn() : stage.raw();
          for (const bytes of all) device.write(bytes);
          // It has been looked at when a well-formed packet behind it was answered, or the connection is closed.
          device.socket.end();
          await device.ended('a mutation');
        },
      ),
      { numRuns: 150, endOnFailure: true },
    );
    await stage.othersGoOn();
    const grown = (await memory(stage.server)) - before;
    assert.ok(grown < 150 * MIB, `the server grew by ${Math.round(grown / MIB)} MiB`);
  });
});
