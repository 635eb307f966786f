import { randomBytes } from 'node:crypto';
import { type Algorithm, hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import { Refused } from '../../protocol/errors.ts';

/** argon2id as the OWASP Password Storage Cheat Sheet recommends it: 19 MiB, two passes, one lane. */
const PARAMETERS = {
  // `Algorithm` is a const enum, which type stripping cannot look into.
  algorithm: 2 satisfies Algorithm.Argon2id as Algorithm,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const satisfies Options;

/** How many are worked on at once: each takes a thread of libuv's pool (of four) and 19 MiB. */
const AT_ONCE = 2;
/** How many may wait; about two seconds of work. */
const MOST_WAITING = 100;
const RETRY_AFTER_MS = 2_000;

/** Hashing and checking of passwords, a few at a time. */
export class Passwords {
  /** Nobody's: what an unknown name is checked against, so that it takes the time of a known one. */
  readonly #nobody = nobodysHash();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @throws {Refused} overloaded */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(canonical(password), PARAMETERS));
  }

  /** `hashed` null: there is no such user; false, after the same time. @throws {Refused} overloaded */
  async verify(hashed: string | null, password: string): Promise<boolean> {
    const right = await this.#inTurn(() => verify(hashed ?? this.#nobody, canonical(password)));
    return right && hashed !== null;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) throw new Refused('overloaded', undefined, RETRY_AFTER_MS);
      // Whoever ends hands the place over: the count stays.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Was it made with other parameters than those of now? */
export function isOutdated(hashed: string): boolean {
  const made = parseOptions(hashed);
  return (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).some(
    (name) => made[name] !== PARAMETERS[name],
  );
}

/** The same characters typed on another keyboard are the same password (NIST SP 800-63B §3.1.1.2). */
function canonical(password: string): string {
  return password.normalize('NFKC');
}

function nobodysHash(): string {
  const { memoryCost, timeCost, parallelism } = PARAMETERS;
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`;
}
