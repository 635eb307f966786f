import { effect, signal } from '@preact/signals';
import { en, type Messages } from './en.ts';
import type { Translation } from './messages.ts';

export type Language = 'en' | 'ar';

/** Each language by the name it has for itself. */
export const languages: Readonly<Record<Language, string>> = { en: 'English', ar: 'العربية' };
const rightToLeft: ReadonlySet<Language> = new Set(['ar']);

/** What is shown, and in which language it is: changed together, when the words have come. */
export const spoken = signal<{ language: Language; words: Translation<Messages> }>({
  language: 'en',
  words: en,
});

export const isRightToLeft = (): boolean => rightToLeft.has(spoken.value.language);

/** The first that is spoken here of those that somebody prefers, such as `navigator.languages`. */
export function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-', 1)[0]!;
    if (Object.hasOwn(languages, language)) return language as Language;
  }
  return 'en';
}

/** English is always here; another language is loaded when it is spoken. */
export async function speak(language: Language): Promise<void> {
  spoken.value = { language, words: language === 'ar' ? (await import('./ar.ts')).ar : en };
}

/** Says on `<html>` what is spoken, and which way it runs. */
export function announce(root: HTMLElement): () => void {
  return effect(() => {
    root.lang = spoken.value.language;
    root.dir = isRightToLeft() ? 'rtl' : 'ltr';
  });
}
