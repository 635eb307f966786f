import { fullTime } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** The last second of the year 9999: until one says otherwise. Milliseconds since the Unix epoch. */
export const ALWAYS = 253_402_300_799_000;
/** Later than this from now is for good, whoever has set it. */
const LONG_MS = 10 * 365 * 24 * HOUR_MS;

/** For how long one may mute; null: until one says otherwise. Milliseconds. */
export const muteTimes = [HOUR_MS, 8 * HOUR_MS, WEEK_MS, null] as const;

export const mutedUntil = (time: number | null, now = Date.now()): number =>
  time === null ? ALWAYS : now + time;

/** How it stands, in words. */
export function muteText(until: number | null, now = Date.now()): string {
  if (until === null || until <= now) return t('details.notMuted');
  return until - now > LONG_MS
    ? t('details.mutedAlways')
    : t('details.mutedUntil', { time: fullTime(until) });
}
