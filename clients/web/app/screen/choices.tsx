import { useId } from 'preact/hooks';
import styles from './screen.module.css';

export interface ChoicesProps<V> {
  /** Heard; and seen, unless it stands above already. */
  label: string;
  hideLabel?: boolean;
  options: readonly { value: V; label: string; detail?: string }[];
  value: V | undefined;
  disabled?: boolean;
  onChoose(value: V): void;
}

/** One of a few, all of them seen. */
export function Choices<V>(props: ChoicesProps<V>) {
  const { label, hideLabel = false, options, value, disabled = false, onChoose } = props;
  const name = useId();
  return (
    <fieldset class={styles.choices} disabled={disabled}>
      <legend class={hideLabel ? 'heard' : styles.legend}>{label}</legend>
      {options.map((option) => (
        <label key={option.label} class={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span class={styles.rowWords}>
            <span>{option.label}</span>
            {option.detail !== undefined && <span class={styles.detail}>{option.detail}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
