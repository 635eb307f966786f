import { t } from '../../i18n/t.ts';
import { EmptyState } from '../../ui/index.ts';
import { AddMembers } from '../groups/add-members.tsx';
import { GroupDetails } from '../groups/group-details.tsx';
import { conversationAt } from '../naming.ts';
import { PersonDetails } from '../people/person-details.tsx';
import { ScreenFrame } from '../screen/index.ts';
import type { ScreenProps } from '../screen-props.ts';

/** `/app/details/conversation/{id}`, `…/add`, `/app/details/user/{id}`. */
export default function Details({ chat, path: [kind, id = '', page] }: ScreenProps) {
  const conversation = conversationAt(chat, kind === 'user' ? { user: id } : { conversation: id });
  const peer = kind === 'user' ? id : conversation?.kind === 'direct' ? conversation.peer : null;
  if (peer !== null && peer !== '')
    return <PersonDetails key={peer} chat={chat} user={peer} conversation={conversation} />;
  if (conversation === null)
    return (
      <ScreenFrame title={t('pane.details')}>
        <EmptyState icon="chat" title={t('error.conversation_not_found')} />
      </ScreenFrame>
    );
  const details = { at: 'screen', name: 'details', path: ['conversation', conversation.id] } as const;
  if (page === 'add' && conversation.member)
    return <AddMembers key="add" chat={chat} conversation={conversation} parent={details} />;
  return <GroupDetails key={conversation.id} chat={chat} conversation={conversation} />;
}
