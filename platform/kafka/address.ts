import { readFileSync } from 'node:fs';

export type Mechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** Where Kafka is, who we are to it, and what our topics and groups are called there. */
export interface KafkaAddress {
  /** `host:port` of some brokers, the others are learnt from them. */
  brokers: string[];
  /** Before the names of topics and groups: `<prefix>.commands`. */
  prefix: string;
  /** Absent: no TLS. `ca`: PEM; absent: the authorities that this machine trusts. */
  tls?: { ca?: string };
  sasl?: { mechanism: Mechanism; username: string; password: string };
}

const FORM = /^kafka:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const BROKER = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;
const PREFIX = /^[A-Za-z0-9._-]{1,200}$/;
const MECHANISMS = new Set<string>(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']);
const DEFAULT_PORT = 9_092;
const DEFAULT_PREFIX = 'dunlin';

/**
 * `kafka://user:password@host1:9092,host2:9092/prefix?tls=true&ca=/file.pem&sasl=scram-sha-256`. A user without `sasl` means
 * SCRAM-SHA-512. No message names the password.
 * @throws {TypeError} when it is not of that form, or would send a password in the clear
 */
export function kafkaAddress(url: string): KafkaAddress {
  const parts = FORM.exec(url);
  if (parts === null) throw new TypeError('not of the form kafka://host1:9092,host2:9092/prefix');
  const [, user, hosts, path, query] = parts;
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (!['tls', 'ca', 'sasl'].includes(name)) throw new TypeError(`kafka: no parameter is called ${name}`);
  const address: KafkaAddress = { brokers: brokersOf(hosts!), prefix: prefixOf(path) };
  const tls = parameters.get('tls') ?? (parameters.has('ca') ? 'true' : 'false');
  if (tls !== 'true' && tls !== 'false') throw new TypeError('kafka: tls is true or false');
  const ca = parameters.get('ca');
  if (tls === 'true') address.tls = ca === null ? {} : { ca: readFileSync(ca, 'utf8') };
  else if (ca !== null) throw new TypeError('kafka: a certificate authority without TLS');
  if (user !== undefined) {
    const mechanism = (parameters.get('sasl') ?? 'scram-sha-512').toUpperCase();
    if (!MECHANISMS.has(mechanism))
      throw new TypeError('kafka: sasl is plain, scram-sha-256 or scram-sha-512');
    if (mechanism === 'PLAIN' && tls === 'false') throw new TypeError('kafka: sasl=plain needs tls=true');
    const colon = user.indexOf(':');
    if (colon < 1) throw new TypeError('kafka: a user needs a password');
    address.sasl = {
      mechanism: mechanism as Mechanism,
      username: decodeURIComponent(user.slice(0, colon)),
      password: decodeURIComponent(user.slice(colon + 1)),
    };
  } else if (parameters.has('sasl')) throw new TypeError('kafka: sasl needs a user');
  return address;
}

function brokersOf(hosts: string): string[] {
  return hosts.split(',').map((host) => {
    if (!BROKER.test(host)) throw new TypeError('kafka: a host is name:port');
    return /:\d+$/.test(host) ? host : `${host}:${DEFAULT_PORT}`;
  });
}

function prefixOf(path: string | undefined): string {
  if (path === undefined || path === '') return DEFAULT_PREFIX;
  if (!PREFIX.test(path))
    throw new TypeError('kafka: the prefix has other characters than A-Z a-z 0-9 . _ -');
  return path;
}
