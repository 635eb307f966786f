import type { Duplex } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import { networkOf } from '../../platform/network-of.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { ErrorCode } from '../../protocol/errors.ts';

/** Connection attempts of each address (see `networkOf`): 0, or the milliseconds after which there may be one more. */
export type ConnectRate = Pick<TokenBuckets, 'take'>;

/** Counts connections before anything is read from them, and refuses those that are too many. */
export class ConnectionGuard {
  readonly #most: number;
  readonly #connects: ConnectRate;
  readonly #onRefused: (code: ErrorCode) => void;
  readonly #streams = new Set<Duplex>();
  /** One function for all streams: a closure each, in the wrapper that `once` makes, would cost memory each. */
  readonly #closed: (this: Duplex) => void;
  draining = false;

  /** @param connects where several processes count them together: it decides at once, by what is known here; absent: this one by itself */
  constructor(
    limits: { connections: number; connectsPerMinuteIp: number },
    clock: Clock,
    onRefused: (code: ErrorCode) => void,
    connects?: ConnectRate,
  ) {
    const { connections, connectsPerMinuteIp } = limits;
    this.#most = connections;
    this.#connects = connects ?? new TokenBuckets(connectsPerMinuteIp / 60, connectsPerMinuteIp, clock);
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
    return this.#connects.take(networkOf(ip)) > 0 ? 'rate_limited' : null;
  }
}
