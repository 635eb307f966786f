/**
 * Who lives holds a lock; who wants to know of an end asks for the same one. No other sign of life is needed, none is missed, and a
 * crash is one as well.
 */
const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;

/** Holds a new lock for ever. Resolves with its name when it is held; null: there are no locks here (a page without TLS). */
export function live(kind: 'host' | 'tab'): Promise<string | null> {
  if (locks === undefined) return Promise.resolve(null);
  const name = `dunlin-${kind}-${Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-')}`;
  return new Promise((resolve) => {
    void locks.request(name, () => {
      resolve(name);
      return new Promise(() => {});
    });
  });
}

/** Calls when the one who holds it has ended. Returns what makes it not call. Shared: one who is frozen keeps it from nobody. */
export function onEnd(name: string | null, ended: () => void): () => void {
  if (locks === undefined || name === null) return () => {};
  const abort = new AbortController();
  locks.request(name, { mode: 'shared', signal: abort.signal }, () => ended()).catch(() => {});
  return () => abort.abort();
}
