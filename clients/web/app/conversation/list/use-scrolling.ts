import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import { failed } from '../actions/actions.ts';
import type { PaneState } from '../state.ts';
import type { Row } from './rows.ts';
import type { Shown } from './use-steps.ts';

/** So near to the end one is at it, pixels. */
const AT_END = 48;
/** So near to what is not here it is loaded, pixels. */
const NEAR = 2_000;
/** What stays free above where one begins to read, pixels. */
const ABOVE = 72;
/** How long the day is shown after one has stopped, and a message that one went to is lit, milliseconds. */
const SHOWN_MS = 1_200;
const LIT_MS = 1_400;

/** Where the list stands: it stays where one reads, follows the newest at its end, and has what is near loaded. */
export function useScrolling(
  state: PaneState,
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  { step, epoch }: Shown,
  moved: () => void,
) {
  const { view } = state;
  const loading = useSignal(false);
  const atEnd = useSignal(true);
  const moving = useSignal(false);
  const day = useSignal<string | null>(null);
  /** It is at the end, and follows what comes. */
  const follows = useRef(true);
  const last = useRef(0);
  const placed = useRef(-1);
  const busy = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shown = useRef<readonly Row[]>(step.rows);
  shown.current = step.rows;

  const toEnd = () => {
    follows.current = true;
    // At once, and again when more has been measured. (To an index it would go on going there for a while, against who scrolls away.)
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };

  /** Somebody wants to be there. */
  const goToEnd = () => {
    // The list may still be on its way to where it was opened, and would go on. One such way ends when another begins.
    list.current?.scrollToIndex(shown.current.length - 1, { align: 'end' });
    toEnd();
  };

  async function load(): Promise<void> {
    const handle = list.current;
    if (handle === null || busy.current || state.target.peek() !== null) return;
    const { scrollOffset, scrollSize, viewportSize } = handle;
    const older = !view.atStart.peek() && scrollOffset < NEAR;
    const newer = !view.atEnd.peek() && scrollSize - scrollOffset - viewportSize < NEAR;
    if (!older && !newer) return;
    busy.current = true;
    loading.value = older;
    const more = await (older ? view.older() : view.newer()).catch(() => false);
    busy.current = false;
    loading.value = false;
    // There may be room for another page; without one, the next time that one scrolls.
    if (more) requestAnimationFrame(() => void load());
  }

  function place(): void {
    const handle = list.current;
    if (handle === null) return;
    const { scrollOffset, scrollSize, viewportSize } = handle;
    const isAtEnd = scrollSize - scrollOffset - viewportSize < AT_END && view.atEnd.peek();
    // What grows under one’s eyes does not end it; going back does.
    if (isAtEnd) follows.current = true;
    else if (scrollOffset < last.current || !view.atEnd.peek()) follows.current = false;
    last.current = scrollOffset;
    atEnd.value = follows.current;
    day.value = shown.current[handle.findItemIndex(scrollOffset + 8)]?.date ?? null;
  }

  function scrolled(): void {
    place();
    moving.value = !atEnd.peek();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => (moving.value = false), SHOWN_MS);
    moved();
    void load();
  }

  function resized(): void {
    // A keyboard, a longer draft, a photo: who was at the end stays there.
    if (follows.current) toEnd();
    else place();
    void load();
  }

  const target = state.target.value;
  useLayoutEffect(() => {
    const { rows } = step;
    const handle = list.current;
    if (handle === null || rows.length === 0) return;
    const isNew = placed.current !== epoch;
    placed.current = epoch;
    if (target !== null) {
      const at = rows.findIndex(({ entry }) => entry.seq !== null && entry.seq >= target.seq);
      if (at === -1) return;
      follows.current = false;
      state.target.value = null;
      handle.scrollToIndex(at, { align: target.align, offset: target.align === 'start' ? -ABOVE : 0 });
      if (target.highlight) light(rows[at]!.key);
    } else if (isNew) {
      const first = rows.findIndex(({ unread }) => unread !== null);
      if (first === -1) toEnd();
      else {
        follows.current = false;
        handle.scrollToIndex(first, { align: 'start', offset: -ABOVE });
      }
    } else if (follows.current && view.atEnd.peek()) toEnd();
  }, [step, epoch, target]);

  function light(key: string): void {
    state.highlighted.value = key;
    setTimeout(() => {
      if (state.highlighted.peek() === key) state.highlighted.value = null;
    }, LIT_MS);
  }

  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      place();
      void load();
    });
    return () => cancelAnimationFrame(frame);
  }, [step, view.atEnd.value]);
  useEffect(
    () =>
      state.toEnd.subscribe((count) => {
        if (count > 0) requestAnimationFrame(goToEnd);
      }),
    [state],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  // A connection that comes back brings what was missing.
  useEffect(() => {
    if (state.chat.status.value === 'online') void load().catch(failed);
  }, [state.chat.status.value]);

  return { scrolled, resized, loading, atEnd, moving, day };
}
