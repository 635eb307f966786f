import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';
import { copy } from './actions.ts';
import { mayCopy, mayDelete, mayForward } from './may.ts';

/** In place of the composer while messages are being selected. */
export function SelectionBar({ state }: { state: PaneState }) {
  const messages = state.selection;
  const some = messages.length > 0;
  const done = () => (state.selected.value = null);
  return (
    <div class={styles.selection} role="toolbar" aria-label={t('pane.select')}>
      <IconButton icon="close" label={t('select.stop')} onClick={done} />
      <span class={styles.count} role="status">
        {t('select.count', { count: messages.length })}
      </span>
      <IconButton
        icon="copy"
        label={t('act.copy')}
        disabled={!some || !messages.some(mayCopy)}
        onClick={() => {
          copy(messages);
          done();
        }}
      />
      <IconButton
        icon="forwardTo"
        label={t('act.forward')}
        disabled={!some || !messages.every(mayForward)}
        onClick={() => (state.over.value = { kind: 'forward', messages })}
      />
      <IconButton
        icon="trash"
        label={t('act.delete')}
        disabled={!some || !messages.every(mayDelete)}
        onClick={() => (state.over.value = { kind: 'delete', messages })}
      />
    </div>
  );
}
