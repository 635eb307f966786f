import type { TokenBuckets } from '../../../platform/token-bucket.ts';

type Buckets = Pick<TokenBuckets, 'take'>;

/** Makes buckets of one rate, counted wherever those of users are; `perSecond` 0: no limit. */
export type CreateBuckets = (perSecond: number, burst: number) => Buckets;

/** Of a rate of a bot's own: what it may do at once is so many seconds' worth of it. */
const BURST_SECONDS = 5;
/** Rates of their own that buckets are kept for; administrators choose few. */
const MOST_RATES = 100;

/** How fast bots may go: all alike, but for those that an administrator gave a rate of their own. */
export class BotRates {
  readonly #create: CreateBuckets;
  readonly #common: Buckets;
  readonly #own = new Map<number, Buckets>();

  constructor(perSecond: number, burst: number, create: CreateBuckets) {
    this.#create = create;
    this.#common = create(perSecond, burst);
  }

  /** `rate`: commands a second; null: as all. As `TokenBuckets.take`. */
  take(bot: string, rate: number | null): number {
    return (rate === null ? this.#common : this.#of(rate)).take(bot);
  }

  #of(rate: number): Buckets {
    const known = this.#own.get(rate);
    if (known !== undefined) return known;
    const [oldest] = this.#own.keys();
    if (this.#own.size >= MOST_RATES) this.#own.delete(oldest!);
    const made = this.#create(rate, rate * BURST_SECONDS);
    this.#own.set(rate, made);
    return made;
  }
}
