import { spoken } from '../../i18n/language.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size, in the largest unit in which it is at least one: `1.2 MB`. */
export function bytes(size: number): string {
  let unit = 0;
  let value = size;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return new Intl.NumberFormat(spoken.value.language, {
    style: 'unit',
    unit: UNITS[unit]!,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}
