import type { Broker } from './broker/broker.ts';
import { createBroker } from './broker/create.ts';
import { createDelivery } from './broker/delivery/create.ts';
import { deviceHooks } from './broker/device-hooks.ts';
import { SqlitePersistence } from './broker/persistence/persistence.ts';
import { endRevoked } from './broker/revocations.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/schema.ts';
import type { DataFolder } from './platform/data-folder.ts';
import type { Logger } from './platform/logging.ts';
import { isLoopback } from './platform/loopback.ts';
import { createMetrics } from './platform/metrics.ts';
import { loadSigningKey } from './platform/secrets.ts';
import { TokenBuckets } from './platform/token-bucket.ts';
import { within } from './platform/within.ts';
import type { Accounts } from './services/accounts/accounts.ts';
import { createAccounts } from './services/accounts/create.ts';
import { writeBackup } from './services/backup.ts';
import { createConversations } from './services/conversations/index.ts';
import { openDirectory } from './services/directory/open.ts';
import { createGateway } from './services/gateway/create.ts';
import { startMetricsServer } from './services/gateway/metrics-server.ts';
import { MemoryFeed } from './services/messages/feed.memory.ts';
import {
  createFront,
  createNumberingService,
  createReceipts,
  createSweeper,
  messageQueries,
  messageRules,
} from './services/messages/index.ts';
import { LiveStream } from './services/messages/live-stream.ts';
import { answerPayload } from './services/messages/pipeline/answer-payload.ts';
import { openMessagesDatabase } from './services/messages/sqlite.ts';
import { createQueries } from './services/queries.ts';

export interface DunlinServer {
  /** Where it listens; null: not enabled. */
  readonly ports: { mqtt: number | null; mqtts: number | null; http: number; metrics: number };
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
  const onCommit = (database: string) => (jobs: number, seconds: number) => {
    metrics.sqlite_commit_jobs.labels(database).observe(jobs);
    metrics.sqlite_commit_seconds.labels(database).observe(seconds);
  };
  let state: 'starting' | 'ready' | 'draining' = 'starting';
  const ready = () => ({ ready: state === 'ready', reasons: state === 'ready' ? [] : [state], degraded: [] });

  // What to undo, newest first: also when the start fails half way.
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const opened = <T>(thing: T, close: (thing: T) => Promise<unknown> | unknown): T => {
    undo.push(() => close(thing));
    return thing;
  };
  const undoAll = async () => {
    for (const step of undo.splice(0).toReversed()) {
      try {
        await step();
      } catch (error) {
        logger.error({ err: error }, 'something could not be closed');
      }
    }
  };

