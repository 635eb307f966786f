import { isIPv6 } from 'node:net';
import { networkOf } from '../../platform/network-of.ts';

/**
 * Where somebody signed in from, as a mail says it: of an IPv4 address the first three parts, of an IPv6 address its /64 cut to a /48, which
 * tells a provider and a region and no household; or all of it.
 */
export function toldNetwork(ip: string, precise: boolean): string {
  if (precise) return ip;
  const network = networkOf(ip);
  if (!isIPv6(ip) || !network.endsWith('/64')) return network.replace(/\.\d+$/, '.x');
  return `${network.split(':').slice(0, 3).join(':')}::/48`;
}
