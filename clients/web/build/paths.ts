import { fileURLToPath } from 'node:url';

const path = (from: string) => fileURLToPath(new URL(from, import.meta.url));

export const web = path('..');
/** What the gateway serves. */
export const dist = path('../dist');
/** In the making: takes the place of {@link dist} when it is whole. Of this process, as tests may build at the same time. */
export const unfinished = path(`../dist.${process.pid}`);
/** Written last. */
export const stamp = path('../dist/built.json');
/** What the app is made of. */
export const sources = [
  web,
  path('../../sdk'),
  path('../../../protocol'),
  path('../../../package-lock.json'),
];
