import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import styles from './tooltip.module.css';

/** More about what is in it, when one points at it or has it in focus. Give the id that it hands out to `aria-describedby`. */
export function Tooltip(props: { text: string; children: (describedBy: string) => ComponentChildren }) {
  const id = useId();
  return (
    <span class={styles.about}>
      {props.children(id)}
      <span id={id} role="tooltip" class={styles.tip}>
        {props.text}
      </span>
    </span>
  );
}
