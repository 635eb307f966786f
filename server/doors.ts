import { fileURLToPath } from 'node:url';
import type { Broker } from '../broker/broker.ts';
import { createBroker } from '../broker/create.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createGateway, type Gateway } from '../services/gateway/create.ts';
import type { GatewayParts } from '../services/gateway/parts.ts';
import { createReportDesk } from '../services/reports/index.ts';
import type { Closing } from './closing.ts';
import type { Roles } from './roles.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';

/** Built by `npm run build:web`. */
const WEB_APP = fileURLToPath(new URL('../clients/web/dist', import.meta.url));

/** What devices reach this process by. Null: not of its roles. */
export interface Doors {
  broker: Broker | null;
  gateway: Gateway | null;
}

/** Neither of them listens yet. */
export async function createDoors(parts: {
  config: Config;
  stores: Stores;
  services: Services;
  roles: Roles;
  closing: Closing;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  ready: GatewayParts['ready'];
}): Promise<Doors> {
  const { config, stores, services, roles, closing, clock, logger, metrics, ready } = parts;
  const { directory, history, nodes, rates } = stores;
  const { accounts, delivery, front, mail, media, memberships, push, queries, receipts, vapid, webhooks } =
    services;
  const { relations, visibility } = accounts;
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
  return { broker, gateway };
}
