import { useId, useState } from 'preact/hooks';
import type { QuietHours as Hours } from '../../../../protocol/commands.ts';
import { t } from '../../i18n/t.ts';
import { Switch } from '../../ui/index.ts';
import screen from '../screen/screen.module.css';
import styles from './settings.module.css';

const NIGHT = { from: '22:00', to: '07:00' };

/** This device's: what one means by a time of day. */
const zoneHere = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Between which times of day nothing is told. Saved when a time is left, not while one is at it. */
export function QuietHours({
  quiet,
  onChange,
}: {
  quiet: Hours | null;
  onChange(quiet: Hours | null): void;
}) {
  return (
    <div class={screen.padded}>
      <Switch
        label={t('settings.quiet')}
        hint={t('settings.quietHint')}
        checked={quiet !== null}
        onChange={(on) => onChange(on ? { ...NIGHT, zone: zoneHere() } : null)}
      />
      {quiet !== null && (
        <>
          <div class={styles.times}>
            <TimeField
              label={t('settings.quietFrom')}
              value={quiet.from}
              onChange={(from) => onChange({ ...quiet, from, zone: zoneHere() })}
            />
            <TimeField
              label={t('settings.quietTo')}
              value={quiet.to}
              onChange={(to) => onChange({ ...quiet, to, zone: zoneHere() })}
            />
          </div>
          <p class={screen.detail}>{t('settings.quietZone', { zone: quiet.zone.replaceAll('_', ' ') })}</p>
        </>
      )}
    </div>
  );
}

function TimeField(props: { label: string; value: string; onChange(value: string): void }) {
  const { label, value, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  function leave(): void {
    setTyped(null);
    if (typed !== null && /^([01]\d|2[0-3]):[0-5]\d$/.test(typed) && typed !== value) onChange(typed);
  }
  return (
    <div class={styles.time}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="time"
        required
        value={typed ?? value}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={leave}
        onKeyDown={(event) => event.key === 'Enter' && leave()}
      />
    </div>
  );
}
