import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import styles from './screen.module.css';

/** What belongs together, with a name above and a word of explanation below. */
export function Section(props: { title?: string; note?: string; children: ComponentChildren }) {
  const { title, note, children } = props;
  const id = useId();
  return (
    <section class={styles.section} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <h2 id={id} class={styles.sectionTitle}>
          {title}
        </h2>
      )}
      <div class={styles.card}>{children}</div>
      {note !== undefined && <p class={styles.note}>{note}</p>}
    </section>
  );
}
