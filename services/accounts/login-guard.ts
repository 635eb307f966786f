import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../platform/network-of.ts';
import { Refused } from '../../protocol/errors.ts';

export interface LoginGuardSettings {
  loginFailuresPerAccount: number;
  loginFailuresPerIp: number;
  loginWindowSeconds: number;
  /** 0: no limit. */
  registrationsPerHourIp: number;
}

const HOUR_SECONDS = 3_600;
/** The longest timeout of Node, seconds: a longer one would end at once. */
const LONGEST_WINDOW_SECONDS = 2_147_483;
const MOST_KEYS = 50_000;
/** When to come again while others from the same place are being checked. */
const SOON_MS = 1_000;

/** Slows those down who guess passwords or register in masses. */
export class LoginGuard {
  readonly #byAccount: FailureCounter;
  readonly #byIp: FailureCounter;
  readonly #registrations: FailureCounter | null;

  constructor(settings: LoginGuardSettings) {
    const window = Math.min(settings.loginWindowSeconds, LONGEST_WINDOW_SECONDS);
    this.#byAccount = new FailureCounter(settings.loginFailuresPerAccount, window);
    this.#byIp = new FailureCounter(settings.loginFailuresPerIp, window);
    this.#registrations =
      settings.registrationsPerHourIp === 0
        ? null
        : new FailureCounter(settings.registrationsPerHourIp, HOUR_SECONDS);
  }

  /**
   * Has a password checked by `prove`: what it resolves to, or null when the password is wrong. The try counts as failed until then: many
   * at once cannot outrun the counter. A right password has the account's failures from here forgotten; when `prove` throws, nothing was
   * learned and nothing is counted.
   * @param account whatever names it, also one that does not exist
   * @throws {Refused} bad_credentials, rate_limited
   */
  async check<T>(account: string, ip: string, prove: () => Promise<T | null>): Promise<T> {
    const network = networkOf(ip);
    const pair = `${account} ${network}`;
    await this.#byAccount.begin(pair);
    await this.#byIp.begin(network).catch(async (error: unknown) => {
      await this.#byAccount.end(pair, 'never was');
      throw error;
    });
    let result: Result = 'never was';
    try {
      const proved = await prove();
      result = proved === null ? 'failed' : 'succeeded';
      if (proved === null) throw new Refused('bad_credentials');
      return proved;
    } finally {
      await this.#byAccount.end(pair, result);
      // One right password says nothing of the others that were tried from there.
      await this.#byIp.end(network, result === 'succeeded' ? 'never was' : result);
    }
  }

  /** @throws {Refused} rate_limited */
  async registration(ip: string): Promise<void> {
    const network = networkOf(ip);
    await this.#registrations?.begin(network);
    await this.#registrations?.end(network, 'failed');
  }
}

type Result = 'succeeded' | 'failed' | 'never was';

/**
 * Counts failures in fixed windows, which begin with the first and end whatever comes after: nobody is kept out for ever. Keeps at most
 * {@link MOST_KEYS} counters; the oldest goes first.
 */
class FailureCounter {
  readonly #limiter: RateLimiterMemory;
  readonly #most: number;
  readonly #keys = new Set<string>();
  /** Counted already, and not known yet. */
  readonly #underWay = new Map<string, number>();

  constructor(most: number, windowSeconds: number) {
    this.#most = most;
    this.#limiter = new RateLimiterMemory({ points: most, duration: windowSeconds });
  }

  /** @throws {Refused} rate_limited when this is one too many */
  async begin(key: string): Promise<void> {
    this.#keys.add(key);
    if (this.#keys.size > MOST_KEYS) await this.#forgetOldest();
    const underWay = (this.#underWay.get(key) ?? 0) + 1;
    this.#underWay.set(key, underWay);
    const { consumedPoints, msBeforeNext }: RateLimiterRes = await this.#limiter.penalty(key);
    if (consumedPoints <= this.#most) return;
    await this.end(key, 'never was');
    // Those under way may all turn out right.
    const failures = consumedPoints - underWay;
    throw new Refused('rate_limited', undefined, failures < this.#most ? SOON_MS : Math.max(1, msBeforeNext));
  }

  async end(key: string, result: Result): Promise<void> {
    const underWay = (this.#underWay.get(key) ?? 1) - 1;
    if (underWay === 0) this.#underWay.delete(key);
    else this.#underWay.set(key, underWay);
    if (result === 'succeeded') await this.#forget(key);
    if (result === 'never was') await this.#takeBack(key);
  }

  async #takeBack(key: string): Promise<void> {
    // A window that has ended has taken everything back already.
    if ((await this.#limiter.get(key)) !== null) await this.#limiter.reward(key);
  }

  async #forget(key: string): Promise<void> {
    this.#keys.delete(key);
    await this.#limiter.delete(key);
  }

  async #forgetOldest(): Promise<void> {
    const [oldest] = this.#keys;
    await this.#forget(oldest!);
  }
}
