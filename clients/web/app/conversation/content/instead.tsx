import type { ComponentChildren } from 'preact';
import styles from './content.module.css';

/** A sentence in place of what cannot be shown. */
export function Instead({ text, meta }: { text: string; meta: ComponentChildren }) {
  return (
    <div dir="auto" class={`${styles.text} ${styles.instead}`}>
      {text}
      {meta}
    </div>
  );
}
