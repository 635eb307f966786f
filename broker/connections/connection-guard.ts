import type { Duplex } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { ErrorCode } from '../../protocol/errors.ts';

/** Counts connections before anything is read from them, and refuses those that are too many. */
export class ConnectionGuard {
  readonly #most: number;
  readonly #connects: TokenBuckets;
  readonly #onRefused: (code: ErrorCode) => void;
  readonly #streams = new Set<Duplex>();
  /** One function for all streams: a closure each, in the wrapper that `once` makes, would cost memory each. */
  readonly #closed: (this: Duplex) => void;
  draining = false;

  constructor(
    limits: { connections: number; connectsPerMinuteIp: number },
    clock: Clock,
    onRefused: (code: ErrorCode) => void,
  ) {
    const { connections, connectsPerMinuteIp } = limits;
    this.#most = connections;
    this.#connects = new TokenBuckets(connectsPerMinuteIp / 60, connectsPerMinuteIp, clock);
    this.#onRefused = onRefused;
    const streams = this.#streams;
    this.#closed = function () {
      streams.delete(this);
    };
  }

  get count(): number {
    return this.#streams.size;
  }

  /** False: the stream was destroyed, and the reason counted. */
  admit(stream: Duplex, ip: string): boolean {
    const code = this.#refusal(ip);
    if (code !== null) {
      this.#onRefused(code);
      stream.on('error', () => {});
      stream.destroy();
      return false;
    }
    if (stream.destroyed) return false;
    this.#streams.add(stream);
    stream.on('close', this.#closed);
    return true;
  }

  /** Also those that have not said who they are. */
  destroyAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #refusal(ip: string): ErrorCode | null {
    if (this.draining) return 'draining';
    if (this.#streams.size >= this.#most) return 'too_many_connections';
    return this.#connects.take(plainAddress(ip)) > 0 ? 'rate_limited' : null;
  }
}

/** An IPv4 address that came by a socket of both kinds is the same address. */
function plainAddress(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice(7) : ip;
}
