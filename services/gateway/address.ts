import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Where a request comes from. Behind a proxy of ours it is the last entry of X-Forwarded-For, which is what the proxy itself
 * saw; those before it are whatever the client wrote.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const peer = request.socket.remoteAddress ?? 'unknown';
  if (!trustProxy) return peer;
  const header = request.headers['x-forwarded-for'];
  const last = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? peer : last;
}
