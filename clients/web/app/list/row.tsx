import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { shortTime } from '../../i18n/dates.ts';
import { number, t } from '../../i18n/t.ts';
import type { IconName } from '../../ui/index.ts';
import { Avatar, Icon } from '../../ui/index.ts';
import { faceOf, nameOf, titleOf } from '../naming.ts';
import { pathOf } from '../router.ts';
import { isMuted } from './order.ts';
import { directionOf, previewOf } from './preview.ts';
import styles from './row.module.css';

/** Counted no further, as by the server. */
const MOST_UNREAD = 999;

export interface RowProps {
  chat: Chat;
  conversation: Conversation;
  open: boolean;
  tabIndex: 0 | -1;
}

/** One conversation of the list. */
export function Row({ chat, conversation, open, tabIndex }: RowProps) {
  const { id, kind, peer, unread, time, last, pinned } = conversation;
  const muted = isMuted(conversation);
  const title = titleOf(chat, conversation);
  const face = faceOf(chat, conversation);
  const online = kind === 'direct' && peer !== null && (chat.presence(peer).value?.online ?? false);
  return (
    <a
      href={pathOf({ at: 'chat', where: { conversation: id } })}
      class={open ? `${styles.row} ${styles.open}` : styles.row}
      aria-current={open ? 'page' : undefined}
      tabIndex={tabIndex}
      draggable={false}
    >
      <Avatar id={face.id} name={title} photo={face.photo} online={online} />
      <span class={styles.words}>
        <span class={styles.line}>
          <span class={styles.title}>
            <bdi>{title}</bdi>
          </span>
          {online && <span class="heard">, {t('list.online')}</span>}
          {last !== null && <time class={unread > 0 ? styles.fresh : styles.time}>{shortTime(time)}</time>}
        </span>
        <span class={styles.line}>
          <span
            class={styles.last}
            dir={directionOf(conversation.draft || (last === null ? '' : previewOf(last)))}
          >
            <Last chat={chat} conversation={conversation} open={open} />
          </span>
          {muted && <Mark icon="muted" label={t('list.muted')} />}
          {pinned && <Mark icon="pin" label={t('list.pinned')} />}
          {unread > 0 && (
            <span class={muted ? `${styles.unread} ${styles.quietly}` : styles.unread}>
              <span aria-hidden="true">
                {unread > MOST_UNREAD ? `${number(MOST_UNREAD)}+` : number(unread)}
              </span>
              <span class="heard">{t('list.unread', { count: unread })}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  );
}

const Mark = ({ icon, label }: { icon: IconName; label: string }) => (
  <span class={styles.mark}>
    <Icon name={icon} size={16} />
    <span class="heard">{label}</span>
  </span>
);

/** What is going on, or what one has begun, or what was said last. */
function Last({ chat, conversation, open }: Pick<RowProps, 'chat' | 'conversation' | 'open'>) {
  const { id, kind, draft, last } = conversation;
  const typing = chat.typing(id).value;
  if (typing.length > 0) {
    const who = typing.length === 1 && kind === 'group' ? nameOf(chat, typing[0]!) : null;
    const words = who === null ? t('list.typing') : t('list.typingOne', { name: who });
    return (
      <span class={styles.typing}>
        {typing.length > 1 ? t('list.typingMany', { count: typing.length }) : words}
      </span>
    );
  }
  if (draft.trim() !== '' && !open)
    return (
      <>
        <span class={styles.draft}>{t('list.draft')}</span> <bdi>{draft.slice(0, 200)}</bdi>
      </>
    );
  if (last === null) return <span>{t('list.nothingYet')}</span>;
  const text = previewOf(last);
  const quiet = last.gone !== null || last.unreadable ? styles.quiet : undefined;
  if (last.sender === chat.me.user) return <span class={quiet}>{t('list.mine', { text })}</span>;
  if (kind === 'group')
    return <span class={quiet}>{t('list.theirs', { name: nameOf(chat, last.sender), text })}</span>;
  return <bdi class={quiet}>{text}</bdi>;
}
