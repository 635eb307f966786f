import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import styles from './emoji.module.css';

const EDGE = 8;

interface Props {
  label: string;
  /** Pixels of the page: below it, or above where there is no room. */
  at: { x: number; y: number };
  onClose(): void;
  children: ComponentChildren;
}

/** A small window by what it belongs to. Escape and a press beside it close it; focus returns to where it was. */
export function Popover({ label, at, onClose, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = box.current!;
    const place = () => {
      const { offsetWidth: width, offsetHeight: height } = element;
      const rtl = getComputedStyle(element).direction === 'rtl';
      const left = rtl ? at.x - width : at.x;
      const top = at.y + 4 + height > innerHeight - EDGE ? at.y - height - 40 : at.y + 4;
      element.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
      element.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
    };
    place();
    const sizes = new ResizeObserver(place);
    sizes.observe(element);
    const before = document.activeElement;
    if (!element.contains(before)) (element.querySelector<HTMLElement>('button, input') ?? element).focus();
    return () => {
      sizes.disconnect();
      if (
        before instanceof HTMLElement &&
        before.isConnected &&
        (element.contains(document.activeElement) || document.activeElement === document.body)
      )
        before.focus({ preventScroll: true });
    };
  }, []);

  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) close.current();
    };
    // The press that opened it is not one beside it.
    const timer = setTimeout(() => addEventListener('pointerdown', away));
    return () => {
      clearTimeout(timer);
      removeEventListener('pointerdown', away);
    };
  }, []);

  return (
    <div
      ref={box}
      class={styles.popover}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </div>
  );
}
