import { useMemo } from 'preact/hooks';
import { t } from '../../i18n/t.ts';
import { Button, toast } from '../../ui/index.ts';
import { copied } from '../screen/index.ts';
import { wordsFor } from '../words-for.ts';
import styles from './invite.module.css';
import { qrPath } from './qr.ts';

/** A link, as a code that a phone reads, and as text that one copies or hands on. `about`: what the link is. */
export function LinkCard({ link, about }: { link: string; about: string }) {
  const { size, path } = useMemo(() => qrPath(link), [link]);
  // A sheet of the system, where there is one.
  const shares = typeof navigator.share === 'function' && (navigator.canShare?.({ url: link }) ?? false);
  const share = () =>
    navigator.share({ title: t('shell.name'), url: link }).catch((error: unknown) => {
      if ((error as Error).name !== 'AbortError') toast(wordsFor(error), { kind: 'error' });
    });
  return (
    <div class={styles.linkCard}>
      <svg class={styles.code} viewBox={`-4 -4 ${size + 8} ${size + 8}`} role="img" aria-label={about}>
        <path d={path} />
      </svg>
      <a class={styles.link} href={link} target="_blank" rel="noreferrer" dir="ltr">
        {link}
      </a>
      <div class={styles.ways}>
        <Button kind="primary" icon="copy" onClick={() => copied(link)}>
          {t('invite.copy')}
        </Button>
        {shares && (
          <Button icon="forwardTo" onClick={share}>
            {t('invite.share')}
          </Button>
        )}
      </div>
    </div>
  );
}
