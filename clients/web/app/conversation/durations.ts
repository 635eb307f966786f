import { daysBetween, shortTime, timeOfDay } from '../../i18n/dates.ts';
import { spoken } from '../../i18n/language.ts';

/** What is offered for disappearing messages, seconds. */
export const TIMERS = [300, 3_600, 28_800, 86_400, 604_800, 2_592_000, 7_776_000] as const;

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A time that passes, in words and the largest unit in which it is whole: `8 hours`, `7 days`. @param seconds above 0 */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
  return new Intl.NumberFormat(spoken.value.language, { style: 'unit', unit, unitDisplay: 'long' }).format(
    seconds / size,
  );
}

/** A moment in few words: the time of today, else the day too. */
export function moment(time: number, now = Date.now()): string {
  return daysBetween(time, now) <= 0 ? timeOfDay(time) : `${shortTime(time, now)}, ${timeOfDay(time)}`;
}
