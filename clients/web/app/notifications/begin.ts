import { effect } from '@preact/signals';
import type { Chat } from '../../chat/chat.ts';
import { spoken } from '../../i18n/language.ts';
import { t } from '../../i18n/t.ts';
import { type FromWorker, isId, KEPT, LANGUAGE } from '../../sw/contract.ts';
import { toast } from '../../ui/index.ts';
import { choose } from '../choices.ts';
import { go, place } from '../router.ts';
import { kept, offeredBefore } from './kept.ts';
import { permission, renew, support, turnOn } from './push.ts';

/** This page's part in notifications of the service worker. Returns what ends it. */
export function beginNotifications(chat: Chat): () => void {
  if (support() !== 'yes') return () => {};
  const { serviceWorker } = navigator;
  const heard = ({ data, ports }: MessageEvent) => hear(chat, data as FromWorker, ports[0]);
  serviceWorker.addEventListener('message', heard);
  const looked = () => void clearLookedAt(chat);
  document.addEventListener('visibilitychange', looked);
  const ends = [
    effect(() => tellLanguage(spoken.value.language)),
    effect(() => {
      if (chat.status.value === 'online') renew(chat).catch(() => {}); // the next connection, or page, does
    }),
    effect(() => {
      // Whatever changes where one is, or what is unread there.
      void [place.value, chat.conversations.value];
      looked();
    }),
    effect(() => badge(chat)),
    offerAfterSending(chat),
  ];
  return () => {
    serviceWorker.removeEventListener('message', heard);
    document.removeEventListener('visibilitychange', looked);
    for (const end of ends) end();
  };
}

function hear(chat: Chat, said: FromWorker, port: MessagePort | undefined): void {
  switch (said?.dunlin) {
    case 'looking':
      port?.postMessage(lookedAt(chat) === said.conversation);
      break;
    case 'open':
      if (isId(said.conversation)) go({ at: 'chat', where: { conversation: said.conversation } });
      break;
    case 'subscription':
      renew(chat, { changed: true }).catch(() => {});
  }
}

/** The conversation before somebody's eyes. */
function lookedAt(chat: Chat): string | null {
  const here = place.peek();
  if (document.visibilityState !== 'visible' || here.at !== 'chat') return null;
  const { where } = here;
  if ('conversation' in where) return where.conversation;
  const between = chat.conversations
    .peek()
    .find(({ kind, peer }) => kind === 'direct' && peer === where.user);
  return between?.id ?? null;
}

/** What one looks at needs no notification any more. */
async function clearLookedAt(chat: Chat): Promise<void> {
  const tag = lookedAt(chat);
  if (tag === null) return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close();
}

/** The service worker has no other way to know it. */
function tellLanguage(language: string): void {
  caches
    .open(KEPT)
    .then((cache) => cache.put(LANGUAGE, new Response(language)))
    .catch(() => {}); // no room: then as the browser has it
}

/** The number at the app's icon: while the app is open it knows better than the last push. */
function badge(chat: Chat): void {
  const unread = chat.conversations.value.reduce((sum, one) => sum + one.unread, 0);
  const app = navigator as { setAppBadge?: (count: number) => Promise<void> };
  app.setAppBadge?.(unread).catch(() => {});
}

/** Whoever has just written something waits for an answer: once, on a device, and never before. */
function offerAfterSending(chat: Chat): () => void {
  const before = chat.conversations.peek()[0]?.last?.key;
  return effect(() => {
    const last = chat.conversations.value[0]?.last;
    if (last?.sender !== chat.me.user || last.key === before) return;
    if (permission() !== 'default' || kept() !== null || offeredBefore()) return;
    toast(t('notifications.offer'), {
      action: {
        label: t('notifications.turnOn'),
        onChoose: () =>
          void turnOn(chat).then(
            (given) => given === 'granted' && choose({ notify: true }),
            () => toast(t('notifications.failed'), { kind: 'error' }),
          ),
      },
    });
  });
}
