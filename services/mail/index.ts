import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Accounts, SignInOrigins } from '../accounts/accounts.ts';
import type { CreateFailureCounts } from '../accounts/failure-counts.ts';
import type { Directory } from '../directory/directory.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { Feed } from '../messages/feed.ts';
import type { History } from '../messages/history.ts';
import { createComposing } from './composing.ts';
import { createMailDesk, type MailDesk, noMail } from './desk.ts';
import { createDigests } from './digest/digests.ts';
import { createLooking } from './digest/looking.ts';
import { createLetters } from './letters/letters.ts';
import { createLinks } from './links.ts';
import { toldNetwork } from './network.ts';
import { createMailNoting } from './noting.ts';
import { RequestLimits } from './request-limits.ts';
import { createMailSender } from './sender.ts';
import { createSending } from './sending.ts';
import { mailSettings } from './settings.ts';
import { type CreateMailTransport, smtpTransport } from './smtp/transport.ts';
import type { MailStore } from './store.ts';

export type { MailDesk } from './desk.ts';

export interface MailService {
  /** What people ask. */
  desk: MailDesk;
  /**
   * Notes from now on of what people are to be told. Before numbering begins, in a process that does both; `stop` after numbering has
   * ended. Null: no mail is sent from here.
   */
  listen(): Promise<{ stop(): Promise<void> } | null>;
  /** Sends what has been written down, and looks for digests. Null: no mail is sent from here. */
  send(): Promise<{ wake(): void; stop(): Promise<void> } | null>;
}

/** The name under which events are consumed. */
const CONSUMER = 'mail';
const LAG_EVERY_MS = 1_000;

export function createMailService(parts: {
  config: Pick<Config, 'mail' | 'http'>;
  directory: Pick<Directory, 'accounts' | 'conversations' | 'preferences' | 'mail'>;
  history: Pick<History, 'heads' | 'unread' | 'page'>;
  cursors: Pick<Cursors, 'readsOf'>;
  feed: Pick<Feed, 'consume'>;
  accounts: Pick<Accounts, 'provePassword' | 'resetPassword'>;
  /** Where requests are counted; absent: in this process. */
  failureCounts?: CreateFailureCounts;
  /** The key of the installation. */
  signingKey: string;
  /** Other processes do the same. */
  shared: boolean;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics;
  /** Absent: SMTP. */
  transport?: CreateMailTransport;
}): MailService {
  const settings = mailSettings(parts.config);
  if (settings === null) return { desk: noMail(), listen: async () => null, send: async () => null };
  const { directory, history, cursors, feed, shared, clock, logger, metrics } = parts;
  const { mail: store, accounts, conversations, preferences } = directory;
  const links = createLinks(parts.signingKey);
  const letters = createLetters(settings, links);
  const digests = createDigests({ history, cursors, conversations, preferences, accounts, letters, clock });
  const common = { store, clock, logger, ...(metrics === undefined ? {} : { metrics }) };
  let wake = () => {};

  return {
    desk: createMailDesk({
      ...{ store, links, clock, language: settings.language, accounts: parts.accounts },
      limits: new RequestLimits(parts.failureCounts),
      onWritten: () => wake(),
    }),

    async listen() {
      const noting = createMailNoting({ store, clock, onNoted: () => wake() });
      const consuming = await feed.consume(CONSUMER, (events) => noting.handle(events));
      const timer = setInterval(() => metrics?.mail_lag_events.set(consuming.lag), LAG_EVERY_MS).unref();
      return {
        stop() {
          clearInterval(timer);
          return consuming.stop();
        },
      };
    },

    async send() {
      const transport = (parts.transport ?? smtpTransport)(settings);
      const composing = createComposing({
        ...{ store, accounts, preferences, digests, letters, links, settings, clock },
      });
      const sending = createSending({ ...common, composing, transport, settings });
      const looking = createLooking({ ...common, digests });
      const sender = createMailSender({ ...common, sending, looking, settings, shared });
      wake = () => sender.wake();
      await sender.start();
      return {
        wake: () => sender.wake(),
        async stop() {
          await sender.stop();
          transport.close();
        },
      };
    },
  };
}

/** Where devices sign in from, kept for the notice of it; null: no mail is sent from here. */
export function mailOrigins({
  config,
  store,
  clock,
  logger,
}: {
  config: Pick<Config, 'mail' | 'http'>;
  store: Pick<MailStore, 'noteOrigin'>;
  clock: Clock;
  logger: Logger;
}): SignInOrigins | null {
  const settings = mailSettings(config);
  if (settings === null) return null;
  return {
    async note(device, ip) {
      try {
        await store.noteOrigin(device, toldNetwork(ip, settings.preciseNetwork), clock.now());
      } catch (error) {
        // The notice goes without it.
        logger.warn({ err: error, device }, 'where a device signed in from could not be noted');
      }
    },
  };
}
