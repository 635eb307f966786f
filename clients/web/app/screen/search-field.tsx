import type { Ref } from 'preact';
import { t } from '../../i18n/t.ts';
import { Icon, IconButton } from '../../ui/index.ts';
import styles from './search-field.module.css';

interface Props {
  label: string;
  /** In the field, where that is less than the label. */
  placeholder?: string;
  value: string;
  autoFocus?: boolean;
  /** On a surface, not on the ground of a screen. */
  sunken?: boolean;
  field?: Ref<HTMLInputElement>;
  /** As `aria-keyshortcuts` has them. */
  shortcuts?: string;
  onInput(value: string): void;
  onClear?(): void;
  /** Before the field does anything with a key; Escape clears what there is. */
  onKeyDown?(event: KeyboardEvent): void;
}

/** Finds among what stands below it. */
export function SearchField(props: Props) {
  const { label, value, autoFocus = false, sunken = false, onInput, onClear, onKeyDown } = props;
  return (
    <div class={sunken ? `${styles.search} ${styles.sunken}` : styles.search} role="search">
      <Icon name="search" size={19} />
      <input
        ref={props.field ?? null}
        type="search"
        value={value}
        placeholder={props.placeholder ?? label}
        aria-label={label}
        aria-keyshortcuts={props.shortcuts}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        autoFocus={autoFocus}
        maxLength={200}
        // Empty, it would run from left to right, and the placeholder with it.
        {...(value === '' ? {} : { dir: 'auto' as const })}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          onKeyDown?.(event);
          if (event.key !== 'Escape' || value === '') return;
          event.preventDefault();
          onInput('');
        }}
      />
      {value !== '' && (
        <IconButton
          icon="close"
          size={18}
          label={t('shell.clear')}
          onClick={() => {
            onInput('');
            onClear?.();
          }}
        />
      )}
    </div>
  );
}
