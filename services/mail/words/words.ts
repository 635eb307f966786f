import { ar } from './ar.ts';
import { type Counted, en, type Words } from './en.ts';

export type { Counted, Words } from './en.ts';

export const languages = { en, ar } as const satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export function isLanguage(name: string): name is Language {
  return Object.hasOwn(languages, name);
}

/** Which way it is written. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/** A value keeps its own direction, whatever is around it (UAX #9, isolates). */
const ISOLATE = '\u2068';
const END_ISOLATE = '\u2069';

/** The text with `{name}` replaced by its value. A name without a value stays: a test would see it. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? String(value) : `${ISOLATE}${value}${END_ISOLATE}`;
  });
}

/** The form for a number, with `{count}`. */
export function counted(language: Language, forms: Counted, count: number): string {
  const form = new Intl.PluralRules(language).select(count);
  const number = new Intl.NumberFormat(language).format(count);
  return (forms[form] ?? forms.other).replaceAll('{count}', number);
}

/** A moment, for people, with the time zone it is told in. */
export function moment(language: Language, time: number, zone: string): string {
  return new Intl.DateTimeFormat(language, {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ timeZone: zone, timeZoneName: 'short' },
  }).format(time);
}

/** What a browser asks for among what there is (RFC 9110 §12.5.4), in its order. */
export function spokenBy(acceptLanguage: string | undefined, fallback: Language): Language {
  for (const part of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const name = part.trim().slice(0, 2).toLowerCase();
    if (isLanguage(name)) return name;
  }
  return fallback;
}
