import type { Engine } from '../../../platform/engine.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { EVENT_ORDER } from '../feed-consuming.ts';
import { eventIn } from '../feed-records.ts';
import type { StreamedEvent } from '../history.ts';
import type { FeedKeys } from './feed-scripts.ts';
import { idOf, numberOf } from './log-scripts.ts';
import type { PartitionedSource, Read } from './partitioned-consumer.ts';

export interface FeedSourceOptions {
  /** So many records were removed before they were read. */
  onMissed(count: number): void;
  onFailure?: ((error: unknown) => void) | undefined;
}

/** The events of the streams, for those who consume them under a name. */
export function feedSource(
  { client }: RedisConnection,
  engine: Engine,
  keys: FeedKeys,
  { onMissed, onFailure }: FeedSourceOptions,
): PartitionedSource<StreamedEvent> {
  function eventOf(n: number, [, key, , value]: string[]): StreamedEvent | undefined {
    try {
      return eventIn({ key: key!, value: value! });
    } catch {
      // What is wrong with JSON would be said by quoting it.
      onFailure?.(new Error(`record ${n} of the event stream cannot be read`));
      return undefined;
    }
  }

  return {
    ...EVENT_ORDER,
    settled: () => Promise.resolve(),
    async read(i, after, limit): Promise<Read<StreamedEvent> | null> {
      const entries = await engine.run(() =>
        client.xrange(keys.stream(i), idOf(after + 1), '+', 'COUNT', limit),
      );
      if (entries.length === 0) return null;
      let end = after;
      const records: Read<StreamedEvent>['records'] = [];
      for (const [id, fields] of entries) {
        const n = numberOf(id);
        if (n > end + 1) onMissed(n - end - 1);
        end = n;
        const record = eventOf(n, fields);
        if (record !== undefined) records.push({ at: n, record });
      }
      return { records, end };
    },
  };
}
