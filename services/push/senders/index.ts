import type { Clock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config/schema.ts';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushSender } from '../sender.ts';
import { APPLE, createApns } from './apns.ts';
import { readAppleKey } from './apple-token.ts';
import { createFcm } from './fcm.ts';
import { createOneSignal } from './onesignal.ts';
import { readServiceAccount } from './service-account.ts';
import { createUnifiedPush } from './unifiedpush.ts';
import { type VapidKey, vapidSubject } from './vapid.ts';
import { createWebhookPush } from './webhook.ts';
import { createWebPush } from './webpush.ts';

export { type VapidKey, vapidKey } from './vapid.ts';

export interface SenderParts {
  config: Pick<Config, 'fcm' | 'apns' | 'webpush' | 'onesignal' | 'http'>;
  vapid: VapidKey;
  /** For endpoints that devices gave. */
  outbound: Outbound;
  clock: Clock;
}

/**
 * A sender for each kind that can be reached from here: vendors that are configured, and those that need nothing to be.
 * @throws {Error} a key file cannot be read, or a setting that belongs to it is missing
 */
export function createPushSenders({ config, vapid, outbound, clock }: SenderParts): PushSender[] {
  const { fcm, apns, onesignal } = config;
  const web = { vapid, subject: vapidSubject(config), outbound, clock };
  const senders = [createWebPush(web), createUnifiedPush(web), createWebhookPush({ outbound, clock })];
  if (fcm.serviceAccountFile !== '') {
    const account = readServiceAccount(fcm.serviceAccountFile);
    const own = vendor(fcm.url, account.tokenUri);
    senders.push(closing(createFcm({ url: trimmed(fcm.url), account, outbound: own, clock }), own));
  }
  if (apns.keyFile !== '') {
    const { keyId, teamId, topic, production } = needed('apns', apns, ['keyId', 'teamId', 'topic']);
    const url = trimmed(apns.url) || (production ? APPLE.production : APPLE.development);
    const key = { key: readAppleKey(apns.keyFile), keyId, teamId };
    senders.push(createApns({ url, key, topic, clock }));
  }
  if (onesignal.appId !== '') {
    const { appId, apiKey } = needed('onesignal', onesignal, ['apiKey']);
    const own = vendor(onesignal.url);
    const sender = createOneSignal({ url: trimmed(onesignal.url), appId, apiKey, outbound: own, clock });
    senders.push(closing(sender, own));
  }
  return senders;
}

/** What the operator named may be asked, wherever it is; nothing else may. Many at once go there. */
function vendor(...urls: string[]): Outbound {
  const allowPrivate = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  return createOutbound({ allowPrivate, ports: [], connections: 64 });
}

function closing(sender: PushSender, outbound: Outbound): PushSender {
  return {
    kind: sender.kind,
    send: (...given) => sender.send(...given),
    async close() {
      await sender.close();
      await outbound.close();
    },
  };
}

function needed<T extends object>(section: string, settings: T, names: readonly (keyof T & string)[]): T {
  for (const name of names)
    if (settings[name] === '') throw new Error(`${section}.${name}: needed where ${section} is used`);
  return settings;
}

const trimmed = (url: string) => url.replace(/\/+$/, '');
