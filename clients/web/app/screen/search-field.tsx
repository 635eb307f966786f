import { t } from '../../i18n/t.ts';
import { Icon, IconButton } from '../../ui/index.ts';
import styles from './screen.module.css';

/** Finds among what stands below it. */
export function SearchField(props: {
  label: string;
  value: string;
  autoFocus?: boolean;
  onInput(value: string): void;
}) {
  const { label, value, autoFocus = false, onInput } = props;
  return (
    <div class={styles.search} role="search">
      <Icon name="search" size={19} />
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        autoFocus={autoFocus}
        maxLength={100}
        {...(value === '' ? {} : { dir: 'auto' as const })}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.preventDefault();
          onInput('');
        }}
      />
      {value !== '' && (
        <IconButton icon="close" size={18} label={t('shell.clear')} onClick={() => onInput('')} />
      )}
    </div>
  );
}
