/** A host and its port. */
export interface RedisHost {
  host: string;
  port: number;
}

/** How Redis is reached, as its URL says. */
export interface RedisAddress {
  kind: 'single' | 'cluster' | 'sentinel';
  hosts: RedisHost[];
  tls: boolean;
  /** File with the certificates of who vouches for the servers; without it, those that Node trusts. */
  ca?: string;
  username?: string;
  password?: string;
  /** 0 in a Cluster, which has no others. */
  db: number;
  /** Begins every key and channel of this installation. */
  prefix: string;
  /** Of a sentinel's: what the set of servers is called. */
  master?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
}

const SCHEMES = {
  'redis:': { kind: 'single', tls: false },
  'rediss:': { kind: 'single', tls: true },
  'redis+cluster:': { kind: 'cluster', tls: false },
  'rediss+cluster:': { kind: 'cluster', tls: true },
  'redis+sentinel:': { kind: 'sentinel', tls: false },
  'rediss+sentinel:': { kind: 'sentinel', tls: true },
} as const satisfies Record<string, Pick<RedisAddress, 'kind' | 'tls'>>;

const PORTS = { single: 6_379, cluster: 6_379, sentinel: 26_379 };
const PARAMETERS = new Set(['ca', 'db', 'prefix', 'sentinelUsername', 'sentinelPassword']);
const DEFAULT_PREFIX = 'dunlin:';
const MOST_DB = 65_535;
/** No brace: it would decide where in a Cluster all keys are kept. No `*?[]\`: they mean more than themselves in patterns. */
const PREFIX = /^[A-Za-z0-9_:.-]{1,64}$/;
const HOST = /^(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/;
const URL_PARTS = /^([a-z+]+:)\/\/(?:([^@/?]*)@)?([^@/?]+)(\/[^?]*)?(?:\?(.*))?$/;

/**
 * `redis://user:password@host:6379/0?prefix=dunlin:`, `rediss://…?ca=file.pem` over TLS, `redis+cluster://host1:6379,host2`,
 * `redis+sentinel://host1:26379,host2/master?db=0&sentinelPassword=…`.
 * @throws {TypeError} saying what is wrong, without a word of what the URL says: there may be a password in it
 */
export function parseRedisUrl(text: string): RedisAddress {
  const parts = URL_PARTS.exec(text);
  if (parts === null) throw new TypeError('a Redis URL is like redis://user:password@host:6379/0');
  const [, scheme, userinfo, hosts, path, query] = parts;
  if (!Object.hasOwn(SCHEMES, scheme!))
    throw new TypeError(`a Redis URL begins with one of ${Object.keys(SCHEMES).join('//, ')}//`);
  const { kind, tls } = SCHEMES[scheme as keyof typeof SCHEMES];
  const parameters = parametersOf(query ?? '');
  const address: RedisAddress = {
    kind,
    tls,
    hosts: hosts!.split(',').map((host) => hostOf(host, PORTS[kind])),
    db: 0,
    prefix: parameters.get('prefix') ?? DEFAULT_PREFIX,
    ...credentials(userinfo ?? ''),
  };
  const ca = parameters.get('ca');
  if (ca !== undefined) {
    if (!tls)
      throw new TypeError('a Redis URL with ca is one of rediss://: without TLS nobody is vouched for');
    address.ca = ca;
  }
  if (!PREFIX.test(address.prefix))
    throw new TypeError('the prefix in a Redis URL has up to 64 of A-Z a-z 0-9 _ : . -');
  if (kind === 'single' && address.hosts.length > 1)
    throw new TypeError('a Redis URL of several hosts begins with redis+cluster:// or redis+sentinel://');
  place(address, decoded((path ?? '').slice(1)), parameters);
  return address;
}

/** What comes after the hosts: a number of a database, or the name of a sentinel's master. */
function place(address: RedisAddress, path: string, parameters: Map<string, string>): void {
  let db = parameters.get('db');
  if (address.kind === 'sentinel') {
    if (path === '')
      throw new TypeError('a redis+sentinel URL names its master: redis+sentinel://host/master');
    address.master = path;
    const [username, password] = [parameters.get('sentinelUsername'), parameters.get('sentinelPassword')];
    if (username !== undefined) address.sentinelUsername = username;
    if (password !== undefined) address.sentinelPassword = password;
  } else if (path !== '') {
    if (db !== undefined) throw new TypeError('a Redis URL names its database once');
    db = path;
  }
  if (db === undefined) return;
  if (!/^\d{1,5}$/.test(db) || Number(db) > MOST_DB)
    throw new TypeError('the database in a Redis URL is a number');
  if (address.kind === 'cluster' && Number(db) !== 0)
    throw new TypeError('a Redis Cluster has only the database 0');
  address.db = Number(db);
}

function hostOf(text: string, defaultPort: number): RedisHost {
  const parts = HOST.exec(text);
  const port = Number(parts?.[3] ?? defaultPort);
  if (parts === null || port < 1 || port > 65_535)
    throw new TypeError('a host in a Redis URL is like host:6379 or [::1]:6379');
  return { host: (parts[1] ?? parts[2])!, port };
}

function credentials(userinfo: string): Pick<RedisAddress, 'username' | 'password'> {
  if (userinfo === '') return {};
  const colon = userinfo.indexOf(':');
  const username = decoded(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const password = colon < 0 ? '' : decoded(userinfo.slice(colon + 1));
  if (password === '')
    throw new TypeError('a Redis URL with a user has a password: redis://user:password@host');
  return username === '' ? { password } : { username, password };
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.has(name) || parameters.has(name))
      throw new TypeError(`parameters of a Redis URL are, once each: ${[...PARAMETERS].join(', ')}`);
    parameters.set(name, value);
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('a Redis URL has a % that begins no escape');
  }
}

/** For logs and errors. */
export function hostsOf({ hosts }: RedisAddress): string {
  return hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}
