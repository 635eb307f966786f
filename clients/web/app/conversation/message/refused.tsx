import { type Message, RefusedError } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import { wordsFor } from '../../words-for.ts';
import { failed } from '../actions/actions.ts';
import type { PaneState } from '../state.ts';
import styles from './message.module.css';

/** Under a message that the server did not take: why, and what can be done. */
export function Refused({ message, state }: { message: Message; state: PaneState }) {
  const { refusal, key } = message;
  const why = refusal === null ? '' : wordsFor(new RefusedError(refusal));
  return (
    <div class={styles.refusedLine} role="alert">
      <Icon name="warning" size={15} />
      <span>
        {t('message.state.refused')}. {why}
      </span>
      <button type="button" onClick={() => state.chat.retry(key).catch(failed)}>
        {t('message.retry')}
      </button>
      <button type="button" onClick={() => state.chat.discard(key).catch(failed)}>
        {t('message.discard')}
      </button>
    </div>
  );
}
