import styles from './spinner.module.css';

/** `label`: read out; without one it stands beside text that says enough. */
export function Spinner({ size = 24, label }: { size?: number; label?: string }) {
  return (
    <span class={styles.spinner} role={label === undefined ? undefined : 'status'}>
      <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" />
      </svg>
      {label !== undefined && <span class="heard">{label}</span>}
    </span>
  );
}
