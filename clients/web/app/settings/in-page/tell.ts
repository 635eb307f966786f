import { effect } from '@preact/signals';
import type { AnyEvent, Conversation } from '../../../../sdk/index.ts';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { choices } from '../../choices.ts';
import { previewOf } from '../../list/preview.ts';
import { nameOf, titleOf } from '../../naming.ts';
import { go } from '../../router.ts';
import { ring } from './ring.ts';
import { isWorthTelling, type Wishes } from './worth-telling.ts';

/** Whoever looks at it, here or in another tab, has read it by then; milliseconds. */
const LOOKED_MS = 800;
/** Most that a notification shows of a message, characters. */
const MOST = 160;

/** Tells of what arrives while the app is open, from one of its tabs. Returns what ends it. */
export function tellOfArrivals(chat: Chat): () => void {
  const ended = new AbortController();
  void inOneTab('dunlin-tells', ended.signal, () => begin(chat, ended.signal));
  return () => ended.abort();
}

/** Runs it in one tab at a time: in the next one when that is closed. */
async function inOneTab(lock: string, signal: AbortSignal, run: () => void): Promise<void> {
  const until = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const { locks } = navigator as { locks?: LockManager };
  if (locks === undefined) return run();
  await locks
    .request(lock, { signal }, () => {
      run();
      return until;
    })
    .catch(() => {}); // ended before it was this tab's turn
}

function begin(chat: Chat, signal: AbortSignal): void {
  let wishes: Wishes | null = null;
  const learn = () =>
    chat.query('notifications.get', {}).then(
      (known) => {
        wishes = known;
      },
      () => {}, // the next connection asks again
    );
  let before: ReadonlyMap<string, Conversation> | null = null;
  const ends = [
    chat.onAccount(({ type }: AnyEvent) => {
      if (type === 'notifications.updated') void learn();
    }),
    effect(() => {
      if (chat.status.value === 'online') void learn();
    }),
    effect(() => {
      const now = new Map(chat.conversations.value.map((one) => [one.id, one]));
      const known = before;
      before = now;
      // What has come while nobody was here is in the list.
      if (known === null) return;
      for (const one of now.values()) {
        if (one === known.get(one.id)) continue;
        if (!isWorthTelling(one, known.get(one.id), chat.me.user, wishes, Date.now())) continue;
        setTimeout(() => {
          const later = chat.conversation(one.id).peek();
          if (!signal.aborted && later !== null && later.read < one.last!.seq!) tell(chat, one, wishes);
        }, LOOKED_MS);
      }
    }),
  ];
  signal.addEventListener('abort', () => {
    for (const end of ends) end();
  });
}

function tell(chat: Chat, conversation: Conversation, wishes: Wishes | null): void {
  const { notify, sound } = choices.peek();
  if (sound) ring();
  const { Notification } = globalThis as { Notification?: typeof globalThis.Notification };
  if (!notify || Notification?.permission !== 'granted') return;
  const { id, kind, last } = conversation;
  const show = wishes?.show ?? 'content';
  const text = show === 'content' ? previewOf(last!).slice(0, MOST) : t('settings.newMessage');
  const who = kind === 'group' ? t('list.theirs', { name: nameOf(chat, last!.sender), text }) : text;
  try {
    const told = new Notification(show === 'nothing' ? t('shell.name') : titleOf(chat, conversation), {
      body: show === 'content' ? who : text,
      tag: id,
      icon: '/icons/dunlin-192.png',
      // The sound is ours, or none.
      silent: true,
    });
    told.onclick = () => {
      told.close();
      globalThis.focus();
      go({ at: 'chat', where: { conversation: id } });
    };
  } catch {
    // A phone whose browser leaves notifications to the service worker.
  }
}
