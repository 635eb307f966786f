import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { Actor } from '../../services/actor.ts';

type Limits = Pick<
  Config['limits'],
  'commandsPerSecondDevice' | 'commandBurstDevice' | 'commandsPerSecondUser' | 'commandBurstUser'
>;

/** How fast a device, and all devices of a user together, may publish. */
export class CommandRate {
  readonly #devices: TokenBuckets;
  readonly #users: TokenBuckets;

  constructor(limits: Limits, clock: Clock) {
    this.#devices = new TokenBuckets(limits.commandsPerSecondDevice, limits.commandBurstDevice, clock);
    this.#users = new TokenBuckets(limits.commandsPerSecondUser, limits.commandBurstUser, clock);
  }

  /** 0: go on; else the milliseconds after which it may. */
  take({ user, device }: Actor): number {
    return this.#devices.take(device) || this.#users.take(user);
  }
}
