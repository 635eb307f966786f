import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';
import styles from './text-field.module.css';

export interface TextFieldProps {
  label: string;
  value: string;
  name?: string;
  placeholder?: string;
  autoComplete?: string;
  autoFocus?: boolean;
  required?: boolean;
  disabled?: boolean;
  maxLength?: number;
  /** `ltr` for what is never written the other way, `auto` by its first letter. */
  dir?: 'ltr' | 'auto';
  /** Names, passwords, addresses: taken as they are typed, by no keyboard made better, and never written the other way. */
  verbatim?: boolean;
  type?: 'text' | 'password' | 'email' | 'tel' | 'url';
  onInput(value: string): void;
  hint?: string;
  /** What is wrong with it. */
  error?: string | null;
  /** A button at its end. */
  after?: ComponentChildren;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onInput, hint, error = null, after, verbatim = false, ...rest } = props;
  const id = useId();
  const told = error !== null || hint !== undefined;
  return (
    <div class={error === null ? styles.field : `${styles.field} ${styles.wrong}`}>
      <label for={id}>{label}</label>
      <div class={styles.box}>
        <input
          {...(verbatim ? { autoCapitalize: 'off', spellcheck: false, dir: 'ltr' } : {})}
          {...rest}
          // The types tell inputs apart by it, roles and all; these here are of one kind.
          type={rest.type as 'text'}
          id={id}
          value={value}
          aria-invalid={error !== null}
          aria-describedby={told ? `${id}-told` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {after}
      </div>
      {told && (
        <p id={`${id}-told`} class={styles.told}>
          {error !== null && <Icon name="warning" size={16} />}
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
