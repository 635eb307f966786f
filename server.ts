import { endRevoked } from './broker/revocations.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/schema.ts';
import type { DataFolder } from './platform/data-folder.ts';
import type { Logger } from './platform/logging.ts';
import { createMetrics } from './platform/metrics.ts';
import { within } from './platform/within.ts';
import { backUp } from './server/backup.ts';
import { Closing } from './server/closing.ts';
import { createDoors } from './server/doors.ts';
import { openStores } from './server/open-stores.ts';
import { createReader } from './server/reader.ts';
import { rolesOf } from './server/roles.ts';
import { createServices, type Services } from './server/services.ts';
import type { Stores } from './server/stores.ts';
import { startMetricsServer } from './services/gateway/metrics-server.ts';
import { ErasedStreams } from './services/messages/erased-streams.ts';
import { createSweeper } from './services/messages/index.ts';
import { Projection } from './services/messages/pipeline/projection.ts';

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

/** How long the start waits for what an earlier process left in the log: longer only when the storage has no room or does not answer. */
const MOST_CATCH_UP_MS = 30_000;

/** Wires adapters to ports: with `server/` the only place that knows them all. */
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
  let services: Services | null = null;
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
      services?.accounts.forgetKnown();
      services?.cache.forgetAll();
    };
    const events = { onAssigned: () => forgetAll() };
    stores = await openStores({ config, folder, clock, logger, metrics, closing, events });
    const { feed, history, shared, backups, failed } = stores;
    const common = { config, stores, roles, closing, clock, logger, metrics };
    services = createServices({ ...common, folder });
    const { accounts, delivery, front, mail, media, numbering, push, rules, stream, webhooks } = services;
    const { broker, gateway } = await createDoors({ ...common, services, ready });

    const following = await feed.follow(
      createReader({
        front,
        delivery,
        stream,
        projection: shared ? new Projection(rules, logger) : null,
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
      if (!shared && !(await numbering.caughtUp(MOST_CATCH_UP_MS)))
        logger.warn('the log could not be worked off before the start; it goes on meanwhile');
      const onErased = (stream: string) => erased.add(stream);
      const erased = closing.add(new ErasedStreams(feed, logger), (e) => e.stop());
      const sweeper = createSweeper({
        history,
        clock,
        logger,
        seconds: config.messages.sweepSeconds,
        onErased,
      });
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

    return {
      ports: { ...(broker?.ports ?? { mqtt: null, mqtts: null }), http, metrics: health.port },
      failed,
      firstInvitation: () => accounts.firstInvitation(),
      invite: async (admin) => (await accounts.invite(null, admin)).code,
      grantAdmin: (username) => accounts.grantAdmin(username),
      reloadCertificates: () => broker?.reloadCertificates(),
      backup: (target) => backUp(target, { folder, backups, numbering }),
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
