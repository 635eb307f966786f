import { useCallback, useRef } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { dayName } from '../../../i18n/dates.ts';
import { number, t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { failed } from '../actions/actions.ts';
import type { PaneState } from '../state.ts';
import { Arrivals } from './arrivals.tsx';
import styles from './list.module.css';
import { dateOf, RowView } from './row.tsx';
import type { Row } from './rows.ts';
import { useKeys } from './use-keys.ts';
import { useReading } from './use-reading.ts';
import { useRows } from './use-rows.ts';
import { useScrolling } from './use-scrolling.ts';
import { useSteps } from './use-steps.ts';

/** Pixels beyond what is seen that are drawn too. */
const BUFFER = 600;
/** What a row is taken to be before it has been measured, pixels. */
const GUESS = 56;

/** The messages of a conversation: as many as there are, drawn as far as they are seen. */
export function MessageList({ state }: { state: PaneState }) {
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useSteps(useRows(state));
  const { rows } = shown.step;
  const reading = useReading(state, list, rows);
  const scrolling = useScrolling(state, list, scroller, shown, reading);
  const { press, kept } = useKeys(state, list, scroller, rows);
  const stop = kept ?? rows.length - 1;
  const unread = state.conversation?.unread ?? 0;
  const draw = useCallback(
    (row: Row, at: number) => <RowView key={row.key} row={row} state={state} isStop={at === stop} />,
    [state, stop],
  );
  return (
    <div class={styles.frame}>
      <div
        ref={scroller}
        class={styles.scroller}
        role="feed"
        aria-label={t('messages.label')}
        aria-busy={scrolling.loading.value}
        data-place={scrolling.atEnd.value ? 'end' : 'back'}
        onKeyDown={press}
      >
        <Virtualizer
          key={shown.epoch}
          ref={list}
          data={rows as Row[]}
          shift={shown.step.shift}
          bufferSize={BUFFER}
          itemSize={GUESS}
          keepMounted={kept === null ? [] : [kept]}
          onScroll={scrolling.scrolled}
          onResize={scrolling.resized}
        >
          {draw as never}
        </Virtualizer>
      </div>
      {scrolling.day.value !== null && (
        <div
          class={scrolling.moving.value ? `${styles.sticky} ${styles.seen}` : styles.sticky}
          aria-hidden="true"
        >
          {dayName(dateOf(scrolling.day.value))}
        </div>
      )}
      {scrolling.loading.value && (
        <div class={styles.loading}>
          <Spinner label={t('messages.loading')} />
        </div>
      )}
      {!scrolling.atEnd.value && (
        <div class={styles.down}>
          <IconButton
            icon="down"
            label={unread > 0 ? t('messages.toNewestUnread', { count: unread }) : t('messages.toNewest')}
            onClick={() => void state.goToNewest().catch(failed)}
          />
          {unread > 0 && (
            <span class={styles.badge} aria-hidden="true">
              {unread >= 1_000 ? `${number(999)}+` : number(unread)}
            </span>
          )}
        </div>
      )}
      <Arrivals state={state} />
    </div>
  );
}
