import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import styles from './fixed-rows.module.css';
import { scrollTo, windowOf } from './window-of.ts';

/** Pixels. Also in row.module.css. */
export const ROW_HEIGHT = 72;

export interface FixedRowsProps<T> {
  label: string;
  items: readonly T[];
  keyOf(item: T): string;
  /** `tabIndex` goes to the row's one link: the list is one stop, and arrows go through it. */
  row(item: T, tabIndex: 0 | -1): ComponentChildren;
  /** The one that is open, which is where one comes in. */
  current: string | null;
  /** Up from the first. */
  onLeave?(): void;
}

/** Any number of rows of one height, of which those that are seen are there. */
export function FixedRows<T>({ label, items, keyOf, row, current, onLeave }: FixedRowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [active, setActive] = useState<string | null>(null);
  const { from, to } = windowOf({ rows: items.length, rowHeight: ROW_HEIGHT, ...view });

  useLayoutEffect(() => {
    const element = scroller.current!;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const at = (key: string | null) => (key === null ? -1 : items.findIndex((item) => keyOf(item) === key));
  const entry = Math.max(0, at(active) === -1 ? at(current) : at(active));

  function go(to: number): void {
    const item = items[Math.max(0, Math.min(items.length - 1, to))];
    if (item === undefined) return;
    const key = keyOf(item);
    const element = scroller.current!;
    element.scrollTop = scrollTo(at(key), {
      rowHeight: ROW_HEIGHT,
      top: element.scrollTop,
      height: element.clientHeight,
    });
    setActive(key);
    // When it is there.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        element
          .querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] a`)
          ?.focus({ preventScroll: true }),
      ),
    );
  }

  function press(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: entry + 1,
      ArrowUp: entry - 1,
      PageDown: entry + page,
      PageUp: entry - page,
      Home: 0,
      End: items.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0 && event.key === 'ArrowUp' && onLeave !== undefined) onLeave();
    else go(to);
  }

  return (
    <div ref={scroller} class={styles.scroller} onKeyDown={press}>
      <ul class={styles.rows} aria-label={label} style={{ height: `${items.length * ROW_HEIGHT}px` }}>
        {items.slice(from, to).map((item, index) => {
          const key = keyOf(item);
          const place = from + index;
          return (
            <li
              key={key}
              data-key={key}
              class={styles.row}
              aria-setsize={items.length}
              aria-posinset={place + 1}
              style={{ transform: `translateY(${place * ROW_HEIGHT}px)` }}
              onFocusCapture={() => setActive(key)}
            >
              {row(item, place === entry ? 0 : -1)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
