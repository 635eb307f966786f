import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { openKafka } from '../../platform/kafka/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { feedConformance } from './feed.conformance.ts';
import { feedConsumingConformance } from './feed.consuming.conformance.ts';
import { KafkaFeed } from './feed.kafka.ts';
import type { StreamedEvent } from './history.ts';

const { url, skip } = sharedEngine('kafka');

function kafkaOf(prefix: string, partitions = 4) {
  return openKafka({ url: `${url}/${prefix}`, partitions, replicas: 3, deadlineMs: 10_000, most: 100 });
}

const event = (): StreamedEvent => ({
  ...{ stream: uuidv7(), seq: 1, type: 'message', id: uuidv7(), time: 1, body: '{}', expires: null },
  sender: { user: uuidv7(), device: uuidv7() },
});

/** The same event stream as two processes have it. */
async function two() {
  const prefix = `feed-${uuidv7()}`;
  const passedOver: [string, string][] = [];
  const options = {
    consuming: { retryMaxMs: 200 },
    onPassedOver: (name: string, { id }: StreamedEvent) => passedOver.push([name, id]),
  };
  const feed = await KafkaFeed.open(kafkaOf(prefix), options);
  const other = await KafkaFeed.open(kafkaOf(prefix), options);
  const dispose = async () => {
    await Promise.all([feed.close(), other.close()]);
  };
  return { feed, other, passedOver, dispose };
}

describe('Kafka', { skip }, () => {
  feedConformance('Kafka', two);
  feedConsumingConformance('Kafka', async () => ({ ...(await two()), keeps: true }));

  it('passes over records that nobody can read, and says so', async () => {
    const kafka = kafkaOf(`feed-${uuidv7()}`, 1);
    const bad: bigint[] = [];
    const feed = await KafkaFeed.open(kafka, { onBadRecord: ({ offset }) => bad.push(offset) });
    const erased: string[] = [];
    const done = Promise.withResolvers<void>();
    const following = await feed.follow({
      wants: () => true,
      read: (tidings) => {
        erased.push(...(tidings.erased ?? []));
        if (erased.includes('last')) done.resolve();
      },
      onGap: () => assert.fail('nothing is missing'),
    });
    const producer = new Producer(kafka.client());
    const topic = `${kafka.prefix}.events`;
    const values = ['x', 'z', '', 'e{', 'a{"to"', 'x'].map((value, i) => ({
      topic,
      partition: 0,
      key: Buffer.from(`k${i}`),
      value: Buffer.from(value),
    }));
    await producer.send({ messages: values });
    await producer.close();
    await feed.write({ erased: ['last'] });
    await done.promise;
    assert.deepEqual(erased, ['k0', 'k5', 'last']);
    assert.deepEqual(bad, [1n, 2n, 3n, 4n]);
    assert.equal(following.bad, 4);
    await feed.close();
  });

  it('goes on at the first record there is when others were removed before whoever consumes came to them, and says how many', async () => {
    const kafka = kafkaOf(`feed-${uuidv7()}`, 1);
    const missed: [string, number][] = [];
    const feed = await KafkaFeed.open(kafka, { onMissed: (...one) => missed.push(one) });
    const first = await feed.consume('one', async () => {});
    await first.stop();
    const events = Array.from({ length: 4 }, () => event());
    for (const one of events) await feed.write({ events: [one] });
    const admin = new Admin(kafka.client());
    const topics = [{ name: `${kafka.prefix}.events`, partitions: [{ partition: 0, offset: 3n }] }];
    await admin.deleteRecords({ topics });
    await admin.close();
    const got: string[] = [];
    const done = Promise.withResolvers<void>();
    await feed.consume('one', async (batch) => {
      got.push(...batch.map(({ id }) => id));
      done.resolve();
    });
    await done.promise;
    assert.deepEqual(got, [events[3]!.id]);
    assert.deepEqual(missed, [['one', 3]]);
    await feed.close();
  });

  it('passes over what is no event, and what nobody can read, without calling anybody', async () => {
    const kafka = kafkaOf(`feed-${uuidv7()}`, 1);
    const bad: bigint[] = [];
    const feed = await KafkaFeed.open(kafka, { onBadRecord: ({ offset }) => bad.push(offset) });
    const batches: string[][] = [];
    const done = Promise.withResolvers<void>();
    const last = event();
    const consuming = await feed.consume('one', async (batch) => {
      batches.push(batch.map(({ id }) => id));
      if (batch.some(({ id }) => id === last.id)) done.resolve();
    });
    const producer = new Producer(kafka.client());
    const topic = `${kafka.prefix}.events`;
    const key = Buffer.from('k');
    await producer.send({
      messages: ['z', 'e{', 'x'].map((text) => ({ topic, partition: 0, key, value: Buffer.from(text) })),
    });
    await producer.close();
    await feed.write({ erased: ['x', 'y'] });
    await feed.write({ events: [last] });
    await done.promise;
    await consuming.stop();
    assert.deepEqual(batches, [[last.id]]);
    assert.deepEqual(bad, [0n, 1n]);
    assert.equal(consuming.lag, 0);
    await feed.close();
  });

  it('refuses a name that could not be part of a group’s', async () => {
    const feed = await KafkaFeed.open(kafkaOf(`feed-${uuidv7()}`, 1));
    for (const name of ['', 'One', 'a b', 'a'.repeat(65)])
      await assert.rejects(
        feed.consume(name, async () => {}),
        /cannot be the name/,
      );
    await feed.close();
  });
});
