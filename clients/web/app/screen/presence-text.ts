import type { PresencePayload } from '../../../sdk/index.ts';
import { daysBetween, shortTime, timeOfDay } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';

/** Whether somebody is there, or when they were; '': one may not know. */
export function presenceText(presence: PresencePayload | null, now = Date.now()): string {
  if (presence === null) return '';
  if (presence.online) return t('pane.online');
  const seen = presence.last_seen;
  if (seen === undefined) return '';
  const time = timeOfDay(seen);
  return t('pane.lastSeen', {
    time: daysBetween(seen, now) <= 0 ? time : `${shortTime(seen, now)}, ${time}`,
  });
}
