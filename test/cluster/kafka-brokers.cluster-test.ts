/** Kafka as it is run in earnest: three brokers, three copies, two of which must be there for anything to be accepted. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { openKafka } from '../../platform/kafka/kafka.ts';
import type { Refused } from '../../protocol/errors.ts';
import { KafkaFeed } from '../../services/messages/feed.kafka.ts';
import { entry } from '../../services/messages/log.conformance.ts';
import { KafkaLog } from '../../services/messages/log.kafka.ts';
import { startKafkaBrokers } from '../engines/kafka-brokers.ts';
import type { ServerSet } from '../engines/server-set.ts';
import { missingEngines } from './cluster.ts';
import { trial } from './trial.ts';

const skip = (await missingEngines()) ?? false;
const DEADLINE_MS = 3_000;
const SENDERS = 20;

describe('three brokers', { skip, timeout: 300_000 }, () => {
  let set: ServerSet;
  before(async () => {
    set = await startKafkaBrokers();
  });
  after(() => set?.dispose());

  const open = () =>
    openKafka({
      url: `${set.url}/t${uuidv7()}`,
      partitions: 6,
      replicas: 3,
      deadlineMs: DEADLINE_MS,
      most: 1_000,
    });

  it('lose nothing that they took when one dies, refuse when two are dead, and go on when they are back', async (t) => {
    const kafka = open();
    const log = await KafkaLog.open(kafka, { retryMaxMs: 500 });
    const handled = new Set<string>();
    await log.consume(async (batch) => {
      for (const { command } of batch) handled.add(command.id);
    });
    const taken: string[] = [];
    const codes = new Set<string>();
    let going = true;
    const sender = async () => {
      while (going) {
        const one = entry();
        await log.append(one).then(
          () => taken.push(one.command.id),
          ({ refusal }: Refused) => {
            codes.add(refusal.code);
            assert.ok(refusal.retry);
          },
        );
        await pause(1);
      }
    };
    const sending = Promise.all(Array.from({ length: SENDERS }, sender));
    /** So many more are taken. */
    const takes = async (count: number) => {
      for (const from = taken.length; taken.length < from + count; ) await pause(20);
    };
    try {
      await takes(2_000);
      for (const node of set.nodes) {
        await node.kill();
        await takes(1_000);
        await node.start();
        await takes(1_000);
      }
      const [, second, third] = set.nodes;
      codes.clear();
      await Promise.all([second!.kill(), third!.kill()]);
      // Until nothing is taken any more: what was under way may have been.
      for (let before = -1; before !== taken.length || codes.size === 0; ) {
        before = taken.length;
        await pause(2 * DEADLINE_MS);
      }
      assert.deepEqual(
        [...codes].filter((code) => code !== 'unavailable' && code !== 'overloaded'),
        [],
      );
      await Promise.all([second!.start(), third!.start()]);
      await takes(1_000);
    } finally {
      going = false;
      await sending;
    }
    while (!taken.every((id) => handled.has(id))) await pause(50);
    t.diagnostic(`${taken.length} taken, refused as ${[...codes].join()}`);
    await log.close();
  });

  it('keep three copies of each partition, of which two must be there', async () => {
    const kafka = open();
    await (await KafkaLog.open(kafka)).close();
    await (await KafkaFeed.open(kafka)).close();
    const admin = new Admin(kafka.client());
    const names = ['commands', 'events'].map((name) => `${kafka.prefix}.${name}`);
    const { topics } = await admin.metadata({ topics: names });
    for (const name of names)
      for (const { replicas } of Object.values(topics.get(name)!.partitions))
        assert.equal(replicas.length, 3);
    const configs = await admin.describeConfigs({
      resources: names.map((resourceName) => ({
        resourceType: 2,
        resourceName,
        configurationKeys: ['min.insync.replicas'],
      })),
    });
    assert.deepEqual(
      configs.map(({ configs }) => configs[0]!.value),
      ['2', '2'],
    );
    await admin.close();
  });
});

describe('the program on three brokers', { skip, timeout: 590_000 }, () => {
  it('loses nothing, repeats nothing and keeps one order while they die one by one, and two at once', async (t) => {
    const crowd = { users: 30, devices: 50, groups: 4, everyMs: 2_000 };
    const cluster = { brokers: 2, messages: 2, gateways: 1, engines: { kafka: startKafkaBrokers } };
    await trial(t, { cluster, crowd }, async ({ engines, messages }, injuries) => {
      const { nodes } = engines.kafka as ServerSet;
      for (const node of nodes) await injuries.restart(node);
      await Promise.all(nodes.slice(1).map((node) => injuries.restart(node)));
      await injuries.restart(nodes[0]!, messages[0]!);
      await injuries.kill(messages[1]!);
    });
  });
});
