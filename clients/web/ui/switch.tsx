import { useId } from 'preact/hooks';
import styles from './switch.module.css';

export interface SwitchProps {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange(checked: boolean): void;
}

export function Switch({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class={styles.row}>
      <label for={id}>
        {label}
        {hint !== undefined && (
          <span id={`${id}-hint`} class={styles.hint}>
            {hint}
          </span>
        )}
      </label>
      <input
        id={id}
        class={styles.switch}
        type="checkbox"
        role="switch"
        checked={checked}
        disabled={disabled}
        aria-checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  );
}
