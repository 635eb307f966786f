import type { ComponentChildren } from 'preact';
import styles from './empty-state.module.css';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

/** In place of what is not there: why, and what to do about it. */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  text?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={styles.empty}>
      <span class={styles.icon}>
        <Icon name={props.icon} size={34} />
      </span>
      <p class={styles.title}>{props.title}</p>
      {props.text !== undefined && <p class={styles.text}>{props.text}</p>}
      {props.children}
    </div>
  );
}
