import type { Messages } from './en.ts';
import { isRightToLeft, spoken } from './language.ts';
import type { Message, ValuesOf } from './messages.ts';

export type Key = keyof Messages;
/** Keys whose text needs no values. */
export type PlainKey = { [K in Key]: keyof ValuesOf<Messages[K]> extends never ? K : never }[Key];
type Values<K extends Key> = keyof ValuesOf<Messages[K]> extends never ? [] : [values: ValuesOf<Messages[K]>];

/** First strong isolate … pop directional isolate (UAX 9): a name in another script does not turn the sentence around. */
const isolated = (text: string): string => `\u2068${text}\u2069`;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

const numbers = new Map<string, Intl.NumberFormat>();
const plurals = new Map<string, Intl.PluralRules>();

/** A number as it is written in the language that is spoken. */
export function number(value: number): string {
  const { language } = spoken.value;
  let format = numbers.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(language);
    numbers.set(language, format);
  }
  return format.format(value);
}

/** A message in the language that is spoken. A component that calls it while rendering is rendered again when that changes. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  return fill(spoken.value.words[key] as Message, (values ?? {}) as Record<string, string | number>);
}

function fill(message: Message, values: Record<string, string | number>): string {
  const text = typeof message === 'string' ? message : formOf(message, Number(values.count));
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    if (typeof value === 'number') return number(value);
    return isRightToLeft() || RIGHT_TO_LEFT.test(value) ? isolated(value) : value;
  });
}

function formOf(forms: Exclude<Message, string>, count: number): string {
  const { language } = spoken.value;
  let rules = plurals.get(language);
  if (rules === undefined) {
    rules = new Intl.PluralRules(language);
    plurals.set(language, rules);
  }
  return forms[rules.select(count)] ?? forms.other;
}
