import type { Clock } from '../../platform/clock.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { ConversationCache } from '../conversations/cache.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { FoldedEvent, History } from '../messages/history.ts';
import type { Notifications, PreferenceStore } from '../preferences/store.ts';
import { badgeOf } from './badges.ts';
import { NEW_MESSAGE, previewOf, shortened } from './preview.ts';
import { quietUntil } from './quiet-hours.ts';
import { seal, sealingKey } from './sealing.ts';
import type { PushNotification } from './sender.ts';
import type { DeviceRoutes, Notice, PushRoutes } from './store.ts';

/** What is to be done with a notification now. */
export type Decision =
  | { do: 'send'; routes: DeviceRoutes; notification: PushNotification }
  /** It has become needless, or cannot be done: with why, in a word. */
  | { do: 'end'; state: 'cancelled' | 'failed'; reason: string }
  | { do: 'wait'; until: number };

/** Says of notifications what is to be done with them, as things are now: what was written down when they came may be long ago. */
export interface Composing {
  decide(notices: readonly Notice[]): Promise<Map<Notice, Decision>>;
}

export interface ComposingParts {
  store: Pick<PushRoutes, 'routesOf'>;
  history: Pick<History, 'get' | 'unread'>;
  accounts: Pick<AccountStore, 'users' | 'blockersAmong'>;
  conversations: Pick<ConversationStore, 'memberships' | 'hiddenBy'>;
  cache: Pick<ConversationCache, 'get'>;
  preferences: Pick<PreferenceStore, 'muted' | 'notifications'>;
  cursors: Pick<Cursors, 'receiptsOf' | 'readsOf'>;
  clock: Clock;
  /** False: no badge is counted. */
  badge: boolean;
}

/** A vendor keeps it for at least so long, seconds. */
const LEAST_TTL = 60;
/** What comes later than this is not worth waking a device for, milliseconds. */
const URGENT_MS = 600_000;
const TEST_TEXT = { title: 'Dunlin', body: 'Notifications reach this device.' };

const end = (state: 'cancelled' | 'failed', reason: string): Decision => ({ do: 'end', state, reason });

