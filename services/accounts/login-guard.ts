import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Refused } from '../../protocol/errors.ts';
import { networkOf } from './network-of.ts';

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

/** Slows those down who guess passwords or register in masses. */
export class LoginGuard {
  readonly #byAccount: BoundedCounter;
  readonly #byIp: BoundedCounter;
  readonly #registrations: BoundedCounter | null;

  constructor(settings: LoginGuardSettings) {
    const window = Math.min(settings.loginWindowSeconds, LONGEST_WINDOW_SECONDS);
    this.#byAccount = new BoundedCounter(settings.loginFailuresPerAccount, window);
    this.#byIp = new BoundedCounter(settings.loginFailuresPerIp, window);
    this.#registrations =
      settings.registrationsPerHourIp === 0
        ? null
        : new BoundedCounter(settings.registrationsPerHourIp, HOUR_SECONDS);
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
    await this.#byAccount.count(pair);
    await undoneOnError(
      () => this.#byIp.count(network),
      () => this.#byAccount.takeBack(pair),
    );
    const proved = await undoneOnError(prove, async () => {
      await this.#byAccount.takeBack(pair);
      await this.#byIp.takeBack(network);
    });
    if (proved === null) throw new Refused('bad_credentials');
    await this.#byAccount.forget(pair);
    await this.#byIp.takeBack(network);
    return proved;
  }

  /** @throws {Refused} rate_limited */
  async registration(ip: string): Promise<void> {
    await this.#registrations?.count(networkOf(ip));
  }
}

async function undoneOnError<T>(work: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await undo();
    throw error;
  }
}

/**
 * Counts in fixed windows, which begin with the first count and end whatever comes after: nobody is kept out for ever. Keeps at most
 * {@link MOST_KEYS} counters; the oldest goes first.
 */
class BoundedCounter {
  readonly #limiter: RateLimiterMemory;
  readonly #most: number;
  readonly #keys = new Set<string>();

  constructor(most: number, windowSeconds: number) {
    this.#most = most;
    this.#limiter = new RateLimiterMemory({ points: most, duration: windowSeconds });
  }

  /** @throws {Refused} rate_limited when this is one too many */
  async count(key: string): Promise<void> {
    this.#keys.add(key);
    if (this.#keys.size > MOST_KEYS) await this.#makeRoom();
    const { consumedPoints, msBeforeNext }: RateLimiterRes = await this.#limiter.penalty(key);
    if (consumedPoints <= this.#most) return;
    await this.takeBack(key);
    throw new Refused('rate_limited', undefined, Math.max(1, msBeforeNext));
  }

  async takeBack(key: string): Promise<void> {
    // A window that has ended has taken everything back already.
    if ((await this.#limiter.get(key)) !== null) await this.#limiter.reward(key);
  }

  async forget(key: string): Promise<void> {
    this.#keys.delete(key);
    await this.#limiter.delete(key);
  }

  async #makeRoom(): Promise<void> {
    const [oldest] = this.#keys;
    await this.forget(oldest!);
  }
}
