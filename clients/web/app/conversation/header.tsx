import { useRef, useState } from 'preact/hooks';
import { list } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { duration, moment } from './durations.ts';
import { useMembers } from './members.ts';
import { nameOf, titleOf } from './names.ts';
import styles from './pane.module.css';
import type { PaneState } from './state.ts';

interface Props {
  state: PaneState;
  onBack(): void;
  onDetails(): void;
}

/** Whom one talks to, what they are doing, and what can be done with the conversation. */
export function Header({ state, onBack, onDetails }: Props) {
  const { chat, conversation } = state;
  const [open, setOpen] = useState(false);
  const more = useRef<HTMLDivElement>(null);
  const title = titleOf(chat, conversation, state.where);
  const isGroup = conversation?.kind === 'group';
  const isOnline = !isGroup && title.id !== '' && chat.presence(title.id).value?.online === true;
  const timer = conversation?.timer ?? null;
  const items = [
    { label: t('pane.search'), icon: 'search', onChoose: () => (state.query.value = '') },
    { label: t('pane.select'), icon: 'check', onChoose: () => (state.selected.value = new Set()) },
    { label: t('pane.details'), icon: 'info', onChoose: onDetails },
    {
      label: t('pane.timer'),
      icon: 'timer',
      disabled: conversation === null,
      onChoose: () => (state.over.value = { kind: 'timer' }),
    },
    { label: t('pane.keys'), icon: 'at', onChoose: () => (state.over.value = { kind: 'keys' }) },
  ] as const;
  return (
    <header class={styles.header}>
      <span class={styles.back}>
        <IconButton icon="back" label={t('shell.back')} onClick={onBack} />
      </span>
      <button type="button" class={styles.title} onClick={onDetails} aria-description={t('pane.details')}>
        <Avatar id={title.id} name={title.name} photo={title.photo} size={42} online={isOnline} />
        <span class={styles.names}>
          <span class={styles.name} dir="auto">
            <bdi>{title.name}</bdi>
            {timer !== null && (
              <span class={styles.timed} title={t('pane.timerOn', { time: duration(timer) })}>
                <Icon name="timer" size={14} />
              </span>
            )}
          </span>
          <Subtitle state={state} />
        </span>
      </button>
      <IconButton icon="search" label={t('pane.search')} onClick={() => (state.query.value = '')} />
      <div ref={more}>
        <IconButton
          icon="more"
          label={t('pane.menu')}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </div>
      {open && <Menu label={t('pane.menu')} groups={[items]} at={more} onClose={() => setOpen(false)} />}
    </header>
  );
}

/** Who is typing; else who is there, or was; else how many there are. */
function Subtitle({ state }: { state: PaneState }) {
  const { chat, conversation } = state;
  const typing = conversation === null ? [] : chat.typing(conversation.id).value;
  if (typing.length > 0)
    return (
      <span class={`${styles.subtitle} ${styles.typing}`} role="status">
        {typingText(state, typing)}
      </span>
    );
  const isGroup = conversation?.kind === 'group';
  return (
    <span class={styles.subtitle} dir="auto">
      {isGroup ? <Members state={state} /> : presenceText(state)}
    </span>
  );
}

function typingText({ chat, isGroup }: PaneState, users: readonly string[]): string {
  if (!isGroup.value) return t('pane.typing');
  if (users.length === 1) return t('pane.typingOne', { name: nameOf(chat, users[0]!) });
  if (users.length > 2) return t('pane.typingMany', { count: users.length });
  return t('pane.typingTwo', { name: nameOf(chat, users[0]!), other: nameOf(chat, users[1]!) });
}

function presenceText({ chat, conversation, where }: PaneState): string {
  const peer = conversation?.peer ?? ('user' in where ? where.user : null);
  if (peer === null) return '';
  if (chat.person(peer).value?.kind === 'bot') return t('pane.bot');
  const presence = chat.presence(peer).value;
  if (presence === null) return '';
  if (presence.online) return t('pane.online');
  const seen = presence.last_seen;
  if (seen === undefined) return '';
  return t('pane.lastSeen', { time: moment(seen) });
}

/** Some of them by name, where there are few. */
function Members({ state }: { state: PaneState }) {
  const members = useMembers(state);
  if (members === null) return <>{t('pane.group')}</>;
  if (members.length > 5 || members.length < 2) return <>{t('pane.members', { count: members.length })}</>;
  const names = members.filter((user) => user !== state.me).map((user) => nameOf(state.chat, user));
  if (members.includes(state.me)) names.push(t('message.you'));
  return <bdi>{list(names)}</bdi>;
}
