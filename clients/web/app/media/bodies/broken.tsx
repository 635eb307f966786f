import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import styles from '../media.module.css';

/** In place of what could not be fetched. */
export function Broken({ why, onAgain }: { why: 'gone' | 'damaged'; onAgain(): void }) {
  return (
    <div class={styles.broken}>
      <Icon name="warning" size={20} />
      <span>{t(why === 'damaged' ? 'media.damaged' : 'media.gone')}</span>
      <button
        type="button"
        onClick={(event) => {
          event.stopPropagation();
          onAgain();
        }}
      >
        {t('media.again')}
      </button>
    </div>
  );
}
