import { type FromWorker, isId } from './contract.ts';
import { scope, type Window, windows } from './scope.ts';

/** A page that is asked and has not answered by then is busy, or of an older version; milliseconds. */
const ANSWER_MS = 400;

const pathOf = (conversation: string) => `/app/chat/${conversation}`;

/** Whether somebody has this conversation before their eyes. */
export async function isLookedAt(conversation: string): Promise<boolean> {
  const visible = (await windows()).filter(({ visibilityState }) => visibilityState === 'visible');
  const looked = await Promise.all(visible.map((page) => askIfLooking(page, conversation)));
  return looked.includes(true);
}

function askIfLooking(page: Window, conversation: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const done = (looking: boolean) => {
      clearTimeout(late);
      port1.close();
      resolve(looking);
    };
    const late = setTimeout(() => done(new URL(page.url).pathname === pathOf(conversation)), ANSWER_MS);
    port1.onmessage = ({ data }) => done(data === true);
    const asked: FromWorker = { dunlin: 'looking', conversation };
    page.postMessage(asked, [port2]);
  });
}

/** Leads to what a notification is about: in a page that is open, or in a new one. */
export async function clicked(notification: Notification): Promise<void> {
  notification.close();
  const { conversation } = (notification.data ?? {}) as { conversation?: unknown };
  const path = isId(conversation) ? pathOf(conversation) : '/';
  const pages = await windows();
  const page =
    pages.find(({ url }) => new URL(url).pathname === path) ??
    pages.find(({ focused }) => focused) ??
    pages.find(({ visibilityState }) => visibilityState === 'visible') ??
    pages[0];
  if (page === undefined) {
    await scope.clients.openWindow(path);
    return;
  }
  if (isId(conversation)) {
    const asked: FromWorker = { dunlin: 'open', conversation };
    page.postMessage(asked);
  }
  // Not everywhere, and not without a click.
  await page.focus().catch(() => {});
}
