import { effect } from '@preact/signals';
import { announce, preferred, speak } from '../i18n/language.ts';
import { choices } from './choices.ts';

/** Has the page look, and speak, as chosen, now and whenever that changes. Resolves when its first words are there. */
export async function beginAppearance(): Promise<void> {
  const root = document.documentElement;
  const bar = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
  const paint = () => {
    const theme =
      choices.peek().theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    // The bar of a phone goes on from what is below it: `--surface` of ui/tokens.css.
    if (bar !== null) bar.content = theme === 'dark' ? '#131e21' : '#fdfbf7';
  };
  effect(() => {
    const { theme } = choices.value;
    if (theme === null) delete root.dataset.theme;
    else root.dataset.theme = theme;
    paint();
  });
  effect(() => {
    // Everything is measured in it.
    root.style.fontSize = `${choices.value.textSize}%`;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  announce(root);
  const language = () => choices.value.language ?? preferred(navigator.languages);
  await speak(language());
  let first = true;
  effect(() => {
    const wanted = language();
    if (!first) void speak(wanted).catch(() => {});
    first = false;
  });
}
