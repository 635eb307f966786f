import type { Clock } from '../../platform/clock.ts';
import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { RedisOnlineUsers } from '../presence/online-users.redis.ts';
import { Channels } from './channels.ts';
import { NodeLease } from './lease.ts';
import { RedisNodeBus } from './node-bus.redis.ts';
import type { Nodes } from './nodes.ts';
import { RedisSessionClaims } from './session-claims.redis.ts';

export interface RedisNodesParts {
  /** Opened by the caller, who closes it after {@link Nodes.stop}. */
  connection: RedisConnection;
  engine: Pick<Engine, 'run'>;
  clock: Clock;
  logger: Logger;
  metrics: Pick<Metrics, 'node_messages_dropped_total'>;
  /** See {@link NodeLease}. */
  leaseMs?: number;
  everyMs?: number;
}

/** Joins the other processes that use the same Redis. When it does not answer this goes on alone, and joins when it is back. */
export async function joinNodes(parts: RedisNodesParts): Promise<Nodes> {
  const { connection, engine, clock, logger, metrics } = parts;
  const subscriber = connection.channels('heard');
  // Of one server the same connection will do: there too all that is said comes in order.
  const speaker = connection.cluster ? connection.channels('said') : connection;
  const channels = new Channels(subscriber);
  const lease = new NodeLease(parts);
  const online = new RedisOnlineUsers({ connection, engine, channels, lease, logger });
  const claims = new RedisSessionClaims({ connection, speaker, engine, channels, lease, clock, logger });
  const bus = new RedisNodeBus({
    connection: speaker,
    channels,
    node: lease.node,
    onDropped: (why) => metrics.node_messages_dropped_total.labels(why).inc(),
  });
  await lease.start();
  return {
    bus,
    online,
    claims,
    async stop() {
      await bus.stop();
      await claims.stop();
      // With the lease it gives up its users.
      await online.stop();
      await lease.stop();
      channels.stop();
      await subscriber.close();
      if (speaker !== connection) await speaker.close();
    },
  };
}
