import { type Port, portOf } from '../host/port.ts';
import workerUrl from '../host/worker.ts?worker&url';
import { ownScript } from './own-script.ts';
import { openWorker } from './own-worker.ts';
import { Seat } from './seat.ts';

let seat: Seat | null = null;

/** A way to the host: the one that all tabs share, or, where there is none or it does not answer, one of this tab alone. */
export function openHost(shared: boolean): Port {
  if (shared && 'SharedWorker' in globalThis)
    return portOf(new SharedWorker(ownScript(workerUrl), { type: 'module', name: 'dunlin' }).port);
  // Without TLS there are no locks.
  const { locks } = navigator as { locks?: LockManager };
  if (shared && locks !== undefined) {
    seat ??= takeSeat(locks);
    return seat.port();
  }
  seat?.giveUp();
  return openWorker(workerUrl, 'own');
}

function takeSeat(locks: LockManager): Seat {
  const taken = new Seat({
    path: new URL(workerUrl, location.href).pathname,
    locks,
    channel: (name) => new BroadcastChannel(name),
    begin: () => openWorker(workerUrl, 'all'),
  });
  // One who is frozen hears nobody: whether having the seat or waiting for it, the next one is to have it.
  document.addEventListener('freeze', () => taken.giveUp());
  document.addEventListener('resume', () => taken.takeUp());
  addEventListener('pagehide', () => taken.giveUp());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) taken.takeUp();
  });
  return taken;
}
