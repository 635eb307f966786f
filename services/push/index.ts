import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { ConversationCache } from '../conversations/cache.ts';
import type { Directory } from '../directory/directory.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { Feed } from '../messages/feed.ts';
import type { History } from '../messages/history.ts';
import { createAttempting } from './attempting.ts';
import { createAudience } from './audience.ts';
import { createComposing } from './composing.ts';
import { createGrace } from './grace.ts';
import { createLedger, type PushLedger } from './ledger.ts';
import { type Connected, createNoticing } from './noticing.ts';
import { createProviders } from './providers.ts';
import { createReach } from './reach.ts';
import { createPushRegistry, type PushRegistry } from './registry.ts';
import type { PushSender } from './sender.ts';
import { pushSettings } from './settings.ts';
import { createWorker } from './worker.ts';

export type { PushLedger, PushStatus } from './ledger.ts';
export type { PushRegistry } from './registry.ts';

export interface PushService {
  registry: PushRegistry;
  ledger: PushLedger;
  /** Sees from now on whom events concern. Before numbering begins, in a process that does both; `stop` after numbering has ended. */
  listen(): Promise<{ stop(): Promise<void> }>;
  /** Sends what there is to send. */
  send(): Promise<{ stop(): Promise<void> }>;
}

/** The name under which events are consumed. */
const CONSUMER = 'push';
const LAG_EVERY_MS = 1_000;
/** Until what is watched has been looked at, when its time is over: longer only while a database is away. */
const LOOKING_MS = 60_000;

export function createPushService(parts: {
  config: Pick<Config, 'push'>;
  directory: Pick<Directory, 'accounts' | 'conversations' | 'preferences' | 'push'>;
  cache: ConversationCache;
  history: History;
  cursors: Cursors;
  feed: Pick<Feed, 'consume'>;
  connected: Connected;
  /** One for each kind that can be reached from here; closed by whoever made them. */
  senders: readonly PushSender[];
  outbound: Pick<Outbound, 'check'>;
  /** Other processes do the same. */
  shared: boolean;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
}): PushService {
  const { directory, cache, history, cursors, feed, connected, senders, outbound, shared } = parts;
  const { clock, logger, metrics } = parts;
  const settings = pushSettings(parts.config);
  const { accounts, conversations, preferences, push: store } = directory;
  const wake = () => worker.wake();
  const reach = createReach({ store, clock, shared });
  const grace = createGrace({
    ...{ store, conversations, cursors, reach, clock, logger, graceMs: settings.graceMs, onNoted: wake },
  });
  const common = { store, history, accounts, conversations, cache, preferences, cursors, clock };
  const measured = metrics === undefined ? {} : { metrics };
  const worker = createWorker({
    ...{ store, settings, clock, logger, shared, ...measured },
    audience: createAudience({ ...common, connected, reach, settings }),
    composing: createComposing({ ...common, badge: settings.badge }),
    attempting: createAttempting({
      ...{ senders, store, settings, clock, ...measured },
      providers: createProviders({ settings, clock, ...measured }),
      onRemoved: (user) => reach.changed(user),
    }),
  });
  const noticing = createNoticing({ store, cache, connected, reach, grace, clock, onNoted: wake });

  return {
    registry: createPushRegistry({
      ...{ store, accounts, outbound, settings, clock, onReady: wake },
      kinds: new Set(senders.map(({ kind }) => kind)),
      onChanged: (user) => reach.changed(user),
    }),
    ledger: createLedger({ store }),

    async listen() {
      const consuming = await feed.consume(CONSUMER, (events, place) => noticing.handle(events, place), {
        keepsMs: settings.graceMs === 0 ? 0 : settings.graceMs + LOOKING_MS,
      });
      grace.start();
      const timer = setInterval(() => metrics?.push_lag_events.set(consuming.lag), LAG_EVERY_MS).unref();
      return {
        async stop() {
          clearInterval(timer);
          // Before the last position is committed, so that little of it comes again; and what came meanwhile.
          await grace.stop();
          await consuming.stop();
          await grace.stop();
        },
      };
    },

    async send() {
      await worker.start();
      return { stop: () => worker.stop() };
    },
  };
}
