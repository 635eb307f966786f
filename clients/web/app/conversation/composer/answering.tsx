import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { plainText } from '../message/label.ts';
import { nameOf } from '../names.ts';
import type { Answering, PaneState } from '../state.ts';
import styles from './composer.module.css';

/** Over the text: what it replies to, or replaces. */
export function AnsweringBar({ state, answering }: { state: PaneState; answering: Answering }) {
  const { kind, message } = answering;
  const name = message.sender === state.me ? t('message.you') : nameOf(state.chat, message.sender);
  return (
    <div class={styles.answering}>
      <Icon name={kind === 'reply' ? 'reply' : 'edit'} size={20} />
      <button
        type="button"
        class={styles.about}
        onClick={() => message.seq !== null && void state.goTo(message.seq).catch(() => {})}
      >
        <strong>{kind === 'reply' ? t('composer.replyTo', { name }) : t('composer.editing')}</strong>
        <span dir="auto">{plainText(message, state.me).slice(0, 200)}</span>
      </button>
      <IconButton
        icon="close"
        size={18}
        label={t(kind === 'reply' ? 'composer.stopReply' : 'composer.stopEdit')}
        onClick={() => state.answer(null)}
      />
    </div>
  );
}
