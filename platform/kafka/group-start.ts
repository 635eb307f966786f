import { setTimeout as pause } from 'node:timers/promises';
import { Consumer, ListOffsetTimestamps, offsetCommitV8 } from '@platformatic/kafka';
import { Refused } from '../../protocol/errors.ts';
import { within } from '../within.ts';
import { ISOLATION, type Kafka, type Topic } from './kafka.ts';
import { hasCode, isFenced } from './trouble.ts';

/** As who is no member of the group: it takes that only as long as it has none. */
const NO_GENERATION = -1;
const RETRY_MS = 200;

/**
 * Has a group that begins now begin at what is written from now on, also in partitions that nobody has read from for a while. A group that
 * has begun before goes on where it is.
 * @throws {Refused} unavailable
 */
export async function startGroupAtEnd(kafka: Kafka, topic: Topic, group: string): Promise<void> {
  const client = new Consumer({ ...kafka.client(), groupId: group, isolationLevel: ISOLATION });
  client.on('error', () => {});
  const { name } = topic;
  const all = Array.from({ length: topic.partitions }, (_, partition) => partition);
  try {
    // In this order: whoever begins at the same time commits what was the end before it found out that nobody had.
    const ends = await kafka.engine.run(() =>
      whenReady(kafka.deadlineMs, () =>
        client.listOffsets({
          topics: [name],
          partitions: { [name]: all },
          timestamp: ListOffsetTimestamps.LATEST,
        }),
      ),
    );
    const committed = await kafka.engine.run(() =>
      whenReady(kafka.deadlineMs, () =>
        client.listCommittedOffsets({ topics: [{ topic: name, partitions: all }] }),
      ),
    );
    const partitions = all
      .filter((partition) => (committed.get(name)?.[partition] ?? -1n) < 0n)
      .map((partitionIndex) => {
        const committedOffset = ends.get(name)?.[partitionIndex];
        if (committedOffset === undefined) throw new Refused('unavailable', kafka.engine.name);
        return { partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
      });
    if (partitions.length === 0) return;
    await kafka.engine.run(async () => {
      const id = await client.findGroupCoordinator();
      const connection = (await client.connectToBrokers([id])).get(id);
      if (connection === undefined) throw new Refused('unavailable', kafka.engine.name);
      await offsetCommitV8.api.async(connection, group, NO_GENERATION, '', null, [{ name, partitions }]);
    });
  } catch (error) {
    // It has members: one of them has done this.
    if (!isFenced(error)) throw error;
  } finally {
    await within(Promise.allSettled([client.close(true)]), kafka.deadlineMs);
  }
}

/**
 * What Kafka says while it makes something: the first group of an installation has no coordinator until there is a place where it keeps what groups
 * commit, and brokers learn one after another of a new topic and of who leads its partitions.
 */
const NOT_READY = [
  'COORDINATOR_NOT_AVAILABLE',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'OFFSET_NOT_AVAILABLE',
];

async function whenReady<T>(forMs: number, work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + forMs; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!NOT_READY.some((id) => hasCode(error, id)) || performance.now() > until) throw error;
      await pause(RETRY_MS);
    }
  }
}
