import { Refused } from '../protocol/errors.ts';
import { retryHint } from './retry-hint.ts';

/** What is under way at once, and for how long it may be. */
export interface EngineLimits {
  /** Milliseconds after which a call is given up. */
  deadlineMs: number;
  /** Calls under way at most; one more is refused as `overloaded`. */
  most: number;
}

export interface EngineParts extends EngineLimits {
  /** What it carries, as an operator knows it: `directory`, `history`, `log`, … */
  name: string;
  /** Whether an error says that the server does not answer, or not now: such a call may succeed later. */
  isTrouble(error: unknown): boolean;
  /** Told when it stops or begins again to answer. */
  onChange?(up: boolean): void;
  /** Told of every call: seconds, and how it ended. */
  onCall?(seconds: number, result: 'ok' | 'trouble' | 'overloaded' | 'error'): void;
}

const RETRY_MS = 1_000;

/**
 * A server of another make that Dunlin stands on, as its adapters call it: every call has a deadline, a bounded number of them are under
 * way, and trouble is one code for everybody: `unavailable`.
 */
export class Engine {
  readonly name: string;
  readonly #parts: EngineParts;
  #up = true;
  #underWay = 0;

  constructor(parts: EngineParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /** Whether the newest call that came to an end was answered. */
  get up(): boolean {
    return this.#up;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * @throws {Refused} unavailable: no answer in time, or none at all; overloaded: too much is under way
   * @throws whatever else `work` throws
   */
  async run<T>(work: () => Promise<T>, deadlineMs = this.#parts.deadlineMs): Promise<T> {
    const { most, onCall } = this.#parts;
    if (this.#underWay >= most) {
      onCall?.(0, 'overloaded');
      throw new Refused('overloaded', this.name, retryHint(RETRY_MS));
    }
    this.#underWay++;
    const start = performance.now();
    const end = (result: 'ok' | 'trouble' | 'error') => onCall?.((performance.now() - start) / 1_000, result);
    // What is given up counts until it ends: a server that is slow is not asked for more and more.
    const working = work().finally(() => this.#underWay--);
    try {
      const value = await this.#inTime(working, deadlineMs);
      this.#is(true);
      end('ok');
      return value;
    } catch (error) {
      if (error !== LATE && !this.#parts.isTrouble(error)) {
        end('error');
        throw error;
      }
      this.#is(false);
      end('trouble');
      throw new Refused('unavailable', this.name, retryHint(RETRY_MS), { cause: error });
    }
  }

  async #inTime<T>(working: Promise<T>, deadlineMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, deadlineMs, LATE);
    });
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #is(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.#parts.onChange?.(up);
  }
}

const LATE = new Error('no answer in time');
