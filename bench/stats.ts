/** The middle value (mean of the two middle ones); NaN of nothing. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const SUB = 64;
const SUB_BITS = 6;

/**
 * Counts of durations in buckets whose width grows with the value (64 a power of two, so within 1.6 %). Recording
 * allocates nothing, so that millions of samples cost the load generator little.
 */
export class Histogram {
  readonly #counts = new Float64Array(SUB * 32);
  #total = 0;

  /** @param micros 0 to 2^36; fractions are cut. */
  record(micros: number): void {
    this.#counts[bucketOf(micros)]!++;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** The smallest recorded value, to bucket precision, that `share` (0 to 1) of the samples do not exceed; NaN when empty. */
  percentile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(share * this.#total));
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return middleOf(bucket);
    }
    return Number.NaN;
  }
}

function bucketOf(micros: number): number {
  const value = Math.max(0, Math.floor(micros));
  if (value < SUB) return value;
  const power = Math.floor(Math.log2(value)) - SUB_BITS + 1;
  // The upper half of each power: the lower half is what the power below it counts.
  return Math.min(SUB * 32 - 1, (power * SUB) / 2 + Math.floor(value / 2 ** power));
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const power = Math.floor(bucket / (SUB / 2)) - 1;
  const value = bucket - (power * SUB) / 2;
  return (value + 0.5) * 2 ** power;
}
