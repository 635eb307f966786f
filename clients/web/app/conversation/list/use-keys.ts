import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import type { Message } from '../../../../sdk/index.ts';
import { copy } from '../actions/actions.ts';
import { mayCopy, mayDelete, mayEdit, mayForward, mayReact, mayReply } from '../actions/may.ts';
import type { PaneState } from '../state.ts';
import type { Row } from './rows.ts';

/** How many messages a page of keys is. */
const PAGE = 8;

/**
 * The list by keyboard: arrows move through it, letters act on the message that has the focus. Letters by where they are on the keyboard,
 * as they are the same in every script.
 */
export function useKeys(
  state: PaneState,
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  rows: readonly Row[],
): { press: (event: KeyboardEvent) => void; kept: number | null } {
  const key = state.current.value;
  const at = key === null ? -1 : rows.findIndex((row) => row.key === key);
  const wanted = useRef(false);

  useLayoutEffect(() => {
    // Another key may have gone on meanwhile.
    if (!wanted.current || at === -1 || state.current.peek() !== key) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key!)}"]`);
    if (element == null) return;
    wanted.current = false;
    element.focus({ preventScroll: true });
    list.current?.scrollToIndex(at, { align: 'nearest' });
  });

  function move(to: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (row === undefined) return;
    wanted.current = true;
    if (state.current.peek() === row.key) list.current?.scrollToIndex(to, { align: 'nearest' });
    state.current.value = row.key;
  }

  function press(event: KeyboardEvent): void {
    const focused = (event.target as Element).closest<HTMLElement>('[data-key]');
    if (focused !== event.target || event.ctrlKey || event.metaKey || event.altKey) return;
    // The focus may still be on its way there.
    const here = rows.findIndex((row) => row.key === (state.current.peek() ?? focused?.dataset.key));
    const moves: Record<string, number> = {
      ArrowUp: here - 1,
      ArrowDown: here + 1,
      PageUp: here - PAGE,
      PageDown: here + PAGE,
      Home: 0,
      End: rows.length - 1,
    };
    const entry = rows[here]?.entry;
    const to = moves[event.key];
    if (to !== undefined) move(to);
    else if (entry?.type !== 'message' || !act(state, entry, focused!, event)) return;
    event.preventDefault();
  }
  return { press, kept: at === -1 ? null : at };
}

/** False: the key means nothing here. */
function act(state: PaneState, message: Message, element: HTMLElement, event: KeyboardEvent): boolean {
  const { left, bottom } = element.querySelector('[data-bubble]')?.getBoundingClientRect() ?? new DOMRect();
  const at = { x: left, y: bottom };
  const over = (kind: 'menu' | 'emoji') => (state.over.value = { kind, message, at });
  if (state.selected.peek() !== null && (event.key === ' ' || event.key === 'Enter')) {
    state.toggleSelected(message.key);
    return true;
  }
  switch (event.code) {
    case 'Enter':
    case 'NumpadEnter':
    case 'ContextMenu':
      over('menu');
      return true;
    case 'KeyR':
      return state.canWrite && mayReply(message) && does(() => state.answer({ kind: 'reply', message }));
    case 'KeyE':
      return (
        state.canWrite && mayEdit(message, state.me) && does(() => state.answer({ kind: 'edit', message }))
      );
    case 'KeyT':
      return state.canWrite && mayReact(message) && does(() => over('emoji'));
    case 'KeyF':
      return mayForward(message) && does(() => (state.over.value = { kind: 'forward', messages: [message] }));
    case 'KeyC':
      return mayCopy(message) && does(() => copy([message]));
    case 'KeyI':
      return does(() => (state.over.value = { kind: 'info', message }));
    case 'KeyX':
      return message.seq !== null && does(() => state.toggleSelected(message.key));
    case 'Delete':
    case 'Backspace':
      return mayDelete(message) && does(() => (state.over.value = { kind: 'delete', messages: [message] }));
    default:
      return false;
  }
}

function does(what: () => void): true {
  what();
  return true;
}
