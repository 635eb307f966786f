import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';

export interface Http2Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** A request that got no answer. */
export class LineFailure extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'tls' | 'busy';
  /** It is sure that nobody has looked at it. */
  readonly untouched: boolean;

  constructor(reason: LineFailure['reason'], untouched = false, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
    this.untouched = untouched;
  }
}

export interface LineOptions {
  /** Requests under way at once; one more is refused. */
  mostStreams?: number;
  /** How often it is asked whether the other side is still there, and how long it has to answer, milliseconds. */
  pingMs?: number;
}

const MOST_STREAMS = 500;
const PING_MS = 60_000;
/** How long connecting may take, milliseconds. */
const CONNECT_MS = 10_000;
/** Bytes of an answer that are read. */
const MOST_BYTES = 16_384;

/** A connection over HTTP/2 that is kept, and made anew when it ends or the other side lets go of it (RFC 9113 §6.8). */
export class Http2Line {
  readonly #origin: string;
  readonly #mostStreams: number;
  readonly #pingMs: number;
  #session: Promise<ClientHttp2Session> | null = null;
  #streams = 0;
  #closed = false;

  constructor(origin: string, { mostStreams = MOST_STREAMS, pingMs = PING_MS }: LineOptions = {}) {
    this.#origin = origin;
    this.#mostStreams = mostStreams;
    this.#pingMs = pingMs;
  }

  /**
   * A POST, and its answer, whatever its status.
   * @throws {LineFailure}
   */
  async request(
    path: string,
    headers: Record<string, string>,
    body: string,
    signal: AbortSignal,
  ): Promise<Http2Answer> {
    if (this.#streams >= this.#mostStreams) throw new LineFailure('busy', true);
    this.#streams++;
    try {
      return await this.#attempt(path, headers, body, signal);
    } catch (error) {
      // The other side had let go of the connection before it came: the same on another one, once.
      if (!(error instanceof LineFailure && error.untouched) || this.#closed || signal.aborted) throw error;
      return await this.#attempt(path, headers, body, signal);
    } finally {
      this.#streams--;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const session = await this.#session?.catch(() => null);
    session?.destroy();
  }

  async #attempt(path: string, headers: Record<string, string>, body: string, signal: AbortSignal) {
    if (signal.aborted) throw new LineFailure('timeout', true);
    const session = await this.#open();
    let stream: ClientHttp2Stream;
    try {
      stream = session.request({ ':method': 'POST', ':path': path, ...headers }, { signal });
    } catch (error) {
      throw new LineFailure('unreachable', true, { cause: error });
    }
    stream.end(body);
    return answerOf(stream, signal);
  }

  #open(): Promise<ClientHttp2Session> {
    if (this.#closed) return Promise.reject(new LineFailure('unreachable'));
    if (this.#session !== null) return this.#session;
    const opening = this.#connect();
    this.#session = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  #connect(): Promise<ClientHttp2Session> {
    const { promise, resolve, reject } = Promise.withResolvers<ClientHttp2Session>();
    const session = connect(this.#origin, { settings: { enablePush: false }, maxSessionMemory: 16 });
    const late = setTimeout(() => {
      reject(new LineFailure('timeout'));
      session.destroy();
    }, CONNECT_MS);
    session.once('connect', () => {
      clearTimeout(late);
      resolve(session);
    });
    session.on('error', (error) => reject(whyNotConnected(error)));
    // Nothing new goes there; what it has begun it may end.
    session.once('goaway', () => this.#forget(promise));
    session.once('close', () => {
      clearTimeout(late);
      clearInterval(pings);
      reject(new LineFailure('unreachable'));
      this.#forget(promise);
    });
    const pings = setInterval(() => ping(session, this.#pingMs), this.#pingMs);
    pings.unref();
    return promise;
  }

  #forget(session: Promise<ClientHttp2Session>): void {
    if (this.#session === session) this.#session = null;
  }
}

/** What does not answer is gone, also where nothing says so. */
function ping(session: ClientHttp2Session, patienceMs: number): void {
  if (session.connecting || session.destroyed || session.closed) return;
  const late = setTimeout(() => session.destroy(), patienceMs);
  late.unref();
  session.ping((error) => {
    clearTimeout(late);
    if (error !== null) session.destroy();
  });
}

function answerOf(stream: ClientHttp2Stream, signal: AbortSignal): Promise<Http2Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Http2Answer>();
  let head: { status: number; headers: Record<string, string> } | null = null;
  const parts: Buffer[] = [];
  let bytes = 0;
  stream.once('response', (given) => {
    const headers = Object.entries(given).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    head = { status: Number(given[':status']), headers: Object.fromEntries(headers) };
  });
  stream.on('data', (part: Buffer) => {
    bytes += part.byteLength;
    if (bytes <= MOST_BYTES) parts.push(part);
    else stream.close(constants.NGHTTP2_CANCEL);
  });
  stream.on('error', (error) => reject(whyNoAnswer(stream, signal, error)));
  stream.once('close', () => {
    if (head === null) reject(whyNoAnswer(stream, signal));
    else resolve({ ...head, body: Buffer.concat(parts) });
  });
  return promise;
}

function whyNoAnswer(stream: ClientHttp2Stream, signal: AbortSignal, error?: Error): LineFailure {
  const { code } = (error ?? {}) as { code?: string };
  // RFC 9113 §8.7: a refused stream was not looked at.
  const untouched =
    stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
    code === 'ERR_HTTP2_GOAWAY_SESSION' ||
    code === 'ERR_HTTP2_INVALID_SESSION';
  return new LineFailure(signal.aborted ? 'timeout' : 'unreachable', untouched, { cause: error });
}

function whyNotConnected(error: unknown): LineFailure {
  const { code = '' } = error as { code?: string };
  const tls = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code);
  return new LineFailure(tls ? 'tls' : 'unreachable', false, { cause: error });
}
