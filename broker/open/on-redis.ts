import type { Config } from '../../platform/config/schema.ts';
import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { RedisPersistence } from '../persistence/redis/redis-persistence.ts';
import { RedisOpenEmitter } from './emitter.redis.ts';

export interface OnRedisParts {
  connection: RedisConnection;
  engine: Engine;
  open: Pick<Config['open'], 'queueLimit' | 'sessionDays'>;
  logger: Pick<Logger, 'warn' | 'info' | 'error'>;
  /** Milliseconds between two signs of life; the wills of a node that gives none are published after about five times that. */
  heartbeatMs?: number;
}

export interface OnRedis {
  persistence: RedisPersistence;
  emitter: RedisOpenEmitter;
  heartbeatMs: number;
}

const HEARTBEAT_MS = 15_000;
/** Aedes' own: a node is dead that was silent for so many heartbeats. */
const SILENT = 3;

/**
 * What `createBroker` takes for a node among others. The broker closes the emitter, the caller destroys the persistence and then closes the
 * connection.
 */
export function openOnRedis({ heartbeatMs = HEARTBEAT_MS, ...parts }: OnRedisParts): OnRedis {
  const { connection, engine, open, logger } = parts;
  const emitter = new RedisOpenEmitter({ connection, engine, logger });
  const persistence = new RedisPersistence(connection, engine, {
    queueLimit: open.queueLimit,
    sessionDays: open.sessionDays,
    // Who has heard nothing does not know who lives.
    knowsNodes: () => emitter.openMs > SILENT * heartbeatMs,
    onFailed: (error) => logger.error({ err: error }, 'the store of sessions failed at something'),
  });
  return { persistence, emitter, heartbeatMs };
}
