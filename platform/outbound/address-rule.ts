import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * What in IPv4 is not the public internet (IANA special-purpose registry, RFC 6890), and the addresses at which clouds tell their machines
 * secrets.
 */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's, the one that looks public.
  '168.63.129.16/32',
] as const;

/** The only part of IPv6 that is given out as public; whatever lies outside is refused. */
const PUBLIC_V6 = ['2000::/3'] as const;

/** What within it is special: protocol assignments with Teredo and ORCHID, documentation, 6to4, and AS112. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'] as const;

/** IPv6 addresses that stand for an IPv4 one, which is what is asked about: mapped (RFC 4291 §2.5.5.2), NAT64 (RFC 6052 §2.1). */
const CARRIES_V4 = blockListOf(['::ffff:0:0/96', '64:ff9b::/96']);

const specialV4 = blockListOf(SPECIAL_V4);
const publicV6 = blockListOf(PUBLIC_V6);
const specialV6 = blockListOf(SPECIAL_V6);

/** Addresses and host names that an operator lets requests go to all the same. */
export interface Allowed {
  address(address: string): boolean;
  host(host: string): boolean;
}

/** Whether this address, as sockets and resolvers write it, is one of the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const plain = withoutZone(address);
  if (isIPv4(plain)) return !specialV4.check(plain, 'ipv4');
  if (isIP(plain) !== 6) return false;
  if (CARRIES_V4.check(plain, 'ipv6')) {
    const v4 = carriedV4(plain);
    return !specialV4.check(v4, 'ipv4');
  }
  return publicV6.check(plain, 'ipv6') && !specialV6.check(plain, 'ipv6');
}

/**
 * Reads the operator's list: CIDRs, addresses, or host names.
 * @throws {TypeError} naming the entry that is none of them
 */
export function parseAllowed(entries: readonly string[]): Allowed {
  const addresses = new BlockList();
  const hosts = new Set<string>();
  for (const entry of entries) {
    if (addNetwork(addresses, entry)) continue;
    if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(entry) || /^[\d.]+$/.test(entry))
      throw new TypeError(`outbound.allowPrivate: ${entry.slice(0, 100)} is no CIDR, address or host name`);
    hosts.add(entry.toLowerCase());
  }
  const has = (address: string) =>
    isIP(address) !== 0 && addresses.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  return {
    address(address) {
      const plain = withoutZone(address);
      if (has(plain)) return true;
      // The same machine, written as IPv6.
      return isIP(plain) === 6 && CARRIES_V4.check(plain, 'ipv6') && has(carriedV4(plain));
    },
    host: (host) => hosts.has(host.toLowerCase()),
  };
}

/** `fe80::1%eth0` is an address of an interface. */
function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

/** The last 32 bits of an IPv6 address, dotted. */
function carriedV4(address: string): string {
  // WHATWG URL writes every IPv6 address in one form, the last 32 bits as two groups of hexadecimal.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const bits = (group: string | undefined) =>
    group === undefined || group === '' ? 0 : Number.parseInt(group, 16);
  const high = bits(groups.at(-2));
  const low = bits(groups.at(-1));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks)
    if (!addNetwork(list, network)) throw new TypeError(`${network} is no network`);
  return list;
}

/** False: it is no network. */
function addNetwork(list: BlockList, entry: string): boolean {
  const [address, prefix, ...rest] = entry.split('/');
  const version = isIP(address!);
  if (version === 0 || rest.length > 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) {
    list.addAddress(address!, family);
    return true;
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 4 ? 32 : 128)) return false;
  list.addSubnet(address!, Number(prefix), family);
  return true;
}
