import type { InnerClient } from '../aedes-inside.ts';

/** Packets of one connection that may be handled at once; beyond it nothing more is read. */
const MOST_AT_ONCE = 256;

type Conn = InnerClient['conn'];

/**
 * Reads a connection as fast as its packets are handled. Aedes counts every arrival of bytes as a packet that is done: a device
 * that sends faster than it is served would fill the memory. And it would handle what comes after CONNACK before what was sent
 * right after CONNECT.
 */
export function readSteadily(client: InnerClient): void {
  const { conn } = client;
  conn.removeListener('readable', client._nextBatch);
  client._parsingBatch = 0;
  conn.on('readable', readMore);
  client.resume = resumeLater;
}

/** The session is ready; what was sent ahead is handled next, by Aedes, and then everything else. */
export function startReading(client: InnerClient): void {
  client._paused = false;
}

function readMore(this: Conn): void {
  const client = this.client!;
  if (client.closed || client._paused || client._parsingBatch >= MOST_AT_ONCE) return;
  const bytes = this.read() as Buffer | null;
  if (bytes !== null) client._parser.parse(bytes);
}

/** Aedes resumes a client while its session is still being restored: see {@link startReading}. */
function resumeLater(): void {}
