import { notifications as ar } from '../i18n/ar/notifications.ts';
import { notifications as en } from '../i18n/en/notifications.ts';
import { KEPT, LANGUAGE } from './contract.ts';

interface Words {
  t: Readonly<Record<keyof typeof en, string>>;
  lang: string;
  dir: 'ltr' | 'rtl';
}

/** In the language that the app was last seen in, or the browser's. */
export async function words(): Promise<Words> {
  const kept = await caches
    .open(KEPT)
    .then((cache) => cache.match(LANGUAGE))
    .then((response) => response?.text())
    .catch(() => undefined);
  const language = kept ?? navigator.language;
  return language.toLowerCase().startsWith('ar')
    ? { t: ar, lang: 'ar', dir: 'rtl' }
    : { t: en, lang: 'en', dir: 'ltr' };
}
