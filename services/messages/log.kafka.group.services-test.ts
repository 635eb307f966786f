import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { uuidv7 } from 'uuidv7';
import { type Kafka, openKafka } from '../../platform/kafka/kafka.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { type Member, Members } from './kafka/fixtures/members.ts';
import { partitionOf } from './kafka/log-records.ts';
import { entry } from './log.conformance.ts';
import { KafkaLog } from './log.kafka.ts';

const { url, skip } = sharedEngine('kafka');

const PARTITIONS = 8;
const SESSION_MS = 3_000;
const HANDLING_MS = 20;

describe('several processes consume one log on Kafka', { skip }, () => {
  let address: string;
  let kafka: Kafka;
  let log: KafkaLog;
  let members: Members;
  beforeEach(async () => {
    address = `${url}/group-${uuidv7()}`;
    kafka = openKafka({ url: address, partitions: PARTITIONS, replicas: 1, deadlineMs: 10_000, most: 100 });
    log = await KafkaLog.open(kafka);
    members = new Members();
  });
  afterEach(async () => {
    await members.dispose();
    await log.close();
  });

  const append = (count: number) => Promise.all(Array.from({ length: count }, () => log.append(entry())));
  const start = (handlingMs = HANDLING_MS) => members.start(address, SESSION_MS, handlingMs);
  const writtenAll = (positions: number[]) =>
    members.until(() => positions.every((one) => members.written.has(one)));

  /** Each partition belongs to one of these, and each of these has some. */
  const dealt = (...among: Member[]) =>
    members.until(() => {
      const owned = among.flatMap((member) => [...member.owned]);
      return (
        owned.length === PARTITIONS &&
        new Set(owned).size === PARTITIONS &&
        among.every((m) => m.owned.size > 0)
      );
    });

  /** What was handed out for the first time was so in the order of positions, in each partition. */
  function assertOrder(): void {
    const last = new Map<number, number>();
    const seen = new Set<number>();
    for (const line of members.heard) {
      if (line.did !== 'out') continue;
      for (const position of line.positions) {
        if (seen.has(position)) continue;
        seen.add(position);
        const partition = partitionOf(position);
        assert.ok(position > (last.get(partition) ?? -1), `partition ${partition}: ${position} came late`);
        last.set(partition, position);
      }
    }
  }

  async function committed(): Promise<Map<number, bigint>> {
    const admin = new Admin(kafka.client());
    try {
      const groups = await admin.listConsumerGroupOffsets({ groups: [`${kafka.prefix}-messages`] });
      const partitions = groups[0]?.topics[0]?.partitions ?? [];
      return new Map(
        partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
      );
    } finally {
      await admin.close();
    }
  }

  it('deals the partitions anew when one joins and when one leaves, and handles everything in order', async () => {
    const positions: number[] = [];
    let flows = true;
    // Something is always under way when the partitions are dealt.
    const flow = (async () => {
      for (; flows; await pause(50)) positions.push(...(await append(10)));
    })();
    const first = start();
    await dealt(first);
    const second = start();
    await dealt(first, second);
    const third = start();
    await dealt(first, second, third);
    await second.stop();
    await dealt(first, third);
    flows = false;
    await flow;
    await writtenAll(positions);
    assertOrder();
    assert.equal(new Set(positions).size, positions.length);
    // Whoever leaves or shares in time hands over what was done: nothing is done twice without a crash.
    const writes = members.heard.flatMap((line) => (line.did === 'wrote' ? line.positions : []));
    assert.equal(writes.length, positions.length);
  });

  it('hands what a killed process had to the others', async () => {
    const [first, second, third] = [start(), start(), start()];
    await dealt(first, second, third);
    const positions = await append(300);
    await members.until(() => second.lines.some(({ did }) => did === 'out'));
    await second.kill();
    positions.push(...(await append(300)));
    await writtenAll(positions);
    await dealt(first, third);
    assertOrder();
  });

  it('keeps a process that was stopped for a while from doing anything with what it has lost', async () => {
    const [first, second] = [start(), start(200)];
    await dealt(first, second);
    const positions = await append(400);
    // It has some under way, and more in its memory.
    await members.until(() => second.lines.some(({ did }) => did === 'wrote'));
    second.freeze();
    positions.push(...(await append(100)));
    await members.until(() => first.owned.size === PARTITIONS);
    await writtenAll(positions);
    await members.until(() => first.lines.at(-1)?.did === 'wrote');
    const ends = await settledCommits();
    const before = second.lines.length;
    second.thaw();
    await members.until(() => second.lines.slice(before).some(({ did }) => did === 'gained'));
    const woken = second.lines.slice(before);
    const did = woken.slice(
      0,
      woken.findIndex((line) => line.did === 'gained'),
    );
    assert.ok(did.some((line) => line.did === 'lost'));
    assert.deepEqual(
      did.filter((line) => line.did === 'out' || line.did === 'wrote'),
      [],
    );
    assert.deepEqual(await committed(), ends);
    const later = await append(100);
    await writtenAll(later);
    assertOrder();

    /** Once everything that was appended has been committed. */
    async function settledCommits(): Promise<Map<number, bigint>> {
      for (;;) {
        const now = await committed();
        const reached = positions.every(
          (position) => (now.get(partitionOf(position)) ?? -1n) > BigInt(Math.floor(position / 4_096)),
        );
        if (reached) return now;
        await pause(50);
      }
    }
  });
});
