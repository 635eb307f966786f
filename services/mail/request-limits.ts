import { Refused } from '../../protocol/errors.ts';
import {
  type CreateFailureCounts,
  type FailureCounts,
  localFailureCounts,
} from '../accounts/failure-counts.ts';

/** What can be asked for by anybody, or makes mails to somebody. */
export type Limited = 'reset' | 'resetFrom' | 'confirmFrom' | 'verify' | 'verifyTo';

const WINDOW_SECONDS = 3_600;
/** In an hour: of a name that was typed, of a network, of an account, to an address. */
const MOST: Record<Limited, number> = {
  reset: 3,
  resetFrom: 30,
  confirmFrom: 30,
  verify: 5,
  verifyTo: 3,
};

/** Slows those down who have mails sent. Counted by what was asked, which says nothing of what is there. */
export class RequestLimits {
  readonly #counts: FailureCounts;

  constructor(counts: CreateFailureCounts = localFailureCounts) {
    this.#counts = counts('mail', WINDOW_SECONDS);
  }

  /** @throws {Refused} rate_limited */
  async take(what: Limited, who: string): Promise<void> {
    const counted = await this.#counts.add(`${what} ${who}`);
    if (counted.count <= MOST[what]) return;
    await counted.takeBack();
    throw new Refused('rate_limited', undefined, Math.max(1, counted.msLeft));
  }
}
