import type { Role } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
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
  if (role === undefined) throw new Refused('not_a_member');
  return { ...entry, role };
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

export function countOwners(entry: CachedConversation): number {
  let owners = 0;
  for (const role of entry.members.values()) if (role === 'owner') owners++;
  return owners;
}
