/** Where each host, of any version and kind, says once that it has begun. */
export const HOSTS = 'dunlin-hosts';

/**
 * How tabs reach a host that runs in a worker of one of them, where the browser has no SharedWorker: a tab calls on a channel that all
 * hear, and the host opens the channel that the call names. Of one version: `path` is that of the host's script.
 */
export const callsOf = (path: string) => `dunlin-calls ${path}`;

export type Call =
  /** A tab wants a line, over the channel of this name, on which it listens already. */
  | { call: string }
  /** A host has begun: who has called in vain calls again. */
  | { here: true };

/** The first that a host says on the channel of a line. */
export const OPEN = 'open';
