import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';
import styles from './menu.module.css';

export interface MenuItem {
  label: string;
  icon?: IconName;
  danger?: boolean;
  /** One of several: has a mark where it is the one. */
  checked?: boolean;
  disabled?: boolean;
  onChoose(): void;
}

export interface MenuProps {
  label: string;
  /** Items, in groups between which there is a line. */
  groups: readonly (readonly MenuItem[])[];
  /** What it belongs to: an element, or the place where one pressed, in pixels of the page. */
  at: RefObject<HTMLElement | null> | { x: number; y: number };
  onClose(): void;
  /** Buttons of another kind above the items. */
  head?: ComponentChildren;
}

const EDGE = 8;

/** Over the page, by what it belongs to. Arrows, Home, End and first letters go through it; Escape and Tab leave it. */
export function Menu({ label, groups, at, onClose, head }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const all = () => [...menu.current!.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];

  useLayoutEffect(() => {
    const element = menu.current!;
    const { innerWidth, innerHeight } = window;
    const { offsetWidth: width, offsetHeight: height } = element;
    const box = 'current' in at ? at.current!.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
    const rtl = getComputedStyle(element).direction === 'rtl';
    const left = rtl ? box.left : box.right - width;
    const beside = 'current' in at ? left : rtl ? at.x - width : at.x;
    const below = box.bottom + 4;
    element.style.left = `${Math.max(EDGE, Math.min(beside, innerWidth - width - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, below + height > innerHeight - EDGE ? box.top - height - 4 : below)}px`;
    const before = document.activeElement;
    all()[0]?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (menu.current?.contains(event.target as Node)) return;
      onClose();
      // A finger beside it closes it, and presses nothing there.
      if (event.pointerType !== 'mouse') passOverClick();
    };
    // The press that opened it is not one beside it.
    const timer = setTimeout(() => addEventListener('pointerdown', away));
    addEventListener('resize', onClose);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointerdown', away);
      removeEventListener('resize', onClose);
    };
  }, [onClose]);

  function press(event: KeyboardEvent): void {
    const items = all();
    const here = items.indexOf(document.activeElement as HTMLButtonElement);
    const go = (to: number) => {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    };
    if (event.key === 'ArrowDown') go(here + 1);
    else if (event.key === 'ArrowUp') go(here <= 0 ? -1 : here - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(-1);
    else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    } else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLocaleLowerCase();
      const next = [...items.slice(here + 1), ...items].find((item) =>
        item.textContent?.trim().toLocaleLowerCase().startsWith(letter),
      );
      next?.focus();
    }
  }

  return (
    <div ref={menu} class={styles.menu} role="menu" aria-label={label} tabIndex={-1} onKeyDown={press}>
      {head}
      {groups.map((items, group) => (
        <div key={group} role="group" class={styles.group}>
          {items.map(({ label: name, icon, danger, checked, disabled, onChoose }) => (
            <button
              key={name}
              type="button"
              tabIndex={-1}
              disabled={disabled}
              role={checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={checked}
              class={danger ? `${styles.item} ${styles.danger}` : styles.item}
              onClick={() => {
                onClose();
                onChoose();
              }}
            >
              {icon !== undefined && <Icon name={icon} size={20} />}
              <span class={styles.name}>{name}</span>
              {checked && <Icon name="check" size={18} />}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The click of the press that has just begun is nobody's; one of the next press is. */
function passOverClick(): void {
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  const end = () => {
    removeEventListener('click', stop, true);
    removeEventListener('pointerdown', end, true);
  };
  addEventListener('click', stop, true);
  addEventListener('pointerdown', end, true);
}
