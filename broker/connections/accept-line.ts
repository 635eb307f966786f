import type { Duplex } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';

export interface AcceptLineParts {
  /** Connections that begin to be served, a second; 0: no limit. */
  perSecond: number;
  clock: Clock;
  /** There is no room in the line: the stream was destroyed. */
  onRefused(): void;
  onWaiting(count: number): void;
}

/** The line holds what would be served in so many seconds: well within the time in which clients give up. */
const MOST_SECONDS = 2;
/** Served at once, in seconds of the rate. */
const BURST_SECONDS = 1;
/** The line moves as often. */
const STEP_MS = 50;

/**
 * When all come at once, after a restart or a lost network, they are served one after the other: reading who they are, and what they missed,
 * costs more than keeping them waiting. Nothing is read from those who wait; those for whom there is no room come back later.
 */
export class AcceptLine {
  readonly #parts: AcceptLineParts;
  readonly #rate: TokenBuckets;
  readonly #most: number;
  /** In the order they came. */
  readonly #waiting = new Map<Duplex, () => void>();
  readonly #gone: (this: Duplex) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AcceptLineParts) {
    this.#parts = parts;
    const { perSecond, clock } = parts;
    this.#rate = new TokenBuckets(perSecond, Math.max(1, perSecond * BURST_SECONDS), clock, 1);
    this.#most = Math.ceil(perSecond * MOST_SECONDS);
    const leave = (stream: Duplex) => this.#leave(stream);
    this.#gone = function () {
      leave(this);
    };
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** `serve` is called at once, or later, or never when the stream ends before, or there is no room: then false. */
  take(stream: Duplex, serve: () => void): boolean {
    if (this.#waiting.size === 0 && this.#mayServe()) {
      serve();
      return true;
    }
    if (this.#waiting.size >= this.#most) {
      this.#parts.onRefused();
      stream.on('error', () => {});
      stream.destroy();
      return false;
    }
    this.#waiting.set(stream, serve);
    stream.on('error', ignore);
    stream.on('close', this.#gone);
    this.#changed();
    return true;
  }

  /** Nobody who waits is served any more. */
  close(): void {
    for (const stream of [...this.#waiting.keys()]) stream.destroy();
    this.#waiting.clear();
    this.#changed();
  }

  #mayServe(): boolean {
    return this.#rate.take('') === 0;
  }

  #move(): void {
    for (const [stream, serve] of this.#waiting) {
      if (!this.#mayServe()) break;
      this.#leave(stream);
      stream.off('close', this.#gone);
      stream.off('error', ignore);
      serve();
    }
    this.#changed();
  }

  #leave(stream: Duplex): void {
    if (this.#waiting.delete(stream)) this.#changed();
  }

  #changed(): void {
    const { size } = this.#waiting;
    this.#parts.onWaiting(size);
    if (size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else this.#timer ??= setInterval(() => this.#move(), STEP_MS).unref();
  }
}

function ignore(): void {}
