import { useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { Switch } from '../../../ui/index.ts';
import { choices, choose } from '../../choices.ts';
import { Section } from '../../screen/index.ts';
import screen from '../../screen/screen.module.css';
import { ring } from './ring.ts';

/** Not in every browser, and not without TLS. */
const notifications = (): typeof Notification | undefined =>
  (globalThis as { Notification?: typeof Notification }).Notification;

/** What this device does while the app is open. The browser is asked when somebody says so, never before. */
export function HereSection() {
  const { notify, sound } = choices.value;
  const [permission, setPermission] = useState<NotificationPermission | 'unsupported'>(
    notifications()?.permission ?? 'unsupported',
  );
  const allowed = permission === 'granted';

  async function turn(on: boolean): Promise<void> {
    if (!on) return choose({ notify: false });
    const given = await notifications()!.requestPermission();
    setPermission(given);
    choose({ notify: given === 'granted' });
  }

  const hint = {
    granted: 'settings.notifyHint',
    default: 'settings.notifyHint',
    denied: 'settings.notifyDenied',
    unsupported: 'settings.notifyNone',
  } as const;
  return (
    <Section title={t('settings.onThisDevice')}>
      <div class={screen.padded}>
        <Switch
          label={t('settings.notify')}
          hint={t(hint[permission])}
          checked={notify && allowed}
          disabled={permission === 'denied' || permission === 'unsupported'}
          onChange={(on) => void turn(on)}
        />
        <Switch
          label={t('settings.sound')}
          hint={t('settings.soundHint')}
          checked={sound}
          onChange={(on) => {
            choose({ sound: on });
            if (on) ring();
          }}
        />
      </div>
    </Section>
  );
}
