import { useEffect, useRef, useState } from 'preact/hooks';
import type { PaneState } from '../state.ts';

/** How long one rests until what is written is kept, milliseconds. */
const KEEP_AFTER_MS = 400;

/** What is written and not sent: kept with its conversation, on this device. */
export function useDraft(state: PaneState) {
  const [text, show] = useState(() => state.view.conversation.peek()?.draft ?? '');
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const draft = useRef(text);
  const kept = useRef(text);

  const keep = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    const id = state.view.conversation.peek()?.id;
    if (id === undefined || draft.current === kept.current) return;
    kept.current = draft.current;
    state.chat.setDraft(id, draft.current).catch(() => {}); // a full browser says so elsewhere
  };
  useEffect(() => {
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
    };
  }, []);

  return {
    text,
    /** Shows something that is no draft, as what is edited. */
    show,
    write(next: string): void {
      show(next);
      draft.current = next;
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = setTimeout(keep, KEEP_AFTER_MS);
    },
    /** The draft is there again, in place of what was edited. */
    restore: () => show(draft.current),
    /** It has been sent. */
    clear(): void {
      show('');
      draft.current = '';
      keep();
    },
  };
}
