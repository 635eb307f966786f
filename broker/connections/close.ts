import type { Connection } from './connections.ts';

/** What was written just now has this long to arrive. */
const FAREWELL_MS = 200;

/** Closes a connection when the notice that says why has had time to arrive. Nothing more is read from it. */
export function closeSoon({ client }: Pick<Connection, 'client'>): void {
  client._paused = true;
  client.conn.removeAllListeners('readable');
  setTimeout(() => client.close(), FAREWELL_MS).unref();
}
