import { useState } from 'preact/hooks';
import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Logo } from '../../../ui/index.ts';
import { KeysDialog } from '../../conversation/actions/keys-dialog.tsx';
import { ActionRow, Section } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { SettingsPage } from '../settings-page.tsx';

/** What this is, whose server it is, and what the keyboard does. */
export function About(_: { chat: Chat }) {
  const [keys, setKeys] = useState(false);
  return (
    <SettingsPage title={t('settings.about')}>
      <div class={screen.hero}>
        <Logo size={96} />
        <h2>{t('shell.name')}</h2>
        <p>{t('settings.aboutText')}</p>
      </div>
      <Section>
        <dl class={screen.facts}>
          <div>
            <dt>{t('settings.server')}</dt>
            <dd dir="ltr">{location.host}</dd>
          </div>
          <div>
            <dt>{t('settings.licence')}</dt>
            <dd>{t('settings.licenceText')}</dd>
          </div>
        </dl>
        <ActionRow icon="at" label={t('keys.title')} onClick={() => setKeys(true)} />
      </Section>
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </SettingsPage>
  );
}
