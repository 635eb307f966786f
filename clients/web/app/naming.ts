import type { Conversation } from '../../sdk/index.ts';
import type { Chat, Where } from '../chat/chat.ts';
import { t } from '../i18n/t.ts';

/** What somebody is called. Reads signals: what renders with it is rendered again when the name is known. */
export function nameOf(chat: Chat, user: string): string {
  return chat.person(user).value?.name ?? t('list.someone');
}

/** What a conversation is called: a group by its name, another by the peer's. */
export function titleOf(chat: Chat, { kind, name, peer }: Conversation): string {
  if (kind === 'group' || peer === null) return name ?? t('list.unnamedGroup');
  if (peer === chat.me.user) return t('people.self');
  return nameOf(chat, peer);
}

/** Whose colour and picture stand for a conversation. */
export function faceOf(
  chat: Chat,
  { id, kind, photo, peer }: Conversation,
): { id: string; photo: string | null } {
  if (kind === 'group' || peer === null) return { id, photo };
  return { id: peer, photo: chat.person(peer).value?.photo ?? null };
}

/** The conversation that a place names, where there is one yet. */
export function conversationAt(chat: Chat, where: Where): Conversation | null {
  if ('conversation' in where) return chat.conversation(where.conversation).value;
  return chat.conversations.value.find(({ kind, peer }) => kind === 'direct' && peer === where.user) ?? null;
}
