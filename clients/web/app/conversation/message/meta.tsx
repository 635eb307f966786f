import type { Message } from '../../../../sdk/index.ts';
import { fullTime, timeOfDay } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import styles from './message.module.css';
import { Ticks } from './ticks.tsx';

/** At the end of a message: that it was edited, that it disappears, when it was sent, how far it has come. */
export function Meta({ message }: { message: Message }) {
  const { edited, expires, time, state } = message;
  return (
    <span class={styles.end}>
      <bdi class={styles.meta}>
        {expires !== null && (
          <span class={styles.timer} title={t('message.disappears', { time: fullTime(expires) })}>
            <Icon name="timer" size={13} />
          </span>
        )}
        {edited !== null && (
          <span title={t('message.editedAt', { time: fullTime(edited.at) })}>{t('message.edited')}</span>
        )}
        {time !== null && (
          <time dateTime={new Date(time).toISOString()} title={fullTime(time)}>
            {timeOfDay(time)}
          </time>
        )}
        {state !== null && <Ticks state={state} />}
      </bdi>
    </span>
  );
}
