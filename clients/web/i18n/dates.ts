import { spoken } from './language.ts';
import { t } from './t.ts';

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(time: number, options: Intl.DateTimeFormatOptions): string {
  const { language } = spoken.value;
  const name = language + JSON.stringify(options);
  let known = formats.get(name);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(language, options);
    formats.set(name, known);
  }
  return known.format(time);
}

/** Whole days, in this device's time zone, from the day of `time` to that of `now`. */
export function daysBetween(time: number, now: number): number {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  // Days of 23 and 25 hours round to one.
  return Math.round((midnight(now) - midnight(time)) / DAY_MS);
}

/** 14:05, or 2:05 PM, as one's language has it. */
export const timeOfDay = (time: number): string => format(time, { hour: 'numeric', minute: '2-digit' });

/** Today, Yesterday, Monday, 3 March, 3 March 2025. */
export function dayName(time: number, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days === 0) return t('shell.today');
  if (days === 1) return t('shell.yesterday');
  if (days > 1 && days < 7) return format(time, { weekday: 'long' });
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(time, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** For a list: the time of today, Yesterday, the weekday, or the date in few letters. */
export function shortTime(time: number, now = Date.now()): string {
  const days = daysBetween(time, now);
  if (days <= 0) return timeOfDay(time);
  if (days === 1) return t('shell.yesterday');
  if (days < 7) return format(time, { weekday: 'short' });
  return format(time, { day: 'numeric', month: 'numeric', year: '2-digit' });
}

/** Date and time, in full. */
export const fullTime = (time: number): string => format(time, { dateStyle: 'long', timeStyle: 'short' });

/** `a, b and c`. */
export function list(parts: readonly string[]): string {
  return new Intl.ListFormat(spoken.value.language, { type: 'conjunction' }).format(parts);
}
