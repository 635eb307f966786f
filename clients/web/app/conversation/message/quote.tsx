import { useEffect, useState } from 'preact/hooks';
import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { hueOf } from '../../../ui/avatar.ts';
import { failed } from '../actions/actions.ts';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import { plainText } from './label.ts';
import styles from './message.module.css';

/** The message that another replies to, in two lines; goes to it. */
export function Quote({ seq, state }: { seq: number; state: PaneState }) {
  const message = useMessage(state, seq);
  const name =
    message === null
      ? null
      : message.sender === state.me
        ? t('message.you')
        : nameOf(state.chat, message.sender);
  return (
    <button
      type="button"
      tabIndex={-1}
      class={styles.quote}
      style={{ '--hue': hueOf(message?.sender ?? '') }}
      title={t('message.quoteOpen')}
      onClick={(event) => {
        event.stopPropagation();
        state.goTo(seq).catch(failed);
      }}
    >
      {name !== null && (
        <span class={styles.quoteName}>
          <bdi>{name}</bdi>
        </span>
      )}
      <span class={styles.quoteText} dir="auto">
        {message === null ? t('message.quoteGone') : plainText(message, state.me).slice(0, 300)}
      </span>
    </button>
  );
}

/** A message that is shown, or was when it was first asked for. */
function useMessage(state: PaneState, seq: number): Message | null {
  const here = state.view.entries.value.find((entry) => entry.seq === seq);
  const [known, setKnown] = useState<Message | null>(null);
  useEffect(() => {
    if (here?.type === 'message') setKnown(here);
  }, [here]);
  return here?.type === 'message' ? here : known;
}
