import { useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { duration, TIMERS } from '../durations.ts';
import type { PaneState } from '../state.ts';
import styles from './composer.module.css';

/** When the next message is to disappear, where that is to be other than the conversation has it. */
export function TimerChoice(props: {
  state: PaneState;
  seconds: number | null;
  onChoose(seconds: number | null): void;
}) {
  const { state, seconds, onChoose } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLDivElement>(null);
  const timer = state.conversation?.timer ?? null;
  const asIs = timer === null ? t('timer.off') : `${t('composer.timerAsConversation')} (${duration(timer)})`;
  const times = TIMERS.map((time) => ({
    label: duration(time),
    checked: seconds === time,
    onChoose: () => onChoose(time),
  }));
  return (
    <div ref={button} class={styles.timerChoice}>
      <IconButton
        icon="timer"
        size={20}
        label={t('pane.timer')}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <Menu
          label={t('timer.textOwn')}
          groups={[[{ label: asIs, checked: seconds === null, onChoose: () => onChoose(null) }], times]}
          at={button}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

export function TimerChip({ seconds, onClear }: { seconds: number; onClear(): void }) {
  return (
    <div class={styles.chip}>
      <Icon name="timer" size={16} />
      <span>{t('composer.timer', { time: duration(seconds) })}</span>
      <IconButton icon="close" size={14} label={t('composer.timerAsConversation')} onClick={onClear} />
    </div>
  );
}
