import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Actor } from '../../services/actor.ts';
import type { BrokerPersistence } from '../persistence/broker-persistence.ts';
import type { Connection, Connections } from './connections.ts';
import { Expiry } from './expiry.ts';

export interface SweepParts {
  connections: Pick<Connections, 'all'>;
  persistence: Pick<BrokerPersistence, 'sweepSessions'>;
  /** Days that a session of plain MQTT which is away is kept; null: there are none. */
  sessionDays: number | null;
  onExpired(connection: Connection): void;
  seen(actor: Actor, at: number): void;
  clock: Clock;
  logger: Logger;
}

const SECOND_MS = 1_000;
/** After a crash, when somebody was seen last is known this closely. */
const SEEN_MS = 10 * 60 * SECOND_MS;
const SESSIONS_MS = 60 * 60 * SECOND_MS;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** What time brings: tokens expire, who is here goes on being seen, sessions that nobody comes back to end. */
export function startSweep(parts: SweepParts): { connected(connection: Connection): void; stop(): void } {
  const { connections, persistence, clock, logger } = parts;
  const expiry = new Expiry(() => connections.all());

  const everySecond = setInterval(() => {
    for (const connection of expiry.take(clock.now())) parts.onExpired(connection);
  }, SECOND_MS);

  const seen = setInterval(() => {
    const now = clock.now();
    for (const { actor } of connections.all()) parts.seen(actor, now);
  }, SEEN_MS);

  const sweepSessions = (days: number) => {
    const now = clock.now();
    persistence.sweepSessions(now, now - days * DAY_MS).then(
      (ended) => {
        if (ended > 0) logger.info({ ended }, 'sessions ended that were away for too long');
      },
      (error) => logger.error({ err: error }, 'sessions could not be swept'),
    );
  };
  const { sessionDays } = parts;
  const sessions =
    sessionDays === null ? undefined : setInterval(() => sweepSessions(sessionDays), SESSIONS_MS);

  const timers = [everySecond, seen, sessions];
  for (const timer of timers) timer?.unref();
  return {
    connected: (connection) => expiry.add(connection),
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
