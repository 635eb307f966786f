import type { PushPayload } from '../../../protocol/push-payload.ts';
import { isId } from './contract.ts';
import { clicked, isLookedAt } from './pages.ts';
import { scope } from './scope.ts';
import { renewSubscription } from './subscription.ts';
import { words } from './words.ts';

/** Where the server shows no more (docs/PUSH.md). */
const NEW_MESSAGE = 'New message';
const ICON = '/icons/dunlin-192.png';
/** Of one colour, for the bar of a phone. */
const BADGE = '/icons/dunlin-badge-96.png';

/** What the server sends while nobody is connected is shown, and leads to where it belongs. */
export function answerPush(): void {
  scope.addEventListener('push', (event) => event.waitUntil(show(event.data?.text() ?? '')));
  scope.addEventListener('notificationclick', (event) => event.waitUntil(clicked(event.notification)));
  scope.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renewSubscription(event)));
}

async function show(text: string): Promise<void> {
  const said = read(text);
  const conversation = isId(said.conversation) ? said.conversation : null;
  await count(said.badge);
  if (conversation !== null && said.kind !== 'test' && (await isLookedAt(conversation))) return;
  const { t, dir, lang } = await words();
  const body = said.kind === 'test' ? t['notifications.arrive'] : textOf(said, t['notifications.new']);
  const options: NotificationOptions & { renotify: boolean; timestamp: number } = {
    body,
    // What is newer stands in place of what was there, and is heard all the same.
    tag: said.kind === 'test' ? 'test' : (conversation ?? 'dunlin'),
    renotify: true,
    icon: ICON,
    badge: BADGE,
    timestamp: Date.now(),
    data: { conversation: said.kind === 'test' ? null : conversation },
    // What people write has a direction of its own.
    dir: said.title === undefined ? dir : 'auto',
    lang: said.title === undefined ? lang : '',
  };
  await scope.registration.showNotification(said.title ?? 'Dunlin', options);
}

/** As it is written, or that there is something: the server says that in English, and browsers want that something is shown, whatever came. */
function textOf({ title, body }: Partial<PushPayload>, something: string): string {
  if (body === NEW_MESSAGE) return something;
  return body ?? (title === undefined ? something : '');
}

/** Nothing that comes is worth an exception: then it is a message of which nothing is known. */
function read(text: string): Partial<PushPayload> {
  try {
    const { title, body, kind, conversation, badge } = JSON.parse(text) as Partial<PushPayload>;
    return {
      kind,
      conversation,
      ...(typeof title === 'string' && title !== '' ? { title } : {}),
      ...(typeof body === 'string' ? { body } : {}),
      ...(Number.isSafeInteger(badge) ? { badge } : {}),
    };
  } catch {
    return {};
  }
}

/** The number at the app's icon, where there is one. */
async function count(unread: number | undefined): Promise<void> {
  const { setAppBadge } = navigator as { setAppBadge?: (count: number) => Promise<void> };
  if (unread !== undefined && setAppBadge !== undefined)
    await setAppBadge.call(navigator, unread).catch(() => {});
}
