import { createHash } from 'node:crypto';
import type { Compared } from './part.ts';

/** Of rows in whatever order: how many, and the sum of their SHA-256 modulo 2^256, hexadecimal. */
export interface Sum {
  rows: number;
  sum: string;
}

/** Rows are summed up by this many groups, so that what differs is found without keeping them all. */
const BUCKETS = 256;
const MODULUS = 1n << 256n;

/** Adds up rows of one side. */
export class Checksum {
  readonly #rows = new Array<number>(BUCKETS).fill(0);
  readonly #sums = new Array<bigint>(BUCKETS).fill(0n);

  add(row: Compared): void {
    const bucket = bucketOf(row);
    this.#rows[bucket]!++;
    this.#sums[bucket] = (this.#sums[bucket]! + BigInt(`0x${digestOf(row)}`)) % MODULUS;
  }

  get rows(): number {
    return this.#rows.reduce((sum, rows) => sum + rows, 0);
  }

  get total(): Sum {
    const sum = this.#sums.reduce((all, one) => (all + one) % MODULUS, 0n);
    return { rows: this.rows, sum: sum.toString(16).padStart(64, '0') };
  }

  /** The first group in which the two differ; null: they do not. */
  differsIn(other: Checksum): number | null {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (this.#rows[bucket] !== other.#rows[bucket] || this.#sums[bucket] !== other.#sums[bucket])
        return bucket;
    }
    return null;
  }
}

export function bucketOf({ key }: Compared): number {
  return createHash('sha256').update(key).digest()[0]!;
}

export function digestOf({ key, value }: Compared): string {
  return createHash('sha256')
    .update(canonical([key, value]))
    .digest('hex');
}

/** JSON with the fields of every object in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
