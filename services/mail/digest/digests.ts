import { knownContent } from '../../../protocol/content.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { ConversationStore, Membership } from '../../conversations/store.ts';
import type { Cursors } from '../../messages/cursors.ts';
import type { FoldedEvent, History } from '../../messages/history.ts';
import { withoutHidden } from '../../messages/queries/hidden.ts';
import type { PreferenceStore } from '../../preferences/store.ts';
import type { Letter } from '../letters/letter.ts';
import type { DigestPart, Letters, Reader } from '../letters/letters.ts';

/** What somebody has not read. */
export interface Digests {
  /** When the oldest unread message came that no mail has told of (`told`, milliseconds); null: there is none. */
  oldestUntold(user: string, told: number): Promise<number | null>;
  /** What is unread now; null: nothing new, as it was read meanwhile. */
  compose(reader: Reader, told: number): Promise<Letter | null>;
}

/** Conversations that are looked at, the newest; that are named; messages that are looked at of each, and that are shown. */
const MOST_CONVERSATIONS = 50;
const MOST_NAMED = 8;
const PAGE = 50;
const MOST_EXCERPTS = 3;
const MOST_SENDERS = 4;
/** Unread messages are counted up to here. */
const MOST_UNREAD = 1_000;

interface Unread {
  membership: Membership;
  count: number;
  /** Newest messages of others, not read, ascending; not those that the reader removed. */
  messages: FoldedEvent[];
}

export function createDigests(parts: {
  history: Pick<History, 'heads' | 'unread' | 'page'>;
  cursors: Pick<Cursors, 'readsOf'>;
  conversations: ConversationStore;
  preferences: Pick<PreferenceStore, 'all' | 'notifications'>;
  accounts: Pick<AccountStore, 'users'>;
  letters: Pick<Letters, 'digest'>;
  clock: { now(): number };
}): Digests {
  const { history, cursors, conversations, preferences, accounts, letters, clock } = parts;

  /** Of conversations that are not muted, those with something unread behind `told`, the newest first; bounded, however many there are. */
  async function unreadOf(user: string, told: number): Promise<Unread[]> {
    const now = clock.now();
    const set = await preferences.all(user);
    const memberships = (await conversations.memberships(user)).filter(
      ({ role, conversation: { id, kind } }) =>
        role !== null && kind !== 'self' && (set.get(id)?.mutedUntil ?? 0) <= now,
    );
    const heads = await history.heads(memberships.map(({ conversation }) => conversation.id));
    const timeOf = ({ conversation }: Membership) => heads.get(conversation.id)?.last?.time ?? 0;
    const recent = memberships
      .filter((membership) => timeOf(membership) > told)
      .sort((a, b) => timeOf(b) - timeOf(a))
      .slice(0, MOST_CONVERSATIONS);
    const reads = await cursors.readsOf(user);
    const from = ({ conversation, delivered }: Membership) =>
      Math.max(reads.get(conversation.id) ?? 0, (delivered.at(-1)?.from ?? 1) - 1);
    const counts = await history.unread(
      recent.map((one) => ({ stream: one.conversation.id, after: from(one), to: null })),
      user,
      MOST_UNREAD,
    );
    const unread: Unread[] = [];
    for (const membership of recent) {
      const { id } = membership.conversation;
      const count = counts.get(id) ?? 0;
      if (count === 0) continue;
      const page = await history.page(id, membership.readable, { after: from(membership) }, PAGE);
      const theirs = page.filter(({ type, sender }) => type === 'message' && sender.user !== user);
      const messages = await withoutHidden(conversations, user, theirs);
      unread.push({ membership, count, messages });
    }
    return unread;
  }

  function partOf(
    { membership, count, messages }: Unread,
    names: Map<string, string>,
    content: boolean,
  ): DigestPart {
    const { kind, name } = membership.conversation;
    const senders = [...new Set(messages.map(({ sender }) => names.get(sender.user)))].filter(isThere);
    const excerpts = content ? messages.map((one) => excerptOf(one, names)).filter(isThere) : [];
    return {
      title: kind === 'group' ? name : (senders[0] ?? null),
      group: kind === 'group',
      count,
      senders: senders.slice(0, MOST_SENDERS),
      excerpts: excerpts.slice(0, MOST_EXCERPTS),
    };
  }

  return {
    async oldestUntold(user, told) {
      const times = (await unreadOf(user, told)).flatMap(({ messages }) =>
        messages.filter(({ time }) => time > told).map(({ time }) => time),
      );
      return times.length === 0 ? null : Math.min(...times);
    },

    async compose(reader, told) {
      const unread = await unreadOf(reader.user, told);
      if (!unread.some(({ messages }) => messages.some(({ time }) => time > told))) return null;
      const total = unread.reduce((sum, { count }) => sum + count, 0);
      const { show } = (await preferences.notifications([reader.user])).get(reader.user)!;
      if (show === 'nothing') return letters.digest(reader, total, [], 0);
      const named = unread.slice(0, MOST_NAMED);
      const ids = new Set(named.flatMap(({ messages }) => messages.map(({ sender }) => sender.user)));
      const users = await accounts.users([...ids]);
      const names = new Map([...users].map(([id, { name, username }]) => [id, name ?? username]));
      const digest = named.map((one) => partOf(one, names, show === 'content'));
      return letters.digest(reader, total, digest, unread.length - named.length);
    },
  };
}

/**
 * What a message says, of those whose text the server is meant to read: a type that is not in the contract's list may be encrypted, and nothing of
 * it is shown. What is to disappear does not go to a mailbox, where it would stay.
 */
function excerptOf(event: FoldedEvent, names: Map<string, string>): { sender: string; text: string } | null {
  if (event.expires !== null) return null;
  const { content } = JSON.parse(event.body) as { content?: unknown };
  const { type, text } = (event.fold?.edited?.content ?? content ?? {}) as { type?: unknown; text?: unknown };
  if (typeof type !== 'string' || !Object.hasOwn(knownContent, type) || typeof text !== 'string') return null;
  const sender = names.get(event.sender.user);
  return sender === undefined ? null : { sender, text };
}

const isThere = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
