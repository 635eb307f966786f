import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whom limits are counted for. Behind a proxy of ours it is the last entry of X-Forwarded-For, which is the one that the
 * proxy itself saw; those before it are whatever the client wrote. Of IPv6 it is the /64: one customer has all of it.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const peer = request.socket.remoteAddress ?? 'unknown';
  if (!trustProxy) return countedAddress(peer);
  const header = request.headers['x-forwarded-for'];
  const last = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim() ?? '';
  return countedAddress(isIP(last) === 0 ? peer : last);
}

/** 1.2.3.4 stays, also when it is written as IPv6; of IPv6 the /64. */
export function countedAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (mapped !== null) return mapped[1]!;
  const [head = '', tail] = plain.split('::') as [string, string | undefined];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // A dotted quad at the end stands for two groups.
  const groups = before.length + after.length + (plain.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - groups;
  const all = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
