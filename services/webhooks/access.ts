import { Refused } from '../../protocol/errors.ts';
import { peerOf } from '../conversations/access.ts';
import type { Conversation, ConversationStore, Member } from '../conversations/store.ts';

export type Places = Pick<ConversationStore, 'get' | 'members' | 'membership'>;

/** A conversation, to one who may have webhooks of it. */
export interface Place {
  conversation: Conversation;
  members: Member[];
}

/**
 * The conversation, for one who may open it to machines: an owner or administrator of a group, or a party of a one-to-one conversation. From the
 * store and not from a cache: it is asked seldom, and who may not any more may not at once.
 * @throws {Refused} conversation_not_found, not_a_member, not_an_admin
 */
export async function asKeeper(places: Places, user: string, id: string): Promise<Place> {
  const [conversation, members] = await Promise.all([places.get(id), places.members(id)]);
  if (conversation === null) throw new Refused('conversation_not_found');
  const group = conversation.kind === 'group';
  const role = members.find((member) => member.user === user)?.role;
  // Whether two talk is not for others to know.
  if (role === undefined) throw new Refused(group ? 'not_a_member' : 'conversation_not_found');
  if (group && role === 'member') throw new Refused('not_an_admin');
  return { conversation, members };
}

/** The other of two; null: a group. */
export function peerIn({ conversation, members }: Place, user: string): string | null {
  if (conversation.kind === 'group') return null;
  return peerOf(user, new Map(members.map((member) => [member.user, true])));
}