export function createComposing(parts: ComposingParts): Composing {
  const { store, history, accounts, conversations, cache, preferences, cursors, clock, badge } = parts;

  /** What is shown of an event: the same for everybody, before each one's setting. */
  async function shownOf(event: FoldedEvent) {
    const [known, users] = await Promise.all([cache.get(event.stream), accounts.users([event.sender.user])]);
    const from = users.get(event.sender.user);
    const body = JSON.parse(event.body) as { content?: unknown; deleted?: boolean; expired?: boolean };
    return {
      known,
      gone: body.deleted === true || body.expired === true,
      sender: shortened(from?.name ?? from?.username ?? '', 80),
      group: known?.conversation.kind === 'group' ? shortened(known.conversation.name ?? '', 80) : null,
      preview: event.type === 'message' ? previewOf(event.fold?.edited?.content ?? body.content) : null,
    };
  }

  /** Of one event. */
  async function decideEvent(notices: readonly Notice[], routes: Map<string, DeviceRoutes>) {
    const decisions = new Map<Notice, Decision>();
    const { conversation, seq } = notices[0]!;
    const event = await history.get(conversation, seq);
    const shown = event === null ? null : await shownOf(event);
    const now = clock.now();
    if (event === null || shown === null || shown.gone || (event.expires !== null && event.expires <= now)) {
      for (const notice of notices) decisions.set(notice, end('cancelled', 'deleted'));
      return decisions;
    }
    const users = [...new Set(notices.map(({ user }) => user))];
    const [receipts, hidden, blockers, muted, settings] = await Promise.all([
      cursors.receiptsOf(conversation, users),
      conversations.hiddenBy(conversation, seq, users),
      accounts.blockersAmong(event.sender.user, users),
      preferences.muted(conversation, users, now),
      preferences.notifications(users),
    ]);
    const badges = new Map<string, Promise<number>>();
    const badgeFor = (user: string) => {
      let count = badges.get(user);
      if (count === undefined) {
        count = badge ? badgeOf({ conversations, cursors, history }, user) : Promise.resolve(0);
        badges.set(user, count);
      }
      return count;
    };
    const decide = async (notice: Notice): Promise<Decision> => {
      const { user, device, kind, expiresAt } = notice;
      const to = routes.get(device);
      // Routes are of the user whose device it is; a device does not change hands.
      if (to === undefined || to.user !== user) return end('failed', 'no_route');
      if (expiresAt <= now) return end('failed', 'too_old');
      if (!shown.known?.members.has(user)) return end('cancelled', 'left');
      const { delivered = 0, read = 0 } = receipts.get(user) ?? {};
      if (read >= seq) return end('cancelled', 'read');
      if (delivered >= seq) return end('cancelled', 'received');
      if (hidden.has(user)) return end('cancelled', 'hidden');
      if (blockers.has(user)) return end('cancelled', 'blocked');
      const { quiet, show, mentionsOverride } = settings.get(user)!;
      const overrides = kind === 'mention' && mentionsOverride;
      if (muted.has(user) && !overrides) return end('cancelled', 'muted');
      const until = overrides ? null : quietUntil(quiet, now);
      if (until !== null) return { do: 'wait', until };
      const text = textFor(show, kind, shown);
      const dies = Math.min(expiresAt, event.expires ?? expiresAt);
      const plain = { ...text, badge: await badgeFor(user), ttlSeconds: ttl(dies - now) };
      return { do: 'send', routes: to, notification: notificationOf(notice, plain, to.key, now) };
    };
    await Promise.all(notices.map(async (notice) => decisions.set(notice, await decide(notice))));
    return decisions;
  }

  function decideTest(notice: Notice, to: DeviceRoutes | undefined): Decision {
    const now = clock.now();
    if (to === undefined || to.user !== notice.user) return end('failed', 'no_route');
    if (notice.expiresAt <= now) return end('failed', 'too_old');
    const plain = { ...TEST_TEXT, badge: 0, ttlSeconds: LEAST_TTL };
    return { do: 'send', routes: to, notification: notificationOf(notice, plain, to.key, now) };
  }

  return {
    async decide(notices) {
      const routes = await store.routesOf([...new Set(notices.map(({ device }) => device))]);
      const decisions = new Map<Notice, Decision>();
      const events = Map.groupBy(notices, ({ conversation, seq, kind }) =>
        kind === 'test' ? 'test' : `${conversation} ${seq}`,
      );
      await Promise.all(
        [...events].map(async ([name, some]) => {
          if (name === 'test')
            for (const notice of some) decisions.set(notice, decideTest(notice, routes.get(notice.device)));
          else
            for (const [notice, decision] of await decideEvent(some, routes)) decisions.set(notice, decision);
        }),
      );
      return decisions;
    },
  };
}

/** As far as the one who gets it wants it on a screen that others may see. */
function textFor(
  show: Notifications['show'],
  kind: Notice['kind'],
  { sender, group, preview }: { sender: string; group: string | null; preview: string | null },
): { title: string; body: string | null } {
  if (show === 'nothing') return { title: NEW_MESSAGE, body: null };
  if (kind === 'added') return { title: group ?? sender, body: `${sender} added you` };
  const text = show === 'content' && preview !== null ? preview : NEW_MESSAGE;
  return group === null ? { title: sender, body: text } : { title: group, body: `${sender}: ${text}` };
}

function notificationOf(
  { device, conversation, seq, kind, createdAt }: Notice,
  { title, body, badge, ttlSeconds }: Pick<PushNotification, 'title' | 'body' | 'badge' | 'ttlSeconds'>,
  key: string | null,
  now: number,
): PushNotification {
  const about = {
    ...{ event: `${device}.${conversation}.${seq}`, device, collapse: conversation },
    ...{ badge, conversation, seq, kind, ttlSeconds, urgent: now - createdAt < URGENT_MS },
  };
  const sealTo = key === null ? null : sealingKey(key);
  if (sealTo === null) return { ...about, title, body, sealed: null };
  const sealed = seal({ v: 1, title, body, conversation, seq, kind, badge }, sealTo);
  return { ...about, title: null, body: null, sealed };
}

const ttl = (ms: number) => Math.max(LEAST_TTL, Math.floor(ms / 1_000));
