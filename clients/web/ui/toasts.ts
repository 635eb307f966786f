import { signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  kind: 'info' | 'error';
  action: { label: string; onChoose(): void } | null;
}

/** Most at a time: the oldest goes. */
const MOST = 3;
const SHOWN_MS = 6_000;
let last = 0;

export const toasts = signal<readonly Toast[]>([]);

/**
 * Says something that needs no answer. One with an action stays until it is chosen or dismissed; others go by themselves. What is said
 * already is not said twice.
 */
export function toast(
  text: string,
  { kind = 'info', action = null }: Partial<Pick<Toast, 'kind' | 'action'>> = {},
): () => void {
  const same = toasts.peek().find((other) => other.text === text);
  if (same !== undefined) return () => dismiss(same.id);
  const id = ++last;
  toasts.value = [...toasts.peek(), { id, text, kind, action }].slice(-MOST);
  if (action === null) setTimeout(() => dismiss(id), SHOWN_MS);
  return () => dismiss(id);
}

export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((other) => other.id !== id);
}
