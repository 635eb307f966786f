import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/t.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';

/** Somebody in a list, and something about them. */
export function PersonLine(props: { user: string; state: PaneState; children?: ComponentChildren }) {
  const { user, state, children } = props;
  const name = nameOf(state.chat, user);
  return (
    <li class={styles.person}>
      <Avatar id={user} name={name} photo={state.chat.person(user).value?.photo ?? null} size={36} />
      <span class={styles.who}>
        <bdi>{user === state.me ? t('message.you') : name}</bdi>
      </span>
      {children}
    </li>
  );
}
