import { useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, Switch, toast } from '../../ui/index.ts';
import { Section } from '../screen/index.ts';
import screen from '../screen/screen.module.css';
import { kept } from './kept.ts';
import { permission, support, turnOff, turnOn } from './push.ts';

/** What this device does while the app is closed. The browser is asked when somebody says so, never before. */
export function ClosedSection({ chat }: { chat: Chat }) {
  /** What somebody has just pressed, until it is so. */
  const [wished, setWished] = useState<boolean | null>(null);
  const [given, setGiven] = useState(permission());
  const able = support();
  const on = kept() !== null && given === 'granted';

  async function turn(wanted: boolean): Promise<void> {
    if (wished !== null) return;
    setWished(wanted);
    try {
      if (wanted) setGiven(await turnOn(chat));
      else await turnOff(chat);
    } catch {
      toast(t('notifications.failed'), { kind: 'error' });
    }
    setWished(null);
  }

  function attempt(): void {
    chat.testPush().then(
      () => toast(t('notifications.tried')),
      () => toast(t('notifications.failed'), { kind: 'error' }),
    );
  }

  const hint =
    able === 'install'
      ? t('notifications.install')
      : able === 'none'
        ? t('notifications.none')
        : t(given === 'denied' ? 'notifications.denied' : 'notifications.closedHint');
  return (
    <Section title={t('notifications.title')}>
      <div class={screen.padded}>
        <Switch
          label={t('notifications.closed')}
          hint={hint}
          checked={wished ?? on}
          disabled={able !== 'yes' || given === 'denied'}
          onChange={(wanted) => void turn(wanted)}
        />
        {on && <Button onClick={attempt}>{t('notifications.try')}</Button>}
      </div>
    </Section>
  );
}
