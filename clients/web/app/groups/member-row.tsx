import { createPortal } from 'preact/compat';
import { useRef, useState } from 'preact/hooks';
import type { Role } from '../../../../protocol/commands.ts';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { IconButton, Menu, type MenuItem } from '../../ui/index.ts';
import { nameOf } from '../naming.ts';
import { go } from '../router.ts';
import { attempt, PersonRow } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { mayRemove, rolesFor } from './may.ts';
import type { Member } from './use-members.ts';

export const roleName = (role: Role): string =>
  t(role === 'owner' ? 'groups.owner' : role === 'admin' ? 'groups.admin' : 'groups.member');

const roleAction = (role: Role): string =>
  t(role === 'owner' ? 'groups.makeOwner' : role === 'admin' ? 'groups.makeAdmin' : 'groups.makeMember');

/** A member, what they are, and what one may do with them. */
export function MemberRow(props: {
  chat: Chat;
  conversation: Conversation;
  member: Member;
  onRemove(user: string): void;
}) {
  const { chat, conversation, member, onRemove } = props;
  const { user, role } = member;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const isMe = user === chat.me.user;
  const name = nameOf(chat, user);

  const about: MenuItem[] = [
    { label: t('groups.write'), icon: 'chat', onChoose: () => go({ at: 'chat', where: { user } }) },
    {
      label: t('groups.profile'),
      icon: 'person',
      onChoose: () => go({ at: 'screen', name: 'details', path: ['user', user] }),
    },
  ];
  const roles: MenuItem[] = rolesFor(conversation.role, role).map((next) => ({
    label: roleAction(next),
    icon: 'settings',
    onChoose: () =>
      void attempt(chat, chat.change('group.role', { conversation: conversation.id, user, role: next })),
  }));
  const ending: MenuItem[] = mayRemove(conversation.role, role, isMe)
    ? [{ label: t('groups.remove'), icon: 'exit', danger: true, onChoose: () => onRemove(user) }]
    : [];
  const groups = [isMe ? [] : about, roles, ending].filter((group) => group.length > 0);

  return (
    <PersonRow
      chat={chat}
      user={user}
      {...(isMe ? {} : { to: { at: 'screen' as const, name: 'details', path: ['user', user] } })}
    >
      {role !== 'member' && <span class={screen.tag}>{roleName(role)}</span>}
      {groups.length > 0 && (
        <span ref={button}>
          <IconButton
            icon="more"
            label={t('groups.memberMenu', { name })}
            aria-haspopup="menu"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          />
        </span>
      )}
      {open &&
        // A virtual list has frames of its own, from which a menu would be measured.
        createPortal(
          <Menu
            label={t('groups.memberMenu', { name })}
            groups={groups}
            at={button}
            onClose={() => setOpen(false)}
          />,
          document.body,
        )}
    </PersonRow>
  );
}
