import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { clockTime } from '../clock-time.ts';
import type { Recording } from './recorder.ts';
import styles from './voice.module.css';

/** Speech is far from as loud as can be. */
const GAIN = 3;

/** In place of the line where one writes: how long, how loud, and what becomes of it. */
export function RecordingBar(props: {
  recording: Recording;
  held: boolean;
  onSend(): void;
  onDiscard(): void;
}) {
  const { recording, held, onSend, onDiscard } = props;
  const bar = useRef<HTMLDivElement>(null);
  const time = clockTime(recording.time.value);
  useEffect(() => {
    // A finger that holds keeps what it holds.
    if (!held) bar.current?.querySelector<HTMLElement>('[data-send]')?.focus();
  }, [held]);
  return (
    <div
      ref={bar}
      class={held ? `${styles.bar} ${styles.held}` : styles.bar}
      role="group"
      aria-label={t('media.recording')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onDiscard();
      }}
    >
      <IconButton icon="trash" label={t('media.recordCancel')} onClick={onDiscard} />
      <span class={styles.dot} aria-hidden="true" />
      <span class={styles.time} role="timer" aria-label={t('media.recorded', { time })}>
        {time}
      </span>
      <span class={styles.meter} aria-hidden="true">
        <span style={{ inlineSize: `${Math.min(1, recording.level.value * GAIN) * 100}%` }} />
      </span>
      {held && <span class={styles.hint}>{t('media.holdHint')}</span>}
      <IconButton icon="send" kind="primary" label={t('media.recordSend')} data-send onClick={onSend} />
    </div>
  );
}
