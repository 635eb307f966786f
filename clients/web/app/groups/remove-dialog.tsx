import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { nameOf } from '../naming.ts';
import { attempt, Sure } from '../screen/index.ts';

/** Asks before somebody is taken out of a group. */
export function RemoveDialog(props: {
  chat: Chat;
  conversation: Conversation;
  user: string;
  onClose(): void;
}) {
  const { chat, conversation, user, onClose } = props;
  return (
    <Sure
      title={t('groups.removeTitle', { name: nameOf(chat, user) })}
      text={t('groups.removeText')}
      action={t('groups.remove')}
      onClose={onClose}
      onSure={() =>
        attempt(chat, chat.change('group.remove', { conversation: conversation.id, users: [user] }))
      }
    />
  );
}
