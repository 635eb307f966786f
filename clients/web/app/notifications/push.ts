import type { Chat } from '../../chat/chat.ts';
import { serverKey, targetOf } from '../../sw/subscription.ts';
import { type Kept, keep, kept } from './kept.ts';

/** What this browser has: `install`: only once the app is on the home screen (Safari on iOS). */
export type Support = 'yes' | 'install' | 'none';

/** The server is told again after this, as it forgets what push services say is gone; milliseconds. */
const AGAIN_MS = 12 * 3_600_000;

export function support(): Support {
  const { navigator, PushManager, Notification } = globalThis as {
    navigator: Navigator & { standalone?: boolean };
    PushManager?: unknown;
    Notification?: unknown;
  };
  const all = 'serviceWorker' in navigator && PushManager !== undefined && Notification !== undefined;
  if (all) return 'yes';
  return navigator.standalone === false ? 'install' : 'none';
}

export const permission = (): NotificationPermission =>
  support() === 'yes' ? Notification.permission : 'denied';

/** Only from what somebody has pressed: the browser asks them. Answers what they said. @throws when it did not work */
export async function turnOn(chat: Chat): Promise<NotificationPermission> {
  const given = await Notification.requestPermission();
  if (given === 'granted') await register(chat);
  return given;
}

/** @throws when the server cannot be told, which then goes on until the push service says that nobody is there */
export async function turnOff(chat: Chat): Promise<void> {
  keep(null);
  await unsubscribe();
  await chat.setPush([]);
}

/** Once a page is there: what was turned on is so still, also after the browser or the server changed what it stands on. */
export async function renew(chat: Chat, { now = Date.now(), changed = false } = {}): Promise<void> {
  const known = kept();
  if (known === null || support() !== 'yes') return;
  if (permission() !== 'granted') {
    // Taken back in the settings of the browser.
    if (permission() === 'denied') await turnOff(chat);
    return;
  }
  await register(chat, changed ? null : known, now);
}

/** Whoever signs out is not told any more, and nothing that was shown is left. */
export async function letGo(): Promise<void> {
  keep(null);
  await unsubscribe();
  const registration = await registered();
  for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  await (navigator as { clearAppBadge?: () => Promise<void> }).clearAppBadge?.().catch(() => {});
}

async function register(chat: Chat, known: Kept | null = null, now = Date.now()): Promise<void> {
  const subscription = await subscribed();
  const { endpoint } = subscription;
  const same = known?.device === chat.me.device && known.endpoint === endpoint;
  if (same && now - known.at < AGAIN_MS) return;
  await chat.setPush([targetOf(subscription)]);
  keep({ device: chat.me.device, endpoint, at: now });
}

/** The subscription that there is, or another one where the server has another key by now. */
async function subscribed(): Promise<PushSubscription> {
  const registration = await registered();
  if (registration === null) throw new Error('there is no service worker');
  const key = await serverKey();
  const { pushManager } = registration;
  const there = await pushManager.getSubscription();
  if (there !== null) {
    if (base64url(there.options.applicationServerKey) === key) return there;
    await there.unsubscribe();
  }
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function unsubscribe(): Promise<void> {
  const registration = await registered();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe().catch(() => {});
}

async function registered(): Promise<ServiceWorkerRegistration | null> {
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  return (await serviceWorker?.getRegistration()) ?? null;
}

function base64url(key: ArrayBuffer | null): string {
  if (key === null) return '';
  const text = btoa(String.fromCharCode(...new Uint8Array(key)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
