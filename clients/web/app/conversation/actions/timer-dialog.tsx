import { useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { duration, TIMERS } from '../durations.ts';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';
import { failed } from './actions.ts';

/** When the messages of a conversation disappear. */
export function TimerDialog({ state, onClose }: { state: PaneState; onClose(): void }) {
  const { conversation } = state;
  const [seconds, setSeconds] = useState<number | null>(conversation?.timer ?? null);
  const denied =
    conversation?.kind === 'group' && conversation.role !== 'owner' && conversation.role !== 'admin';
  const set = () => {
    if (conversation !== null && seconds !== conversation.timer)
      state.chat.change('conversation.timer', { conversation: conversation.id, seconds }).catch(failed);
    onClose();
  };
  const offered = [null, ...TIMERS];
  if (conversation?.timer != null && !TIMERS.some((time) => time === conversation.timer))
    offered.push(conversation.timer as (typeof TIMERS)[number]);
  return (
    <Dialog
      title={t('timer.title')}
      onClose={onClose}
      actions={
        !denied && (
          <Button kind="primary" onClick={set}>
            {t('timer.set')}
          </Button>
        )
      }
    >
      <p class={styles.text}>{t(denied ? 'timer.denied' : 'timer.text')}</p>
      <fieldset class={styles.times} disabled={denied}>
        <legend class="heard">{t('timer.title')}</legend>
        {offered.map((time) => (
          <label key={time ?? 0}>
            <input type="radio" name="timer" checked={seconds === time} onChange={() => setSeconds(time)} />
            {time === null ? t('timer.off') : duration(time)}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
