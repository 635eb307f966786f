import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { TokenBuckets } from '../../platform/token-bucket.ts';
import type { BotRights } from '../accounts/bots/bots.ts';
import type { Directory } from '../directory/directory.ts';
import type { Feed } from '../messages/feed.ts';
import type { History } from '../messages/history.ts';
import type { Pipeline } from '../messages/pipeline.ts';
import { createHooks, type Hooks } from './incoming/hooks.ts';
import { createSpeakers } from './incoming/speakers.ts';
import { createLaneWork } from './outgoing/lane-work.ts';
import { createNoting } from './outgoing/noting.ts';
import { createOwners } from './outgoing/owners.ts';
import { createPausing } from './outgoing/pausing.ts';
import { createRegistry, type Webhooks } from './outgoing/registry.ts';
import { createReplies } from './outgoing/replies.ts';
import { createSender } from './outgoing/sender.ts';
import { webhookSettings } from './settings.ts';

export type { Hooks } from './incoming/hooks.ts';
export type { Webhooks } from './outgoing/registry.ts';
export { webhookRules } from './pause-rules.ts';

export interface WebhookService {
  /** Machines that post here. */
  hooks: Hooks;
  /** Machines that are told from here. */
  webhooks: Webhooks;
  /**
   * Notes from now on what is to be told. Before numbering begins, in a process that does both; `stop` after numbering has ended.
   */
  listen(): Promise<{ stop(): Promise<void> }>;
  /** Tells what has been noted. */
  send(): Promise<{ stop(): Promise<void> }>;
}

/** The name under which events are consumed. */
const CONSUMER = 'webhooks';
const LAG_EVERY_MS = 1_000;

export function createWebhookService(parts: {
  config: Pick<Config, 'webhooks'>;
  directory: Pick<Directory, 'accounts' | 'conversations' | 'hooks' | 'webhooks'>;
  history: Pick<History, 'read'>;
  feed: Pick<Feed, 'consume'>;
  pipeline: Pick<Pipeline, 'submit' | 'request'>;
  bots: Pick<BotRights, 'check'>;
  outbound: Outbound;
  /** Posts of each hook, wherever they are counted. */
  hookRate: Pick<TokenBuckets, 'take'>;
  /** Other processes do the same. */
  shared: boolean;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
}): WebhookService {
  const { directory, history, feed, pipeline, bots, outbound, shared, clock, logger, metrics } = parts;
  const settings = webhookSettings(parts.config);
  const { accounts, conversations: places, webhooks: store } = directory;
  const owners = createOwners({ accounts, bots, places });
  const common = { store, pipeline, logger, ...(metrics === undefined ? {} : { metrics }) };
  const work = createLaneWork({
    ...common,
    ...{ history, outbound, owners, settings, clock },
    replies: createReplies({ pipeline, bots, logger }),
    pause: createPausing(common),
  });
  const sender = createSender({ ...common, work, settings, clock, shared });
  const noting = createNoting({ store, clock, shared, onNoted: () => sender.wake() });

  return {
    hooks: createHooks({
      ...{ store: directory.hooks, places, pipeline, bots, clock },
      speakers: createSpeakers({ store: accounts, pipeline, clock }),
      rate: parts.hookRate,
      perConversation: settings.hooksPerConversation,
    }),
    webhooks: createRegistry({
      ...{ store, places, owners, outbound, settings, clock },
      onAdding: () => noting.expect(),
      onReady: () => sender.wake(),
    }),

    async listen() {
      const consuming = await feed.consume(CONSUMER, (events) => noting.handle(events));
      const timer = setInterval(() => metrics?.webhook_lag_events.set(consuming.lag), LAG_EVERY_MS).unref();
      return {
        stop() {
          clearInterval(timer);
          return consuming.stop();
        },
      };
    },

    async send() {
      await sender.start();
      return { stop: () => sender.stop() };
    },
  };
}
