import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { type Kafka, openKafka } from '../../platform/kafka/kafka.ts';
import { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { kafka as kind } from '../../test/engines/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { KafkaFeed } from './feed.kafka.ts';
import type { Tidings } from './feed.ts';
import { entry } from './log.conformance.ts';
import { KafkaLog } from './log.kafka.ts';

const { skip } = sharedEngine('kafka');

const DEADLINE_MS = 2_000;

/** These hurt the server: they have one of their own. */
describe('Kafka is killed, started again, frozen', { skip }, () => {
  let server: RunningEngine;
  before(async () => {
    server = await kind.start();
  });
  after(() => server.dispose());

  const open = (): Kafka =>
    openKafka({
      url: `${server.url}/faults-${uuidv7()}`,
      partitions: 3,
      replicas: 1,
      deadlineMs: DEADLINE_MS,
      most: 100,
    });

  const isUnavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';

  /** Tries until it is done, as a device does. */
  async function insist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        assert.ok(isUnavailable(error), String(error));
      }
    }
  }

  for (const [what, hurt, heal] of [
    ['killed and started again', () => server.kill(), () => server.start()],
    ['frozen and thawed', async () => server.freeze(), async () => server.thaw()],
  ] as const) {
    it(`the log refuses while it is ${what}, loses nothing that it took, and goes on`, async () => {
      const log = await KafkaLog.open(open(), { sessionTimeoutMs: 6_000, retryMaxMs: 500 });
      const handled = new Set<string>();
      const consumer = await log.consume(async (batch) => {
        for (const { command } of batch) handled.add(command.id);
      });
      const taken: string[] = [];
      const take = async () => {
        const one = entry();
        await insist(() => log.append(one));
        taken.push(one.command.id);
      };
      for (let i = 0; i < 20; i++) await take();
      await consumer.drained();
      // Some are under way when it happens.
      const during = Array.from({ length: 20 }, take);
      await hurt();
      const refused = await Promise.allSettled(Array.from({ length: 5 }, () => log.append(entry())));
      for (const one of refused) assert.ok(one.status === 'rejected' && isUnavailable(one.reason));
      await heal();
      await Promise.all(during);
      for (let i = 0; i < 20; i++) await take();
      await consumer.drained();
      for (const id of taken) assert.ok(handled.has(id));
      assert.equal(consumer.lag, 0);
      await log.close();
    });

    it(`the event stream is followed on when it is ${what}, in order`, async () => {
      const kafka = open();
      const feed = await KafkaFeed.open(kafka);
      const order: number[] = [];
      let gaps = 0;
      let heard = Promise.withResolvers<void>();
      await feed.follow({
        wants: () => true,
        read: ({ events = [] }: Tidings) => {
          order.push(...events.map(({ seq }) => seq));
          heard.resolve();
          heard = Promise.withResolvers<void>();
        },
        onGap: () => gaps++,
      });
      const stream = uuidv7();
      let seq = 0;
      const write = async () => {
        const event = {
          stream,
          seq: ++seq,
          type: 'message',
          sender: { user: uuidv7(), device: null },
          id: uuidv7(),
          time: 1,
          body: '{}',
          expires: null,
        };
        await insist(() => feed.write({ events: [event] }));
      };
      for (let i = 0; i < 10; i++) await write();
      await hurt();
      await assert.rejects(feed.write({ erased: ['x'] }), isUnavailable);
      await assert.rejects(
        feed.follow({ wants: () => true, read: () => {}, onGap: () => {} }),
        isUnavailable,
      );
      await heal();
      for (let i = 0; i < 10; i++) await write();
      while (!order.includes(20)) await heard.promise;
      // At least once: what repeats is left out, and the rest is in order.
      const firsts = order.filter((one, i) => order.indexOf(one) === i);
      assert.deepEqual(
        firsts,
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
      assert.equal(gaps, 0);
      await feed.close();
    });
  }

  it('neither hangs nor grows while it is away', async () => {
    const kafka = open();
    const log = await KafkaLog.open(kafka, { mostPending: 50 });
    const consumer = await log.consume(async () => {});
    await log.append(entry());
    await consumer.drained();
    server.freeze();
    const tries = await Promise.allSettled(Array.from({ length: 200 }, () => log.append(entry())));
    const codes = tries.map((one) => (one.status === 'rejected' ? one.reason.refusal.code : 'taken'));
    assert.equal(codes.filter((code) => code === 'unavailable').length, 50);
    assert.equal(codes.filter((code) => code === 'overloaded').length, 150);
    await assert.rejects(KafkaLog.open(kafka), isUnavailable);
    await log.close();
    assert.deepEqual(consumer.partitions, []);
    server.thaw();
  });

  it('says that there is a gap when the event stream was cut where it was reading', async () => {
    const kafka = open();
    const feed = await KafkaFeed.open(kafka);
    const gap = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    const following = await feed.follow({
      wants: () => true,
      read: ({ erased = [] }) => {
        if (erased.includes('after')) last.resolve();
      },
      onGap: gap.resolve,
    });
    await feed.write({ erased: ['before'] });
    // The topic is made anew: what was there is gone, and so are the positions.
    const admin = new Admin(kafka.client());
    await admin.deleteTopics({ topics: [`${kafka.prefix}.events`] });
    await admin.close();
    await insist(() => kafka.topic('events', { retentionMs: 60_000 }));
    await gap.promise;
    await insist(() => feed.write({ erased: ['after'] }));
    await last.promise;
    assert.ok(following.lastFetch !== null);
    await feed.close();
  });
});
