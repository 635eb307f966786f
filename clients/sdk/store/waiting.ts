import type { DunlinClient } from '../client.ts';

/** Waits for a connection. @throws when the signal ends it */
export function online(client: Pick<DunlinClient, 'status' | 'on'>, signal: AbortSignal): Promise<void> {
  if (client.status === 'online') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const off = client.on('status', (status) => {
      if (status !== 'online') return;
      off();
      signal.removeEventListener('abort', aborted);
      resolve();
    });
    const aborted = () => {
      off();
      reject(new Error('ended'));
    };
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}

/** @throws when the signal ends it */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      clearTimeout(timer);
      reject(new Error('ended'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', ended);
      resolve();
    }, milliseconds);
    if (signal.aborted) ended();
    else signal.addEventListener('abort', ended, { once: true });
  });
}
