import styles from './icon.module.css';
import { type IconName, icons, turning } from './icons.ts';

/** An icon says nothing to a screen reader: the button or the text beside it does. */
export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={turning.has(name) ? `${styles.icon} ${styles.turning}` : styles.icon}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={icons[name]} />
    </svg>
  );
}
