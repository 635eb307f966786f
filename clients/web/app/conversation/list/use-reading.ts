import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import type { PaneState } from '../state.ts';
import type { Row } from './rows.ts';

/** One says no more often than this that one has read, milliseconds. */
const SAY_EVERY_MS = 300;

/** Says what has been read: what was on a screen that somebody looks at. Returns what is to be called when that may be more. */
export function useReading(
  state: PaneState,
  list: RefObject<VirtualizerHandle | null>,
  rows: readonly Row[],
): () => void {
  const now = useRef(rows);
  now.current = rows;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const say = () => {
    timer.current = null;
    const handle = list.current;
    const conversation = state.view.conversation.peek();
    if (handle === null || conversation === null || !isLookedAt()) return;
    const at = handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 1);
    for (let index = Math.min(at, now.current.length - 1); index >= 0; index--) {
      const seq = now.current[index]!.entry.seq;
      if (seq === null) continue;
      // With the newest message also what came after it and is not shown.
      const isLast = now.current.slice(index + 1).every(({ entry }) => entry.seq === null);
      const upTo = isLast && state.view.atEnd.peek() ? Math.max(seq, conversation.head) : seq;
      if (upTo > conversation.read) state.chat.markRead(conversation.id, upTo).catch(() => {});
      return;
    }
  };
  const later = useRef(() => {
    timer.current ??= setTimeout(() => latest.current(), SAY_EVERY_MS);
  });
  const latest = useRef(say);
  latest.current = say;
  useEffect(() => later.current(), [rows]);
  useEffect(() => {
    const look = () => later.current();
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
      if (timer.current !== null) clearTimeout(timer.current);
    };
  }, []);
  return later.current;
}

const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus();
