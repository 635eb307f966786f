import type { Role } from '../../protocol/commands.ts';
import type { Range } from '../messages/history.ts';

export interface Conversation {
  id: string;
  kind: 'direct' | 'group' | 'self';
  /** Groups only. */
  name: string | null;
  photo: string | null;
  /** What new members of a group may read of the time before them. */
  history: 'joined' | 'all';
  /** Disappearing messages, seconds; null: off. */
  timer: number | null;
  createdBy: string;
  createdAt: number;
}

export interface Member {
  user: string;
  role: Role;
}

/** A user's place in a conversation: what is delivered to them, and what they may read. */
export interface Membership {
  conversation: Conversation;
  /** null: not a member any more. */
  role: Role | null;
  /** What is delivered: from each joining to each leaving, ascending. */
  delivered: Range[];
  /** What may be read: as delivered, or from 1 where the group's setting at the joining was `all`; ascending, apart. */
  readable: Range[];
}

/**
 * Port: conversations and their members, a projection of the structural events of their streams. Every method that takes `seq` is
 * idempotent: applying the same event again changes nothing, also when newer ones have been applied since.
 */
export interface ConversationStore {
  get(id: string): Promise<Conversation | null>;
  /** Current members, all of them: bounded by the largest group allowed. */
  members(id: string): Promise<Member[]>;
  memberships(user: string): Promise<Membership[]>;
  membership(user: string, conversation: string): Promise<Membership | null>;
  /** Everybody to whom event `seq` was delivered: those who were members then, also when they have left since. */
  membersAt(id: string, seq: number): Promise<string[]>;
  /** A page of them, ascending by id, behind `after` (empty: from the beginning). */
  membersAtPage(id: string, seq: number, after: string, limit: number): Promise<string[]>;
  /** Groups the user is in now. */
  countGroups(user: string): Promise<number>;
  /** Groups that each of them is in now; who is in none may be absent. */
  countGroupsOf(users: readonly string[]): Promise<Map<string, number>>;
  /** Do the two share a conversation now? For presence. */
  share(a: string, b: string): Promise<boolean>;

  create(conversation: Conversation, members: Member[], seq: number): Promise<void>;
  /** Adds members by event `seq`; `readableFrom` is 1 when the group's history is open to them, else `seq`. */
  add(conversation: string, members: Member[], seq: number, readableFrom: number): Promise<void>;
  /** They get event `seq` and nothing after it. */
  remove(conversation: string, users: string[], seq: number): Promise<void>;
  setRole(conversation: string, user: string, role: Role, seq: number): Promise<void>;
  update(
    conversation: string,
    changes: Partial<Pick<Conversation, 'name' | 'photo' | 'history' | 'timer'>>,
    seq: number,
  ): Promise<void>;

  /** Deleted for oneself. */
  hide(user: string, conversation: string, seq: number): Promise<void>;
  /** The hidden ones among the sequence numbers from..to. */
  hidden(user: string, conversation: string, from: number, to: number): Promise<Set<number>>;
  /** Who of these users deleted it for themselves. */
  hiddenBy(conversation: string, seq: number, users: readonly string[]): Promise<Set<string>>;
  /** The hidden ones among events of any conversations, a page of them. */
  hiddenAmong(
    user: string,
    events: readonly { conversation: string; seq: number }[],
  ): Promise<{ conversation: string; seq: number }[]>;
}
