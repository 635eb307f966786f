import { ownScript } from '../chat/own-script.ts';

/** How often a page that stays open asks whether there is a newer version, milliseconds. */
const ASK_EVERY_MS = 60 * 60_000;

/**
 * Has the app open without a connection from now on. `newer` is called when another version is ready, with what makes it take over and
 * reloads the page: nothing is taken from under anybody's hands.
 */
export async function registerServiceWorker(newer: (takeOver: () => void) => void): Promise<void> {
  // Not without TLS, other than on this machine.
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (serviceWorker === undefined) return;
  const hadOne = serviceWorker.controller !== null;
  let reloading = false;
  serviceWorker.addEventListener('controllerchange', () => {
    // The first one takes over a page that is of its own version.
    if (!hadOne || reloading) return;
    reloading = true;
    location.reload();
  });
  const registration = await serviceWorker.register(ownScript('/sw.js'), { updateViaCache: 'none' });
  const offer = (worker: ServiceWorker | null) => {
    if (worker !== null && serviceWorker.controller !== null) newer(() => worker.postMessage('take over'));
  };
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') offer(installing);
    });
  });
  setInterval(() => void registration.update().catch(() => {}), ASK_EVERY_MS);
}
