import type { Duplex } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { TokenBuckets } from '../../platform/token-bucket.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { MailDesk } from '../mail/index.ts';
import type { MediaService } from '../media/index.ts';
import type { Pipeline } from '../messages/pipeline.ts';
import type { Receipts } from '../messages/receipts.ts';
import type { PushRegistry } from '../push/index.ts';
import type { Queries } from '../queries.ts';
import type { ReportDesk } from '../reports/desk.ts';
import type { Hooks, Webhooks } from '../webhooks/index.ts';

/** What the gateway is made of. */
export interface GatewayParts {
  config: Config;
  accounts: Accounts;
  pipeline: Pipeline;
  queries: Queries;
  /** What administrators are told of users. */
  reports: Pick<ReportDesk, 'page' | 'read' | 'close'>;
  receipts: Receipts;
  /** Machines that post here, and machines that are told from here. */
  hooks: Hooks;
  webhooks: Webhooks;
  media: MediaService;
  /** Mail addresses, forgotten passwords, and what links in mails lead to. */
  mail: MailDesk;
  /** Where devices are notified that are not connected. */
  push: PushRegistry;
  /** By what push services know this server (services/push/senders/vapid.ts); absent: there is no Web Push here. */
  vapidKey?: string;
  /** Commands of each user, counted together with those over MQTT; absent: by themselves. */
  userRate?: Pick<TokenBuckets, 'take'>;
  /** Requests of each address (see `networkOf`), where several processes count them together; absent: this one by itself. */
  addressRate?: Pick<TokenBuckets, 'take'>;
  /** Is any device of the user connected, to any node? */
  presence(user: string): boolean | Promise<boolean>;
  /** Takes a connection whose bytes are MQTT; false: refused, and closed. Null: this process has no broker. */
  accept: ((stream: Duplex, ip: string) => boolean) | null;
  /** False: only MQTT over WebSocket and health; absent: everything. */
  api?: boolean;
  /** The folder of the built web app, which may not be there yet; absent: none is served. */
  webApp?: string;
  ready: Readiness;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** May requests come? `reasons` says why not; `degraded` names what this process stands on and what does not answer now. */
export type Readiness = () => { ready: boolean; reasons: string[]; degraded: string[] };
