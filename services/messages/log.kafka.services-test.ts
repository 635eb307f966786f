import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Admin, Consumer, ListOffsetTimestamps, Producer } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { type Kafka, openKafka } from '../../platform/kafka/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { partitionOf } from './kafka/log-records.ts';
import { entry, logConformance } from './log.conformance.ts';
import { KafkaLog, type KafkaLogOptions } from './log.kafka.ts';
import type { LogRecord } from './log.ts';
import { partitionKey } from './partition-key.ts';

const { url, skip } = sharedEngine('kafka');

function kafkaOf(prefix: string, partitions = 1, onWarning?: (text: string) => void): Kafka {
  return openKafka({
    url: `${url}/${prefix}`,
    partitions,
    replicas: 3,
    deadlineMs: 10_000,
    most: 100,
    ...(onWarning && { onWarning }),
  });
}

async function open(options: KafkaLogOptions) {
  const kafka = kafkaOf(`log-${uuidv7()}`);
  let log = await KafkaLog.open(kafka, options);
  const reopen = async () => {
    await log.close();
    log = await KafkaLog.open(kafka, options);
    return log;
  };
  return { log, reopen, dispose: () => log.close() };
}

describe('the command log on Kafka', { skip }, () => {
  logConformance('Kafka', () => open({}));
  logConformance('Kafka, with small batches', () => open({ maxBatch: 10 }));

  it('keeps what is of one stream in one partition, in order, and uses all partitions', async () => {
    const log = await KafkaLog.open(kafkaOf(`log-${uuidv7()}`, 4));
    const entries = Array.from({ length: 20 }, (_, i) => entry(`of ${i}`)).flatMap((one) => [one, one, one]);
    const positions = await Promise.all(entries.map((one) => log.append(one)));
    const records: LogRecord[] = [];
    const consumer = await log.consume(async (batch) => void records.push(...batch));
    await consumer.drained();
    assert.equal(records.length, entries.length);
    assert.deepEqual(consumer.partitions.toSorted(), [0, 1, 2, 3]);
    assert.deepEqual(new Set(positions.map(partitionOf)), new Set([0, 1, 2, 3]));
    for (const [i, one] of entries.entries()) {
      const record = records.find(({ position }) => position === positions[i])!;
      assert.deepEqual(record.command, one.command);
      assert.ok(consumer.owns(record));
      const first = entries.findIndex((other) => partitionKey(other) === partitionKey(one));
      assert.equal(partitionOf(positions[i]!), partitionOf(positions[first]!));
    }
    await log.close();
    assert.equal(consumer.owns(records[0]!), false);
    assert.deepEqual(consumer.partitions, []);
  });

  it('stops at a record that it cannot read, and says so; what is of other partitions goes on', async () => {
    const kafka = kafkaOf(`log-${uuidv7()}`, 2);
    const failed = Promise.withResolvers<unknown>();
    const log = await KafkaLog.open(kafka, { onFailure: failed.resolve });
    const producer = new Producer(kafka.client());
    const value = Buffer.from(`${JSON.stringify([uuidv7(), uuidv7(), 1])}\n{"v":1,"type":"from.the.future"}`);
    await producer.send({ messages: [{ topic: `${kafka.prefix}.commands`, partition: 1, value }] });
    await producer.close();
    const entries = Array.from({ length: 20 }, () => entry());
    const positions = await Promise.all(entries.map((one) => log.append(one)));
    const readable = positions.filter((position) => partitionOf(position) === 0);
    assert.ok(readable.length > 0 && readable.length < positions.length);
    const handled: number[] = [];
    const done = Promise.withResolvers<void>();
    const consumer = await log.consume(async (batch) => {
      handled.push(...batch.map(({ position }) => position));
      if (handled.length >= readable.length) done.resolve();
    });
    assert.match(String(await failed.promise), /unknown_type/);
    await done.promise;
    assert.deepEqual(handled, readable);
    await consumer.stop();
    assert.deepEqual(handled, readable);
    await log.close();
  });

  it('removes what was handled and committed, and nothing else', async () => {
    const kafka = kafkaOf(`log-${uuidv7()}`);
    const log = await KafkaLog.open(kafka, { trimEveryMs: 20 });
    const handled: string[] = [];
    const stuck = entry();
    const consumer = await log.consume(async (batch) => {
      handled.push(...batch.map(({ command }) => command.id));
      const records = batch.filter(({ command }) => command.id === stuck.command.id);
      if (records.length > 0) return { records, again: new Promise(() => {}) };
    });
    for (let i = 0; i < 3; i++) await log.append(entry());
    await log.append(stuck);
    for (let i = 0; i < 3; i++) await log.append(entry());
    const client = new Consumer({ ...kafka.client(), groupId: 'look' });
    const name = `${kafka.prefix}.commands`;
    const begin = async () => {
      const timestamp = ListOffsetTimestamps.EARLIEST;
      const offsets = await client.listOffsets({ topics: [name], partitions: { [name]: [0] }, timestamp });
      return offsets.get(name)![0]!;
    };
    while ((await begin()) < 3n) await new Promise((resolve) => setTimeout(resolve, 20));
    while (handled.length < 7) await new Promise((resolve) => setTimeout(resolve, 20));
    await consumer.stop();
    assert.equal(await begin(), 3n);
    const left: string[] = [];
    const next = await log.consume(
      async (batch) => void left.push(...batch.map(({ command }) => command.id)),
    );
    await next.drained();
    assert.deepEqual(left, handled.slice(3));
    await client.close();
    await log.close();
  });

  it('says nothing of trouble when it is stopped', async () => {
    const changes: boolean[] = [];
    const kafka = openKafka({
      ...{ url: `${url}/log-${uuidv7()}`, partitions: 2, replicas: 1, deadlineMs: 10_000, most: 100 },
      onChange: (up) => changes.push(up),
    });
    const failures: unknown[] = [];
    const log = await KafkaLog.open(kafka, { onFailure: (error) => failures.push(error) });
    const consumer = await log.consume(async () => {});
    await log.append(entry());
    await consumer.drained();
    // By now it waits at Kafka for what comes next.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await log.close();
    assert.deepEqual([changes, failures], [[], []]);
  });

  it('goes on at the first record there is when the log was cut before it got there', async () => {
    const kafka = kafkaOf(`log-${uuidv7()}`);
    const failures: string[] = [];
    const log = await KafkaLog.open(kafka, { onFailure: (error) => failures.push(String(error)) });
    const first = await log.consume(async () => {});
    await log.append(entry());
    await first.drained();
    await first.stop();
    for (let i = 0; i < 3; i++) await log.append(entry());
    const admin = new Admin(kafka.client());
    const name = `${kafka.prefix}.commands`;
    await admin.deleteRecords({ topics: [{ name, partitions: [{ partition: 0, offset: 3n }] }] });
    await admin.close();
    const left: LogRecord[] = [];
    const consumer = await log.consume(async (batch) => void left.push(...batch));
    await consumer.drained();
    assert.equal(left.length, 1);
    assert.ok(failures.some((text) => text.includes('no position 1 in partition 0')));
    await log.close();
  });

  it('refuses more than may be pending, and takes it later', async () => {
    const log = await KafkaLog.open(kafkaOf(`log-${uuidv7()}`), { mostPending: 3 });
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => log.append(entry())));
    assert.deepEqual(
      tries.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
    );
    for (const one of tries)
      if (one.status === 'rejected') assert.equal(one.reason.refusal.code, 'overloaded');
    assert.ok((await log.append(entry())) > 0);
    await log.close();
    await assert.rejects(log.append(entry()), /draining/);
  });

  it('leaves a topic as it is, whatever the configuration says, and warns', async () => {
    const prefix = `log-${uuidv7()}`;
    await (await KafkaLog.open(kafkaOf(prefix, 2))).close();
    const warnings: string[] = [];
    const log = await KafkaLog.open(kafkaOf(prefix, 5, (text) => warnings.push(text)));
    const positions = await Promise.all(Array.from({ length: 40 }, () => log.append(entry())));
    assert.deepEqual(new Set(positions.map(partitionOf)), new Set([0, 1]));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /has 2 partitions, not 5/);
    await log.close();
  });
});
