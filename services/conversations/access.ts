import type { Role } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Relations } from '../accounts/accounts.ts';
import type { Actor } from '../actor.ts';
import type { CachedConversation, ConversationCache } from './cache.ts';

/** The conversation, for one of its members. @throws {Refused} conversation_not_found, not_a_member */
export async function asMember(
  cache: ConversationCache,
  actor: Actor,
  id: string,
): Promise<CachedConversation & { role: Role }> {
  const entry = await cache.get(id);
  if (entry === null) throw new Refused('conversation_not_found');
  const role = entry.members.get(actor.user);
  if (role === undefined) throw notIn(entry);
  return { ...entry, role };
}

/**
 * Why someone who is not in a conversation is refused. The id of a group is known to those who were told it; the id of a one-to-one conversation
 * can be derived by anybody, who must not learn from it whether the two talk.
 */
export function notIn({ conversation }: CachedConversation): Refused {
  return new Refused(conversation.kind === 'group' ? 'not_a_member' : 'conversation_not_found');
}

/** The group, for one of its members. @throws {Refused} as asMember, not_a_group */
export async function inGroup(
  cache: ConversationCache,
  actor: Actor,
  id: string,
): Promise<CachedConversation & { role: Role }> {
  const entry = await asMember(cache, actor, id);
  if (entry.conversation.kind !== 'group') throw new Refused('not_a_group');
  return entry;
}

/** The group, for an owner or administrator. @throws {Refused} as inGroup, not_an_admin */
export async function asAdmin(
  cache: ConversationCache,
  actor: Actor,
  id: string,
): Promise<CachedConversation & { role: Role }> {
  const entry = await inGroup(cache, actor, id);
  if (entry.role === 'member') throw new Refused('not_an_admin');
  return entry;
}

/** Everything that reaches the other of two is refused while one has blocked the other; groups are not concerned. @throws {Refused} blocked */
export async function refuseBlocked(
  relations: Relations,
  actor: Actor,
  { conversation, members }: CachedConversation,
): Promise<void> {
  if (conversation.kind !== 'direct') return;
  if (await relations.blocked(actor.user, peerOf(actor.user, members))) throw new Refused('blocked');
}

/** The other of two; of a note to self, oneself. */
export function peerOf(user: string, members: ReadonlyMap<string, unknown>): string {
  for (const member of members.keys()) if (member !== user) return member;
  return user;
}

export function countOwners(entry: CachedConversation): number {
  let owners = 0;
  for (const role of entry.members.values()) if (role === 'owner') owners++;
  return owners;
}
