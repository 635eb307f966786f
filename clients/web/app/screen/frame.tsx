import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/t.ts';
import { IconButton } from '../../ui/index.ts';
import { back, type Place, pathOf, place } from '../router.ts';
import styles from './screen.module.css';

/** The path that was shown last: one who comes back finds the row that led there. */
let before = '';

/** A screen beside the list: a head with a way back, and a column that is read. Whoever opens it is at its title. */
export function ScreenFrame(props: {
  title: string;
  /** Where one goes back to who has not come from there. */
  parent?: Place;
  /** At the end of the head. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { title, parent = { at: 'list' }, actions, children } = props;
  const heading = useId();
  const head = useRef<HTMLHeadingElement>(null);
  const screen = useRef<HTMLElement>(null);
  const leave = () => back(parent);

  useLayoutEffect(() => {
    const led = screen.current!.querySelector<HTMLElement>(`a[href="${CSS.escape(before)}"]`);
    (before !== '' && led !== null ? led : head.current!).focus();
    const shown = pathOf(place.peek());
    return () => {
      before = shown;
    };
  }, []);

  return (
    <section
      ref={screen}
      class={styles.screen}
      aria-labelledby={heading}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        if (document.querySelector('dialog[open]') !== null) return;
        event.preventDefault();
        leave();
      }}
    >
      <header class={styles.head}>
        <IconButton icon="back" label={t('shell.back')} onClick={leave} />
        <h1 ref={head} id={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </header>
      <div class={styles.body}>
        <div class={styles.column}>{children}</div>
      </div>
    </section>
  );
}
