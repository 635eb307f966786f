import { memo } from 'preact/compat';
import { dayName } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { Bubble } from '../message/bubble.tsx';
import { messageLabel } from '../message/label.ts';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import styles from './list.module.css';
import { noticeText } from './notice-text.ts';
import type { Row } from './rows.ts';

interface Props {
  row: Row;
  state: PaneState;
  /** The one that Tab goes to. */
  isStop: boolean;
}

/** One entry, with the day and the mark of what is unread where they begin with it. */
export const RowView = memo(function RowView({ row, state, isStop }: Props) {
  const { entry, day, unread, first } = row;
  const name = (user: string) => nameOf(state.chat, user);
  const isMessage = entry.type === 'message';
  const label = isMessage ? messageLabel(entry, state.me, name) : noticeText(entry, state.me, name);
  return (
    <div class={first ? `${styles.row} ${styles.apart}` : styles.row}>
      {day !== null && (
        <div class={styles.day}>
          <span>{dayName(dateOf(day))}</span>
        </div>
      )}
      {unread !== null && (
        <div class={styles.unread}>
          <span>{t('messages.unread', { count: unread })}</span>
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys of all of them, see use-keys.ts */}
      <article
        class={styles.entry}
        data-key={entry.key}
        data-seq={entry.seq}
        tabIndex={isStop ? 0 : -1}
        aria-label={label}
        onFocus={(event) => {
          if (event.target === event.currentTarget) state.current.value = entry.key;
        }}
        onClick={() => {
          if (isMessage && state.selected.peek() !== null) state.toggleSelected(entry.key);
        }}
      >
        {isMessage ? (
          <Bubble message={entry} state={state} first={row.first} last={row.last} />
        ) : (
          <p class={styles.notice}>
            <bdi>{label}</bdi>
          </p>
        )}
      </article>
    </div>
  );
});

/** A day of this device’s zone. */
export function dateOf(day: string): number {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year!, month! - 1, date).getTime();
}
