/**
 * Port: who of several tabs or processes with one device's storage is its one connection. Two connections of one device put
 * each other out of the server, and each would miss what the other takes.
 */
export interface Lock {
  /** Resolves with the release when it is ours; rejects when the signal aborts. Ends with the one who holds it, also by a crash. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

/** For who knows that nobody else is there: one process with a storage of its own. */
export const noLock: Lock = { acquire: async () => () => {} };

/** Web Locks of this origin (all browsers since 2022). Where there are none, React Native for one, nobody else is there either. */
export function webLock(name: string): Lock {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  if (locks === undefined) return noLock;
  return {
    acquire: (signal) =>
      new Promise((resolve, reject) => {
        const held = () => new Promise<void>((release) => resolve(() => release()));
        locks.request(name, { signal }, held).catch(reject);
      }),
  };
}