  try {
    opened(metrics, (m) => m.stop());
    const health = opened(await startMetricsServer({ config, metrics, ready, logger }), (s) => s.close());
    const directory = opened(await openDirectory(folder.file('directory.db')), (d) => d.close());
    const messages = opened(
      await openMessagesDatabase(folder.file('messages.db'), {
        onCommit: onCommit('messages'),
        log: { onAppended: (count) => metrics.append_batch_commands.observe(count) },
      }),
      (m) => m.close(),
    );
    const persistence = opened(
      await SqlitePersistence.open(folder.file('broker.db'), {
        queueLimit: config.open.queueLimit,
        onCommit: onCommit('broker'),
      }),
      (p) => p.destroy(),
    );
    const { log, history, cursors } = messages;
    const { limits } = config;
    const userRate = new TokenBuckets(limits.commandsPerSecondUser, limits.commandBurstUser, clock);

    const accounts: Accounts = opened(
      createAccounts({
        store: directory.accounts,
        hooks: deviceHooks({
          share: (a, b) => directory.conversations.share(a, b),
          pipeline: () => front,
          settled: () => numbering.caughtUp(MOST_SETTLING_MS),
          initialise: (device, user) => delivery.initialise(device, user),
          cursors,
        }),
        signingKey: loadSigningKey(folder.path),
        clock,
        logger,
        metrics,
        settings: {
          registration: registrationMode(config),
          invitationDays: config.registration.invitationDays,
          ...config.tokens,
          devicesPerUser: limits.devicesPerUser,
          contactsPerUser: limits.contactsPerUser,
          blocksPerUser: limits.blocksPerUser,
          loginFailuresPerAccount: limits.loginFailuresPerAccount,
          loginFailuresPerIp: limits.loginFailuresPerIp,
          loginWindowSeconds: limits.loginWindowSeconds,
          registrationsPerHourIp: limits.registrationsPerHourIp,
        },
      }),
      (a) => a.stop(),
    );
    const { relations, visibility } = accounts;
    const conversations = createConversations({ store: directory.conversations, relations, limits });
    const { cache, memberships } = conversations;
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
      }),
    ];
    const feed = new MemoryFeed();
    const front = createFront({ log, history, rules, clock, metrics });
    const numbering = createNumberingService({ log, history, rules, feed, logger, metrics });
    const queries = createQueries([
      ...accounts.queryRules,
      ...messageQueries({ history, cursors, cache, store: directory.conversations }),
    ]);
    const receipts = createReceipts({ cursors, history, memberships, clock });
    const stream = new LiveStream();
    const delivery = createDelivery({
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
    const broker: Broker = opened(
      await createBroker({
        config,
        persistence,
        authentication: accounts,
        visibility,
        relations,
        memberships,
        pipeline: front,
        queries,
        receipts,
        userRate,
        delivery,
        seen: (actor, at) => accounts.seen(actor, at),
        lastSeen: (user) => accounts.lastSeen(user),
        clock,
        logger,
        metrics,
      }),
      (b) => b.stop(),
    );
    const sweeper = opened(
      createSweeper({ history, clock, logger, seconds: sweepSeconds, onErased: delivery.erased }),
      (s) => s.stop(),
    );
    const gateway = opened(
      await createGateway({
        config,
        accounts,
        pipeline: front,
        queries,
        receipts,
        userRate,
        presence: (user) => broker.presence.online(user),
        accept: (stream, ip) => broker.accept(stream, ip),
        ready,
        clock,
        logger,
        metrics,
      }),
      (g) => g.close(),
    );

    const revoked = endRevoked({ broker, delivery, logger });
    await feed.follow({
      wants: () => true,
      read(tidings) {
        const { events = [], answers = [] } = tidings;
        stream.tell(events);
        revoked(events);
        for (const answer of answers) delivery.toDevice(answer.to, answerPayload(answer));
        front.read(tidings);
      },
      onGap() {},
    });
    await numbering.start();
    undo.push(() => numbering.stop());
    // Before anybody connects: what an earlier process accepted and did not get to, so that nobody starts from a projection without it.
    if (!(await numbering.caughtUp(MOST_CATCH_UP_MS)))
      logger.warn('the log could not be worked off before the start; it goes on meanwhile');
    sweeper.start();
    await broker.listen();
    const http = await gateway.listen();
    state = 'ready';

    return {
      ports: { ...broker.ports, http, metrics: health.port },
      failed: firstFailure([messages.ended, directory.ended]),
      firstInvitation: () => accounts.firstInvitation(),
      invite: async (admin) => (await accounts.invite(null, admin)).code,
      grantAdmin: (username) => accounts.grantAdmin(username),
      reloadCertificates: () => broker.reloadCertificates(),
      async backup(target) {
        // Numbering waits, so that history and directory are of one moment.
        await numbering.pause();
        try {
          const copies: Record<string, (path: string) => Promise<void>> = {
            'directory.db': (path) => directory.backup(path),
            'messages.db': (path) => messages.backup(path),
            'broker.db': (path) => persistence.backup(path),
          };
          await writeBackup(folder.path, target, (name, path) => copies[name]!(path));
        } finally {
          numbering.resume();
        }
      },
      async stop() {
        state = 'draining';
        logger.info('draining: no new connections');
        const closing = Promise.all([gateway.drain(), broker.drain()]).then(undoAll);
        const stopped = await within(closing, config.shutdown.drainSeconds * 1_000);
        if (stopped) logger.info('stopped');
        else
          logger.warn('draining takes too long; what was accepted is safe, and is handled at the next start');
        return stopped;
      },
    };
  } catch (error) {
    await undoAll();
    throw error;
  }
}

function registrationMode({ registration, listen }: Config): 'open' | 'invitation' | 'closed' {
  if (registration.mode !== 'auto') return registration.mode;
  return isLoopback(listen.host) ? 'open' : 'invitation';
}

/** Never resolves for databases that were closed. */
function firstFailure(databases: Promise<Error | null>[]): Promise<Error> {
  return new Promise((resolve) => {
    for (const ended of databases)
      void ended.then((error) => {
        if (error !== null) resolve(error);
      });
  });
}
