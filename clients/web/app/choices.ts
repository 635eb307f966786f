import { type Signal, signal } from '@preact/signals';
import type { Language } from '../i18n/language.ts';

/** Sizes of text, in percent of what the browser has. */
export const textSizes = [90, 100, 115, 130] as const;
export type TextSize = (typeof textSizes)[number];

/** What somebody has chosen on this device, in all tabs; null: as the device and the browser have it. */
export interface Choices {
  theme: 'light' | 'dark' | null;
  language: Language | null;
  textSize: TextSize;
  /** Enter sends, Shift and Enter begins a line; false: the other way round. null: as there is a keyboard or not. */
  enterSends: boolean | null;
  /** Notifications of the browser while the app is open, and a sound. */
  notify: boolean;
  sound: boolean;
}

const KEY = 'dunlin.choices';
const none: Choices = {
  theme: null,
  language: null,
  textSize: 100,
  enterSends: null,
  notify: false,
  sound: false,
};

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
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choices>;
    const { theme, language, textSize, enterSends } = kept;
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : null,
      language: language === 'en' || language === 'ar' ? language : null,
      textSize: textSizes.find((size) => size === textSize) ?? none.textSize,
      enterSends: typeof enterSends === 'boolean' ? enterSends : null,
      notify: kept.notify === true,
      sound: kept.sound === true,
    };
  } catch {
    return none;
  }
}
