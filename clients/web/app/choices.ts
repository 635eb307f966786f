import { type Signal, signal } from '@preact/signals';
import type { Language } from '../i18n/language.ts';

/** What somebody has chosen on this device, in all tabs; null: as the device and the browser have it. */
export interface Choices {
  theme: 'light' | 'dark' | null;
  language: Language | null;
}

const KEY = 'dunlin.choices';
const none: Choices = { theme: null, language: null };

export const choices: Signal<Choices> = signal(read());

export function choose(what: Partial<Choices>): void {
  choices.value = { ...choices.peek(), ...what };
  try {
    localStorage.setItem(KEY, JSON.stringify(choices.peek()));
  } catch {
    // No room, or none is given: chosen for as long as this page is open.
  }
}

/** Chosen in another tab. */
addEventListener('storage', ({ key }) => {
  if (key === KEY) choices.value = read();
});

function read(): Choices {
  try {
    const { theme, language } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>;
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : null,
      language: language === 'en' || language === 'ar' ? language : null,
    };
  } catch {
    return none;
  }
}
