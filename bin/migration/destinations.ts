import { MOST_HERE } from '../../broker/persistence/broker-persistence.ts';
import { exportBroker } from '../../broker/persistence/export.ts';
import { brokerParts } from '../../broker/persistence/moving.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { DataFolder } from '../../platform/data-folder.ts';
import { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import { connectRedis } from '../../platform/redis/connect.ts';
import { isRedisTrouble } from '../../platform/redis/trouble.ts';
import type { Closing } from '../../server/closing.ts';
import { directoryDestination } from '../../services/directory/moving.ts';
import { cursorParts } from '../../services/messages/cursors.moving.ts';
import type { MessagesExport } from '../../services/messages/exporting.ts';
import { historyDestination } from '../../services/messages/history.moving.ts';
import { hasKeys, redisMark } from '../../services/migration/mark.redis.ts';
import type { Destination } from '../../services/migration/move.ts';

export interface DestinationParts {
  config: Config;
  folder: DataFolder;
  messages: MessagesExport;
  closing: Closing;
  logger: Logger;
}

/** A page is more than one request of a device, and nobody waits for an answer. */
const LEAST_DEADLINE_MS = 60_000;
/** What is written to Redis, behind the prefix. */
const KEYS = ['cursors:', 'receipts:', 'reads:', 'mqtt:'];

/** The servers that the configuration names, each to be moved to on its own. They are closed by `closing`. */
export async function openDestinations(parts: DestinationParts): Promise<Destination[]> {
  const { config, folder, messages, closing } = parts;
  const { directory, history, redis, callsAtOnce: most } = config.engines;
  const deadlineMs = Math.max(LEAST_DEADLINE_MS, config.engines.deadlineMs);
  const destinations: Destination[] = [];
  if (directory !== '') {
    const options = { url: directory, deadlineMs, most };
    destinations.push(
      closing.add(await directoryDestination(folder.file('directory.db'), options), (d) => d.close()),
    );
  }
  if (history !== '') {
    const options = { url: history, deadlineMs, most };
    destinations.push(closing.add(await historyDestination(messages, options), (d) => d.close()));
  }
  if (redis !== '') destinations.push(await redisDestination(parts, deadlineMs));
  return destinations;
}

async function redisDestination(
  { config, folder, messages, closing, logger }: DestinationParts,
  deadlineMs: number,
): Promise<Destination> {
  const { redis: url, callsAtOnce: most } = config.engines;
  const engine = new Engine({ name: 'redis', deadlineMs, most, isTrouble: isRedisTrouble });
  const connection = closing.add(
    await connectRedis(url, { name: 'migration', deadlineMs, log: logger, use: 'state' }),
    (c) => c.close(),
  );
  const source = closing.add(await exportBroker(folder.file('broker.db')), (s) => s.close());
  const { queueLimit, sessionDays } = config.open;
  const limits = { queueLimit: Math.max(queueLimit, MOST_HERE), sessionDays };
  const broker = closing.add(await brokerParts(source, connection, engine, limits), (b) => b.close());
  return {
    name: 'redis',
    parts: [...cursorParts(messages, connection, engine), ...broker.parts],
    mark: redisMark(connection, engine),
    isEmpty: async () => !(await hasKeys(connection, engine, KEYS)),
  };
}
