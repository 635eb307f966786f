import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { toast } from '../../../ui/index.ts';
import { ActionRow, Section, Sure } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { wordsFor } from '../../words-for.ts';
import { bytes } from '../bytes.ts';
import styles from '../settings.module.css';
import { SettingsPage } from '../settings-page.tsx';

interface Used {
  usage: number;
  quota: number;
}

/** What Dunlin keeps in this browser, and how to be rid of it. */
export function Storage({ chat }: { chat: Chat }) {
  const [used, setUsed] = useState<Used | null>(null);
  const [clearing, setClearing] = useState(false);
  const measure = () => {
    // Not without TLS.
    const { storage } = navigator as { storage?: StorageManager };
    storage?.estimate().then(
      ({ usage = 0, quota = 0 }) => setUsed({ usage, quota }),
      () => {}, // a browser that does not say
    );
  };
  useEffect(measure, []);
  return (
    <SettingsPage title={t('settings.storage')}>
      <Section note={t('settings.storageNote')}>
        <div class={screen.padded}>
          <p>
            {used === null
              ? t('settings.usedUnknown')
              : t('settings.used', { used: bytes(used.usage), all: bytes(used.quota) })}
          </p>
          {used !== null && used.quota > 0 && (
            <div class={styles.bar} aria-hidden="true">
              <span style={{ inlineSize: `${Math.min(100, (100 * used.usage) / used.quota)}%` }} />
            </div>
          )}
        </div>
        <ActionRow icon="trash" danger label={t('settings.clear')} onClick={() => setClearing(true)} />
      </Section>
      {clearing && (
        <Sure
          title={t('settings.clearTitle')}
          text={t('settings.clearText')}
          action={t('settings.clear')}
          onClose={() => setClearing(false)}
          onSure={async () => {
            try {
              await chat.clearDevice();
            } catch (error) {
              toast(wordsFor(error), { kind: 'error' });
              return false;
            }
            toast(t('settings.cleared'));
            measure();
            return true;
          }}
        />
      )}
    </SettingsPage>
  );
}
