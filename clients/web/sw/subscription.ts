import { type PushTarget, Sessions } from '../../sdk/index.ts';
import { openIndexedDbStorage } from '../../sdk/indexeddb.ts';
import type { FromWorker } from './contract.ts';
import { type SubscriptionChanged, scope, windows } from './scope.ts';

/** As the host has it (host/worker.ts). */
const DATABASE = 'dunlin';

/** A browser's subscription, as the server takes it. @throws {TypeError} it has no keys */
export function targetOf(subscription: PushSubscription): PushTarget {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined)
    throw new TypeError('a subscription without keys');
  return { kind: 'webpush', endpoint, p256dh, auth };
}

/** The key that push services are to know the server by, base64url. @throws without a connection, or where there is no Web Push */
export async function serverKey(): Promise<string> {
  const answer = await fetch('/push/vapid');
  const { public_key: key } = (await answer.json()) as { public_key?: unknown };
  if (!answer.ok || typeof key !== 'string') throw new Error('this server has no Web Push');
  return key;
}

/** The browser gave this one up, and may have made another one. */
export async function renewSubscription({ newSubscription }: SubscriptionChanged): Promise<void> {
  const { pushManager } = scope.registration;
  const applicationServerKey = await serverKey();
  const subscription =
    newSubscription ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  const [page] = await windows();
  if (page !== undefined) {
    const asked: FromWorker = { dunlin: 'subscription' };
    page.postMessage(asked);
    return;
  }
  // Nothing of the app is open: nobody else has the tokens in hands.
  const storage = await openIndexedDbStorage(DATABASE);
  try {
    const sessions = new Sessions(location.origin, storage);
    const session = await sessions.stored();
    if (session !== null) await sessions.setPush(session, [targetOf(subscription)]);
  } finally {
    await storage.close();
  }
}
