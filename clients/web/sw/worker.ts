/**
 * Keeps the app's own files, so that it opens without a connection. What people write is none of its business: that is in the database,
 * and the host (host/) sends it. It takes over from an older one only when asked to: a page never finds files of another version.
 */
import { answerPush } from './push.ts';
import { scope } from './scope.ts';

declare const __SHELL__: readonly string[];
declare const __VERSION__: string;

const CACHE = `dunlin-${__VERSION__}`;
const shell = new Set(__SHELL__);

answerPush();

scope.addEventListener('install', (event) => {
  // Past the HTTP cache, as files without a hash in their name may be old there.
  // The page is for those who name HTML.
  const headers = { accept: 'text/html, */*' };
  const requests = __SHELL__.map((path) => new Request(path, { cache: 'reload', headers }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('dunlin-') && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await scope.clients.claim();
    })(),
  );
});

scope.addEventListener('message', ({ data }) => {
  if (data === 'take over') void scope.skipWaiting();
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const path = isPage(request, url) ? '/' : url.pathname;
  if (!shell.has(path)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      return (await cache.match(path)) ?? fetch(request);
    })(),
  );
});

/** Paths of the app, as the gateway has them. */
function isPage(request: Request, { pathname }: URL): boolean {
  return request.mode === 'navigate' && (pathname === '/' || /^\/(app|invite|u)\//.test(pathname));
}
