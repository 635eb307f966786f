import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request as send } from 'undici';
import { Refused } from '../../protocol/errors.ts';
import { type Allowed, isPublicAddress, parseAllowed } from './address-rule.ts';
import { boundedBody } from './bounded-body.ts';
import { OutboundFailure, ruledOut, whyItFailed } from './failure.ts';

/** Requests to addresses that users gave: they reach the public internet, and what the operator allows, and nothing else. */
export interface Outbound {
  /**
   * The URL, as far as can be seen without asking for its name: whether that leads where it may is seen when it is connected to.
   * @throws {Refused} bad_request, with why in `detail`
   */
  check(url: string): URL;
  /**
   * One request, one answer, whatever its status: redirects are not followed. What of the answer is longer than asked for is left out.
   * @throws {OutboundFailure}
   */
  request(asked: OutboundRequest): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

export interface OutboundRequest {
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Milliseconds for all of it, names and connecting included. */
  deadlineMs: number;
  /** Bytes of the answer that are read. */
  mostBytes: number;
  /** Ends it earlier. */
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  /** By lower-case name; of several of one name the first. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** There was more of it. */
  cut: boolean;
}

export interface OutboundOptions {
  /** CIDRs, addresses and host names that may be asked although they are not public. */
  allowPrivate: readonly string[];
  /** Ports that may be asked; none: any. */
  ports: readonly number[];
  /** Connections to one origin at once. Default 8. */
  connections?: number;
  /** As `dns.lookup`; tests have their own. */
  lookup?: LookupFunction;
}

const MOST_URL = 2_048;
/** A connection that nobody uses is closed after this, milliseconds. */
const IDLE_MS = 10_000;
const HEADER_BYTES = 16_384;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** @throws {TypeError} an entry of `allowPrivate` cannot be read */
export function createOutbound(options: OutboundOptions): Outbound {
  const { ports, connections = 8 } = options;
  const allowed = parseAllowed(options.allowPrivate);
  const agent = new Agent({
    connect: checkedConnector(allowed, options.lookup ?? (resolve as LookupFunction)),
    connections,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: HEADER_BYTES,
  });

  function check(text: string): URL {
    const no = (why: string) => new Refused('bad_request', `/url: ${why}`);
    const url = text.length <= MOST_URL && URL.canParse(text) ? new URL(text) : null;
    if (url === null) throw no('must be a URL');
    const fallback = DEFAULT_PORTS[url.protocol];
    if (fallback === undefined) throw no('must be http or https');
    if (url.username !== '' || url.password !== '') throw no('must not carry a user name or password');
    const port = url.port === '' ? fallback : Number(url.port);
    if (ports.length > 0 && !ports.includes(port)) throw no(`port ${port} is not allowed here`);
    const host = hostOf(url);
    if (!mayAsk(host, allowed)) throw no('the address is not allowed here');
    url.hash = '';
    return url;
  }

  return {
    check,
    async request({ url: text, method, headers, body, deadlineMs, mostBytes, signal }) {
      let url: URL;
      try {
        // Again at each request: what is allowed may have changed since the address was given.
        url = check(text);
      } catch (error) {
        throw new OutboundFailure('not_allowed', (error as Refused).refusal.detail ?? '', { cause: error });
      }
      const deadline = AbortSignal.timeout(deadlineMs);
      const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      try {
        const answer = await send(url, {
          dispatcher: agent,
          method: method as Dispatcher.HttpMethod,
          headers: { 'accept-encoding': 'identity', ...headers },
          body: body ?? null,
          signal: ends,
          headersTimeout: deadlineMs,
          bodyTimeout: deadlineMs,
        });
        return {
          status: answer.statusCode,
          headers: firstOfEach(answer.headers),
          ...(await boundedBody(answer.body, mostBytes)),
        };
      } catch (error) {
        throw whyItFailed(error, deadline.aborted);
      }
    },
    close: () => agent.destroy(),
  };
}

/**
 * Connects to nothing but what may be asked. Names are resolved here, and the connection goes to what was looked at: an answer of a name
 * server that changes in between is of no use. The address that is written in a URL goes by the same rule, as no name is resolved for it.
 */
function checkedConnector(allowed: Allowed, lookup: LookupFunction): buildConnector.connector {
  const checkedLookup: LookupFunction = (host, options, done) => {
    if (allowed.host(host)) return lookup(host, options, done);
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const addresses = (found as unknown as { address: string; family: number }[]).filter(
        ({ address }) => isPublicAddress(address) || allowed.address(address),
      );
      if (addresses.length === 0) return done(ruledOut(), []);
      if (options.all === true) return done(null, addresses);
      done(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
  const connector = buildConnector({ lookup: checkedLookup } as buildConnector.BuildOptions);
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (!mayAsk(host, allowed)) return done(ruledOut(), null);
    connector(options, done);
  };
}

/** Names may be asked for; what they lead to is looked at then. */
function mayAsk(host: string, allowed: Allowed): boolean {
  return isIP(host) === 0 || isPublicAddress(host) || allowed.address(host) || allowed.host(host);
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function firstOfEach(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const one = Array.isArray(value) ? value[0] : value;
    if (one !== undefined) first[name.toLowerCase()] = one;
  }
  return first;
}
