import { fileURLToPath } from 'node:url';
import type { Broker } from './broker/broker.ts';
import { createBroker } from './broker/create.ts';
import { createDelivery } from './broker/delivery/create.ts';
import { deviceHooks } from './broker/device-hooks.ts';
import { endRevoked } from './broker/revocations.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/schema.ts';
import type { DataFolder } from './platform/data-folder.ts';
import type { Logger } from './platform/logging.ts';
import { isLoopback } from './platform/loopback.ts';
import { createMetrics } from './platform/metrics.ts';
import { createOutbound } from './platform/outbound/outbound.ts';
import { loadSigningKey } from './platform/secrets.ts';
import { within } from './platform/within.ts';
import { Closing } from './server/closing.ts';
import { openStores } from './server/open-stores.ts';
import { createReader } from './server/reader.ts';
import { rolesOf } from './server/roles.ts';
import type { Stores } from './server/stores.ts';
import type { Accounts } from './services/accounts/accounts.ts';
import { createAccounts } from './services/accounts/create.ts';
import type { AccountSettings } from './services/accounts/parts.ts';
import { copyMedia, DATABASES, writeBackup } from './services/backup.ts';
import { groupsOf } from './services/conversations/groups-of.ts';
import { createConversations } from './services/conversations/index.ts';
import { createGateway } from './services/gateway/create.ts';
import { startMetricsServer } from './services/gateway/metrics-server.ts';
import { createMailService, mailOrigins } from './services/mail/index.ts';
import { createMediaService } from './services/media/index.ts';
import { ErasedStreams } from './services/messages/erased-streams.ts';
import {
  createFront,
  createNumberingService,
  createReceipts,
  createSweeper,
  messageQueries,
  messageRules,
} from './services/messages/index.ts';
import { LiveStream } from './services/messages/live-stream.ts';
import { Projection } from './services/messages/pipeline/projection.ts';
import { createPreferences } from './services/preferences/index.ts';
import { createPushService } from './services/push/index.ts';
import { createPushSenders, vapidKey } from './services/push/senders/index.ts';
import { createQueries } from './services/queries.ts';
import { createReportDesk, reportRules } from './services/reports/index.ts';
import { createWebhookService, webhookRules } from './services/webhooks/index.ts';

export interface DunlinServer {
  /** Where it listens; null: not enabled, or not of this process's roles. */
  readonly ports: { mqtt: number | null; mqtts: number | null; http: number | null; metrics: number };
  /** Resolves when the server cannot go on: a database has ended. */
  readonly failed: Promise<Error>;
  /** See `Administration.firstInvitation`. */
  firstInvitation(): Promise<string | null>;
  /** Makes an invitation, and returns its code. */
  invite(admin: boolean): Promise<string>;
  grantAdmin(username: string): Promise<void>;
  /** Copies everything that is kept to an empty folder, as of one moment. */
  backup(target: string): Promise<void>;
  reloadCertificates(): void;
  /**
   * Graceful. False: it takes longer than `shutdown.drainSeconds`; what was accepted is safe all the same, and is handled at the
   * next start.
   */
  stop(): Promise<boolean>;
}

/** Built by `npm run build:web`. */
const WEB_APP = fileURLToPath(new URL('clients/web/dist', import.meta.url));
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long a sign-in waits for what was accepted before it: longer only when numbering is held back. */
const MOST_SETTLING_MS = 1_000;
/** How long the start waits for what an earlier process left in the log: longer only when the storage has no room or does not answer. */
const MOST_CATCH_UP_MS = 30_000;

