import { t } from '../i18n/t.ts';
import { Button, IconButton } from './button.tsx';
import styles from './toasts.module.css';
import { dismiss, toasts } from './toasts.ts';

/** Once, at the end of the page. */
export function Toasts() {
  return (
    <div class={styles.toasts} role="status" aria-live="polite">
      {toasts.value.map(({ id, text, kind, action }) => (
        <div key={id} class={`${styles.toast} ${styles[kind]}`}>
          <span class={styles.text}>{text}</span>
          {action !== null && (
            <Button
              kind="plain"
              onClick={() => {
                dismiss(id);
                action.onChoose();
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton icon="close" size={18} label={t('shell.dismiss')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
