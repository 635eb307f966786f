import { createDelivery } from '../broker/delivery/create.ts';
import { deviceHooks } from '../broker/device-hooks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { DataFolder } from '../platform/data-folder.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createOutbound } from '../platform/outbound/outbound.ts';
import { loadSigningKey } from '../platform/secrets.ts';
import type { Accounts } from '../services/accounts/accounts.ts';
import { createAccounts } from '../services/accounts/create.ts';
import { accountSettings } from '../services/accounts/settings.ts';
import { groupsOf } from '../services/conversations/groups-of.ts';
import { createConversations } from '../services/conversations/index.ts';
import { createMailService, mailOrigins } from '../services/mail/index.ts';
import { createMediaService } from '../services/media/index.ts';
import {
  createFront,
  createNumberingService,
  createReceipts,
  messageQueries,
  messageRules,
} from '../services/messages/index.ts';
import { LiveStream } from '../services/messages/live-stream.ts';
import { createPreferences } from '../services/preferences/index.ts';
import { createPushService } from '../services/push/index.ts';
import { createPushSenders, vapidKey } from '../services/push/senders/index.ts';
import { createQueries } from '../services/queries.ts';
import { reportRules } from '../services/reports/index.ts';
import { createWebhookService, webhookRules } from '../services/webhooks/index.ts';
import type { Closing } from './closing.ts';
import type { Roles } from './roles.ts';
import type { Stores } from './stores.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long a sign-in waits for what was accepted before it: longer only when numbering is held back. */
const MOST_SETTLING_MS = 1_000;

export type Services = ReturnType<typeof createServices>;

/** The services of this process on its stores. Nothing of them is at work yet. */
export function createServices(parts: {
  config: Config;
  folder: DataFolder;
  stores: Stores;
  roles: Roles;
  closing: Closing;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}) {
  const { config, folder, stores, roles, closing, clock, logger, metrics } = parts;
  const { directory, log, feed, history, cursors, nodes, rates, cacheAge } = stores;
  const { limits } = config;
  const signingKey = config.tokens.signingKey === '' ? loadSigningKey(folder.path) : config.tokens.signingKey;
  const media = closing.add(
    createMediaService({
      ...{ config, store: directory.media, clock, logger, metrics },
      folder: folder.path,
      secret: signingKey,
    }),
    (m) => m.close(),
  );
  const accounts: Accounts = closing.add(
    createAccounts({
      store: directory.accounts,
      hooks: deviceHooks({
        share: (a, b) => directory.conversations.share(a, b),
        groupsOf: (user) => groupsOf(directory.conversations, user),
        pipeline: () => front,
        settled: async () => numbering?.caughtUp(MOST_SETTLING_MS),
        initialise: (device, user) => delivery.initialise(device, user),
        cursors,
      }),
      signingKey,
      cacheAge,
      failureCounts: rates.failureCounts,
      botBuckets: rates.bots,
      origins: mailOrigins({ config, store: directory.mail, clock, logger }),
      clock,
      logger,
      metrics,
      settings: accountSettings(config),
    }),
    (a) => a.stop(),
  );
  const { relations } = accounts;
  const conversations = createConversations({
    store: directory.conversations,
    relations,
    limits,
    cacheAge,
  });
  const { cache, memberships } = conversations;
  const preferences = createPreferences({ store: directory.preferences, cache });
  const { retentionDays, editMinutes } = config.messages;
  const rules = [
    ...accounts.changeRules,
    ...conversations.changeRules,
    ...messageRules({
      history,
      cache,
      store: directory.conversations,
      relations,
      retentionMs: retentionDays === 0 ? null : retentionDays * DAY_MS,
      editMs: editMinutes * MINUTE_MS,
      media: media.carrying,
    }),
    ...preferences.changeRules,
    ...reportRules({
      store: directory.reports,
      relations,
      conversations: directory.conversations,
      history,
    }),
    ...webhookRules(),
  ];
  const front = createFront({
    ...{ log, history, rules, clock, metrics },
    directory: stores.directoryState,
  });
  const numbering = roles.messages
    ? createNumberingService({
        ...{ log, history, rules, feed, logger, metrics },
        directory: stores.directoryState,
        shared: stores.shared,
      })
    : null;
  const outbound = closing.add(createOutbound(config.outbound), (o) => o.close());
  const vapid = vapidKey(config, folder.path);
  // Who registers routes has to know what can be reached, and who sends has to reach it.
  const reaches = config.push.enabled && (roles.push || roles.gateway);
  const senders = reaches ? createPushSenders({ config, vapid, outbound, clock }) : [];
  for (const sender of senders) closing.add(sender, (s) => s.close());
  const push = createPushService({
    ...{ config, directory, cache, history, cursors, feed, senders, outbound, clock, logger, metrics },
    connected: nodes.online,
    shared: stores.shared,
  });
  const queries = createQueries([
    ...accounts.queryRules,
    ...messageQueries({
      history,
      cursors,
      cache,
      store: directory.conversations,
      bots: (users) => directory.accounts.botsAmong(users),
      preferences: directory.preferences,
      ledger: push.ledger,
    }),
    ...preferences.queryRules,
  ]);
  const mail = createMailService({
    ...{ config, directory, history, cursors, feed, accounts, signingKey, clock, logger, metrics },
    shared: stores.shared,
    ...(rates.failureCounts === undefined ? {} : { failureCounts: rates.failureCounts }),
  });
  const webhooks = createWebhookService({
    ...{ config, directory, history, feed, pipeline: front, clock, logger, metrics },
    bots: accounts.bots,
    outbound,
    hookRate: rates.hooks,
    shared: stores.shared,
  });
  const receipts = createReceipts({ cursors, history, memberships, clock });
  const stream = new LiveStream();
  const delivery = createDelivery({
    bus: nodes.bus,
    history,
    cursors,
    memberships,
    stream,
    clock,
    logger,
    metrics,
    window: limits.inflightWindow,
    receiptFlushMs: config.receipts.flushMs,
    cursorFlushMs: config.delivery.cursorFlushMs,
  });
  receipts.onRead(delivery.noteRead);

  return {
    accounts,
    cache,
    delivery,
    front,
    mail,
    media,
    memberships,
    numbering,
    push,
    queries,
    receipts,
    rules,
    stream,
    vapid,
    webhooks,
  };
}
