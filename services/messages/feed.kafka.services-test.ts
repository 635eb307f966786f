import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { openKafka } from '../../platform/kafka/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { feedConformance } from './feed.conformance.ts';
import { KafkaFeed } from './feed.kafka.ts';

const { url, skip } = sharedEngine('kafka');

function kafkaOf(prefix: string, partitions = 4) {
  return openKafka({ url: `${url}/${prefix}`, partitions, replicas: 3, deadlineMs: 10_000, most: 100 });
}

describe('Kafka', { skip }, () => {
  feedConformance('Kafka', async () => {
    const prefix = `feed-${uuidv7()}`;
    const feed = await KafkaFeed.open(kafkaOf(prefix));
    const other = await KafkaFeed.open(kafkaOf(prefix));
    const dispose = async () => {
      await Promise.all([feed.close(), other.close()]);
    };
    return { feed, other, dispose };
  });

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
});