/** Wires adapters to ports; the only place that knows them all. */
export async function startServer(parts: {
  config: Config;
  folder: DataFolder;
  logger: Logger;
}): Promise<DunlinServer> {
  const { config, folder, logger } = parts;
  const clock = systemClock;
  const metrics = createMetrics();
  let state: 'starting' | 'ready' | 'draining' = 'starting';
  let stores: Stores | null = null;
  const ready = () => ({
    ready: state === 'ready',
    reasons: state === 'ready' ? [] : [state],
    degraded: stores?.degraded() ?? [],
  });
  const roles = rolesOf(config);
  const closing = new Closing(logger);

  try {
    closing.add(metrics, (m) => m.stop());
    const health = closing.add(await startMetricsServer({ config, metrics, ready, logger }), (s) =>
      s.close(),
    );
    const forgetAll = () => {
      accounts.forgetKnown();
      cache.forgetAll();
    };
    const events = { onAssigned: () => forgetAll() };
    stores = await openStores({ config, folder, clock, logger, metrics, closing, events });
    const { directory, log, feed, history, cursors, nodes, rates, cacheAge } = stores;
    const { limits } = config;

    const signingKey =
      config.tokens.signingKey === '' ? loadSigningKey(folder.path) : config.tokens.signingKey;
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
    const { relations, visibility } = accounts;
    const conversations = createConversations({
      store: directory.conversations,
      relations,
      limits,
      cacheAge,
    });
    const { cache, memberships } = conversations;
    const preferences = createPreferences({ store: directory.preferences, cache });
    const { retentionDays, editMinutes, sweepSeconds } = config.messages;
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
    const common = {
      config,
      pipeline: front,
      queries,
      receipts,
      userRate: rates.user,
      clock,
      logger,
      metrics,
    };
    const broker: Broker | null =
      stores.broker === null
        ? null
        : closing.add(
            await createBroker({
              ...common,
              ...stores.broker,
              nodes,
              connectRate: rates.connects,
              authentication: accounts,
              visibility,
              relations,
              bots: accounts.bots,
              memberships,
              delivery,
              seen: (actor, at) => accounts.seen(actor, at),
              lastSeen: (user) => accounts.lastSeen(user),
            }),
            (b) => b.stop(),
          );
    if (broker === null) closing.add(delivery, (d) => d.stop());
    const gateway =
      !roles.gateway && broker === null
        ? null
        : closing.add(
            await createGateway({
              ...common,
              accounts,
              reports: createReportDesk({ store: directory.reports, history, clock }),
              hooks: webhooks.hooks,
              webhooks: webhooks.webhooks,
              media,
              push: push.registry,
              mail: mail.desk,
              vapidKey: config.push.enabled ? vapid.publicKey : undefined,
              addressRate: rates.address,
              presence: (user) => nodes.online.online(user),
              accept: broker === null ? null : (stream, ip) => broker.accept(stream, ip),
              api: roles.gateway,
              webApp: WEB_APP,
              ready,
            }),
            (g) => g.close(),
          );

    const following = await feed.follow(
      createReader({
        front,
        delivery,
        stream,
        projection: stores.shared ? new Projection(rules, logger) : null,
        revoked: broker === null ? null : endRevoked({ broker, delivery, logger }),
        forgetAll,
      }),
    );
    closing.add(following, (f) => f.stop());
    // There before anything is numbered, and until nothing is any more.
    if (roles.webhooks) closing.add(await webhooks.listen(), (l) => l.stop());
    const pushes = roles.push && config.push.enabled;
    if (pushes) closing.add(await push.listen(), (l) => l.stop());
    if (roles.push) closing.add(await mail.listen(), (l) => l?.stop());
    if (numbering !== null) {
      await numbering.start();
      closing.add(numbering, (n) => n.stop());
      // Before anybody connects: what an earlier process accepted and did not get to, so that nobody starts from a projection without it.
      if (!stores.shared && !(await numbering.caughtUp(MOST_CATCH_UP_MS)))
        logger.warn('the log could not be worked off before the start; it goes on meanwhile');
      const onErased = (stream: string) => erased.add(stream);
      const erased = closing.add(new ErasedStreams(feed, logger), (e) => e.stop());
      const sweeper = createSweeper({ history, clock, logger, seconds: sweepSeconds, onErased });
      sweeper.start();
      closing.add(sweeper, (s) => s.stop());
      media.sweeper.start();
      closing.add(media.sweeper, (s) => s.stop());
    }
    if (roles.webhooks) closing.add(await webhooks.send(), (s) => s.stop());
    if (pushes) closing.add(await push.send(), (s) => s.stop());
    if (roles.push) closing.add(await mail.send(), (s) => s?.stop());
    await broker?.listen();
    const http = (await gateway?.listen()) ?? null;
    if (roles.gateway) {
      media.tidy.start();
      closing.add(media.tidy, (t) => t.stop());
    }
    state = 'ready';
    const { backups, failed } = stores;

    return {
      ports: { ...(broker?.ports ?? { mqtt: null, mqtts: null }), http, metrics: health.port },
      failed,
      firstInvitation: () => accounts.firstInvitation(),
      invite: async (admin) => (await accounts.invite(null, admin)).code,
      grantAdmin: (username) => accounts.grantAdmin(username),
      reloadCertificates: () => broker?.reloadCertificates(),
      async backup(target) {
        if (DATABASES.some((name) => backups[name] === undefined))
          throw new Error(
            'Part of this installation is on servers (engines.*): back them up with their own tools.',
          );
        // Numbering waits, so that history and directory are of one moment.
        await numbering?.pause();
        try {
          await writeBackup(folder.path, target, (name, path) => backups[name]!(path));
        } finally {
          numbering?.resume();
        }
        await copyMedia(folder.path, target);
      },
      async stop() {
        state = 'draining';
        logger.info('draining: no new connections');
        const drained = Promise.all([gateway?.drain(), broker?.drain()]).then(() => closing.closeAll());
        const stopped = await within(drained, config.shutdown.drainSeconds * 1_000);
        if (stopped) logger.info('stopped');
        else
          logger.warn('draining takes too long; what was accepted is safe, and is handled at the next start');
        return stopped;
      },
    };
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
}

function registrationMode({ registration, listen }: Config): 'open' | 'invitation' | 'closed' {
  if (registration.mode !== 'auto') return registration.mode;
  return isLoopback(listen.host) ? 'open' : 'invitation';
}

function accountSettings(config: Config): AccountSettings {
  const { limits, registration, tokens } = config;
  const { accessSeconds, refreshDays, deviceDays } = tokens;
  return {
    registration: registrationMode(config),
    invitationDays: registration.invitationDays,
    ...{ accessSeconds, refreshDays, deviceDays },
    devicesPerUser: limits.devicesPerUser,
    contactsPerUser: limits.contactsPerUser,
    blocksPerUser: limits.blocksPerUser,
    botsPerUser: limits.botsPerUser,
    botCommandsPerSecond: limits.botCommandsPerSecond,
    botCommandBurst: limits.botCommandBurst,
    loginFailuresPerAccount: limits.loginFailuresPerAccount,
    loginFailuresPerIp: limits.loginFailuresPerIp,
    loginWindowSeconds: limits.loginWindowSeconds,
    registrationsPerHourIp: limits.registrationsPerHourIp,
  };
}
