import { fileURLToPath } from 'node:url';

const path = (from: string) => fileURLToPath(new URL(from, import.meta.url));

export const web = path('..');
/** What the gateway serves. */
export const dist = path('../dist');
/** In the making: takes the place of {@link dist} when it is whole. */
export const unfinished = path('../dist.unfinished');
/** Written last. */
export const stamp = path('../dist/built.json');
/** What the app is made of. */
export const sources = [
  web,
  path('../../sdk'),
  path('../../../protocol'),
  path('../../../package-lock.json'),
];
