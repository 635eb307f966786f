import { isIPv6 } from 'node:net';

/**
 * Whom an address is counted as: an IPv4 address as it is, an IPv6 address as its /64, which is what one customer gets and chooses
 * addresses from at will (RFC 6177).
 */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [address] = ip.split('%') as [string];
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  // The URL parser writes an address in its shortest form (RFC 5952): one notation for one address.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head, tail] = canonical.split('::') as [string, string?];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return `${[...left, ...(tail === undefined ? [] : zeros), ...right].slice(0, 4).join(':')}::/64`;
}
