import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { mayReact, mayReply } from '../actions/may.ts';
import type { PaneState } from '../state.ts';
import styles from './message.module.css';

/** Beside a message that one points at. What it offers is in the menu too, so keys do not stop at it. */
export function Toolbar({ message, state }: { message: Message; state: PaneState }) {
  const open = (kind: 'emoji' | 'menu') => (event: MouseEvent) => {
    event.stopPropagation();
    const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    state.over.value = { kind, message, at: { x: left, y: bottom } };
  };
  return (
    <div class={styles.toolbar}>
      {mayReact(message) && state.canWrite && (
        <IconButton tabIndex={-1} icon="smile" size={18} label={t('act.react')} onClick={open('emoji')} />
      )}
      {mayReply(message) && state.canWrite && (
        <IconButton
          tabIndex={-1}
          icon="reply"
          size={18}
          label={t('act.reply')}
          onClick={() => state.answer({ kind: 'reply', message })}
        />
      )}
      <IconButton tabIndex={-1} icon="more" size={18} label={t('message.actions')} onClick={open('menu')} />
    </div>
  );
}
