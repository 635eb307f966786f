/** Something that is sent once and kept nowhere. */
export interface Answer {
  topic: string;
  payload: Buffer;
}

/** One that is told of when it has been written, or is given up. */
export interface TracedAnswer extends Answer {
  written(): void;
}

/** Answers that may wait; beyond it those who ask are made to wait. */
const ROOM = 128;
const ROOM_BYTES = 1024 * 1024;
/** What may wait in any case, whoever did not wait for room. */
const MOST = 1_024;
const MOST_BYTES = 16 * 1024 * 1024;

/** Answers of one device that wait for its window. */
export class Answers<One extends Answer = Answer> {
  readonly #waiting: One[] = [];
  readonly #askers: (() => void)[] = [];
  #bytes = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** False: too many wait already. */
  push(answer: One): boolean {
    if (this.#waiting.length >= MOST) return false;
    if (this.#waiting.length > 0 && this.#bytes + answer.payload.length > MOST_BYTES) return false;
    this.#waiting.push(answer);
    this.#bytes += answer.payload.length;
    return true;
  }

  shift(): One | undefined {
    const answer = this.#waiting.shift();
    if (answer === undefined) return undefined;
    this.#bytes -= answer.payload.length;
    if (this.#waiting.length === 0) this.#letAll();
    else if (this.#hasRoom()) this.#askers.shift()?.();
    return answer;
  }

  /** Resolves when another answer may wait; undefined: now. */
  room(): Promise<void> | undefined {
    if (this.#hasRoom()) return undefined;
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  /** Nobody waits any more: the connection ended. Returns what was not sent. */
  close(): One[] {
    this.#bytes = 0;
    const left = this.#waiting.splice(0);
    this.#letAll();
    return left;
  }

  #letAll(): void {
    for (const resolve of this.#askers.splice(0)) resolve();
  }

  #hasRoom(): boolean {
    return this.#waiting.length < ROOM && this.#bytes < ROOM_BYTES;
  }
}
