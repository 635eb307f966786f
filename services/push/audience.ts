import type { Clock } from '../../platform/clock.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { ConversationCache } from '../conversations/cache.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { History, StoredEvent } from '../messages/history.ts';
import type { PreferenceStore } from '../preferences/store.ts';
import type { Connected } from './noticing.ts';
import { quietUntil } from './quiet-hours.ts';
import type { Reach } from './reach.ts';
import type { PushSettings } from './settings.ts';
import type { PendingEvent, PushStore, ToldKind } from './store.ts';

export interface AudienceParts {
  store: PushStore;
  history: Pick<History, 'get'>;
  accounts: Pick<AccountStore, 'blockersAmong'>;
  conversations: Pick<ConversationStore, 'membersAtPage'>;
  cache: Pick<ConversationCache, 'get'>;
  preferences: Pick<PreferenceStore, 'muted' | 'notifications'>;
  cursors: Pick<Cursors, 'receiptsOf'>;
  connected: Connected;
  reach: Reach;
  settings: Pick<PushSettings, 'graceMs' | 'maxAgeMs'>;
  clock: Clock;
}

/** Sees who of an event's audience is to be notified, page by page. */
export interface Audience {
  /** Goes on where it was left; `signal` leaves it for later. */
  consider(event: PendingEvent & { newer: boolean }, claim: string, signal: AbortSignal): Promise<void>;
  /** How long a claim goes without a sign of life, milliseconds. */
  readonly leaseMs: number;
}

const PAGE = 500;
const LEASE_MS = 60_000;
const RETRY_MS = 2_000;

export function createAudience(parts: AudienceParts): Audience {
  const { store, history, conversations, cache, clock, settings } = parts;

  return {
    leaseMs: LEASE_MS,

    async consider(event, claim, signal) {
      try {
        await consider(event, claim, signal);
      } catch (error) {
        await store.releaseEvent(event, claim, clock.now() + RETRY_MS).catch(() => {});
        throw error;
      }
    },
  };

  async function consider(
    event: PendingEvent & { newer: boolean },
    claim: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { conversation, seq, late } = event;
    const message = await history.get(conversation, seq);
    const told = message === null ? null : tellable(message);
    if (told === null || clock.now() - event.time > settings.maxAgeMs)
      return store.finishEvent(event, claim, null);
    const mentioned = new Set(told.mentions);
    if (told.replyTo !== null) {
      const answered = await history.get(conversation, told.replyTo);
      if (answered?.type === 'message') mentioned.add(answered.sender.user);
    }
    const look = (users: readonly string[]) => considerPage(parts, event, message!, mentioned, users);

    if (event.kind === 'added') {
      for (let i = 0; i < told.added.length; i += PAGE) await look(told.added.slice(i, i + PAGE));
      return store.finishEvent(event, claim, null);
    }
    if (event.newer && !late) {
      // The newer one tells all the others.
      const members = (await cache.get(conversation))?.members;
      await look([...mentioned].filter((user) => members?.has(user)));
      return store.finishEvent(event, claim, null);
    }
    let watch = false;
    for (let { after } = event; ; ) {
      if (signal.aborted) return store.releaseEvent(event, claim, clock.now());
      const page = await conversations.membersAtPage(conversation, seq, after, PAGE);
      if (page.length > 0) watch = (await look(page)) || watch;
      if (page.length < PAGE) break;
      after = page.at(-1)!;
      if (!(await store.advanceEvent(event, claim, after, clock.now() + LEASE_MS))) return;
    }
    // Of what was considered before a restart it is not known whether somebody was connected.
    const again = !late && settings.graceMs > 0 && (watch || event.after !== '');
    await store.finishEvent(event, claim, again ? event.time + settings.graceMs : null);
  }
}

/** True: some are connected, and may not acknowledge. */
async function considerPage(
  parts: AudienceParts,
  { conversation, seq, kind, time, late }: PendingEvent,
  message: StoredEvent,
  mentioned: ReadonlySet<string>,
  page: readonly string[],
): Promise<boolean> {
  const { store, accounts, preferences, cursors, connected, reach, settings, clock } = parts;
  const sender = message.sender.user;
  const reachable = [...(await reach.among(page.filter((user) => user !== sender)))];
  if (reachable.length === 0) return false;
  const receipts = await cursors.receiptsOf(conversation, reachable);
  const without = reachable.filter((user) => {
    const { delivered = 0, read = 0 } = receipts.get(user) ?? {};
    return delivered < seq && read < seq;
  });
  const there = late ? new Set<string>() : await connected.among(without);
  const users = without.filter((user) => !there.has(user));
  if (users.length === 0) return there.size > 0;

  const now = clock.now();
  const [blockers, muted, notifications] = await Promise.all([
    accounts.blockersAmong(sender, users),
    preferences.muted(conversation, users, now),
    preferences.notifications(users),
  ]);
  const groups = new Map<string, { kind: ToldKind; dueAt: number; users: string[] }>();
  for (const user of users) {
    if (blockers.has(user)) continue;
    const { quiet, mentionsOverride } = notifications.get(user)!;
    const overrides = kind === 'message' && mentionsOverride && mentioned.has(user);
    if (muted.has(user) && !overrides) continue;
    const dueAt = overrides ? now : (quietUntil(quiet, now) ?? now);
    const told: ToldKind = overrides ? 'mention' : kind;
    const name = `${told} ${dueAt}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { kind: told, dueAt, users: [user] });
    else group.users.push(user);
  }
  for (const group of groups.values()) {
    const expiresAt = group.dueAt + settings.maxAgeMs;
    const notice = { conversation, seq, kind: group.kind, createdAt: time, expiresAt };
    await store.enqueue(notice, group.users, group.dueAt);
  }
  return there.size > 0;
}

interface Told {
  mentions: readonly string[];
  replyTo: number | null;
  /** Who was added to a group. */
  added: readonly string[];
}

/** What of an event says whom to tell; null: it has been deleted or has expired. */
function tellable(event: StoredEvent): Told | null {
  const body = JSON.parse(event.body) as {
    deleted?: boolean;
    expired?: boolean;
    mentions?: string[];
    reply_to?: number;
    members?: { user: string }[];
  };
  if (body.deleted || body.expired) return null;
  return {
    mentions: body.mentions ?? [],
    replyTo: body.reply_to ?? null,
    added: body.members?.map(({ user }) => user) ?? [],
  };
}
