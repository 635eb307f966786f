import type { Conversation } from '../../../sdk/index.ts';
import type { Chat, Where } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { nameOf } from '../naming.ts';

export { nameOf };

/** What the head of a conversation says, and whose colour it has. */
export interface Title {
  id: string;
  name: string;
  photo: string | null;
}

export function titleOf(chat: Chat, conversation: Conversation | null, where: Where): Title {
  if (conversation?.kind === 'group')
    return { id: conversation.id, name: conversation.name ?? t('pane.group'), photo: conversation.photo };
  const peer = conversation?.peer ?? ('user' in where ? where.user : null);
  if (peer === null) return { id: conversation?.id ?? '', name: t('pane.nobody'), photo: null };
  if (peer === chat.me.user) return { id: peer, name: t('people.self'), photo: null };
  return { id: peer, name: nameOf(chat, peer), photo: chat.person(peer).value?.photo ?? null };
}
