import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** Where a PostgreSQL server is, and as whom we come. */
export interface PostgresAddress {
  host: string;
  port: number;
  user: string;
  /** Empty: none is asked for. */
  password: string;
  database: string;
  /** false: without TLS. */
  ssl: false | ConnectionOptions;
  applicationName: string;
}

const PORT = 5432;
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'host'];
/**
 * Of libpq's modes; `require` and `verify-ca` are as strict as `verify-full`, for encryption without knowing with whom is none. `prefer` and
 * `allow`, which fall back to plain text when somebody in between says so, are refused.
 */
const VERIFIED = ['require', 'verify-ca', 'verify-full'];

/**
 * `postgres://user:password@host:5432/database`, with `?sslmode=disable|verify-full|no-verify`, `sslrootcert`, `sslcert`, `sslkey` (files, PEM),
 * `application_name`, and `host` for the folder of a socket.
 * @throws {TypeError} what is wrong, never with the URL itself: it holds a password
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol))
    throw new TypeError('not a URL of PostgreSQL: postgres://user:password@host:5432/database');
  const parameters = parsed.searchParams;
  for (const name of parameters.keys()) {
    // Not told: with a password that is not percent-encoded it may be a part of that.
    if (!PARAMETERS.includes(name))
      throw new TypeError(`the URL of PostgreSQL has other parameters than ${PARAMETERS.join(', ')}`);
  }
  const user = decoded(parsed.username);
  const database = decoded(parsed.pathname.slice(1)) || user;
  if (user === '') throw new TypeError('the URL of PostgreSQL names no user');
  return {
    host: parameters.get('host') ?? decoded(parsed.hostname).replace(/^\[(.+)\]$/, '$1'),
    port: parsed.port === '' ? PORT : Number(parsed.port),
    user,
    password: decoded(parsed.password),
    database,
    ssl: tlsOf(parameters),
    applicationName: parameters.get('application_name') ?? 'dunlin',
  };
}

/** As an operator may read it: without user and password. */
export const placeOf = ({ host, port, database }: PostgresAddress): string => `${host}:${port}/${database}`;

function tlsOf(parameters: URLSearchParams): false | ConnectionOptions {
  const file = (name: string) => {
    const path = parameters.get(name);
    return path === null ? undefined : readFileSync(path, 'utf8');
  };
  const files = { ca: file('sslrootcert'), cert: file('sslcert'), key: file('sslkey') };
  const wanted = Object.values(files).some((one) => one !== undefined) ? 'verify-full' : 'disable';
  const mode = parameters.get('sslmode') ?? wanted;
  if (mode === 'disable') return false;
  if (mode === 'no-verify') return { ...given(files), rejectUnauthorized: false };
  if (VERIFIED.includes(mode)) return given(files);
  throw new TypeError(
    `sslmode in the URL of PostgreSQL is one of disable, no-verify, ${VERIFIED.join(', ')}`,
  );
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('a part of the URL of PostgreSQL is not percent-encoded correctly');
  }
}
