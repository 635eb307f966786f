import { networkOf } from '../../platform/network-of.ts';
import { Refused } from '../../protocol/errors.ts';
import { type CreateFailureCounts, type FailureCounts, localFailureCounts } from './failure-counts.ts';

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
/** When to come again while others from the same place are being checked. */
const SOON_MS = 1_000;

/** Slows those down who guess passwords or register in masses. */
export class LoginGuard {
  readonly #byAccount: FailureLimit;
  readonly #byIp: FailureLimit;
  readonly #registrations: FailureLimit | null;

  /** `counts`: where it is counted, for this process alone or for all. */
  constructor(settings: LoginGuardSettings, counts: CreateFailureCounts = localFailureCounts) {
    const window = Math.min(settings.loginWindowSeconds, LONGEST_WINDOW_SECONDS);
    this.#byAccount = new FailureLimit(settings.loginFailuresPerAccount, counts('account', window));
    this.#byIp = new FailureLimit(settings.loginFailuresPerIp, counts('ip', window));
    this.#registrations =
      settings.registrationsPerHourIp === 0
        ? null
        : new FailureLimit(settings.registrationsPerHourIp, counts('registration', HOUR_SECONDS));
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
    const endForAccount = await this.#byAccount.begin(pair);
    const endForIp = await this.#byIp.begin(network).catch(async (error: unknown) => {
      await endForAccount('never was');
      throw error;
    });
    let result: Result = 'never was';
    try {
      const proved = await prove();
      result = proved === null ? 'failed' : 'succeeded';
      if (proved === null) throw new Refused('bad_credentials');
      return proved;
    } finally {
      await endForAccount(result);
      // One right password says nothing of the others that were tried from there.
      await endForIp(result === 'succeeded' ? 'never was' : result);
    }
  }

  /** @throws {Refused} rate_limited */
  async registration(ip: string): Promise<void> {
    const end = await this.#registrations?.begin(networkOf(ip));
    await end?.('failed');
  }
}

type Result = 'succeeded' | 'failed' | 'never was';

/** So many failures, and no more tries. */
class FailureLimit {
  readonly #most: number;
  readonly #counts: FailureCounts;
  /** Counted already, and not known yet; here. */
  readonly #underWay = new Map<string, number>();

  constructor(most: number, counts: FailureCounts) {
    this.#most = most;
    this.#counts = counts;
  }

  /**
   * Counts a try as failed, until the function that is returned says what came of it; it is called once.
   * @throws {Refused} rate_limited when this is one too many
   */
  async begin(key: string): Promise<(result: Result) => Promise<void>> {
    const underWay = (this.#underWay.get(key) ?? 0) + 1;
    this.#underWay.set(key, underWay);
    const counted = await this.#counts.add(key).catch((error: unknown) => {
      this.#known(key);
      throw error;
    });
    const { count, msLeft } = counted;
    if (count > this.#most) {
      this.#known(key);
      await counted.takeBack();
      // Those under way may all turn out right.
      const failures = count - underWay;
      throw new Refused('rate_limited', undefined, failures < this.#most ? SOON_MS : Math.max(1, msLeft));
    }
    return async (result) => {
      this.#known(key);
      if (result === 'succeeded') await this.#counts.forget(key);
      if (result === 'never was') await counted.takeBack();
    };
  }

  #known(key: string): void {
    const underWay = (this.#underWay.get(key) ?? 1) - 1;
    if (underWay === 0) this.#underWay.delete(key);
    else this.#underWay.set(key, underWay);
  }
}
