import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { openKafka } from '../../platform/kafka/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { entry, logConformance } from './log.conformance.ts';
import { KafkaLog, type KafkaLogOptions } from './log.kafka.ts';

const { url, skip } = sharedEngine('kafka');

function kafkaOf(prefix: string, partitions = 1) {
  return openKafka({ url: `${url}/${prefix}`, partitions, replicas: 3, deadlineMs: 10_000, most: 100 });
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

describe('Kafka', { skip }, () => {
  logConformance('Kafka', () => open({}));
  logConformance('Kafka, with small batches', () => open({ maxBatch: 10 }));
});
