import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { Actor } from '../../services/actor.ts';

type Limits = Pick<Config['limits'], 'commandsPerSecondDevice' | 'commandBurstDevice'>;

/** Commands of users, over whatever they come: each takes a token under the user's id. */
export type UserRate = Pick<TokenBuckets, 'take'>;

/** How fast a device, and all devices of a user together, may publish. */
export class CommandRate {
  readonly #devices: TokenBuckets;
  readonly #users: UserRate;
  readonly #bots: UserRate;

  /** `users` and `bots`: shared with HTTP. */
  constructor(limits: Limits, clock: Clock, users: UserRate, bots: UserRate) {
    this.#devices = new TokenBuckets(limits.commandsPerSecondDevice, limits.commandBurstDevice, clock);
    this.#users = users;
    this.#bots = bots;
  }

  /** 0: go on; else the milliseconds after which it may. */
  take({ actor: { user, device }, bot }: { actor: Actor; bot: boolean }): number {
    // A bot has a rate of its own, and it alone: it may be higher than that of a device of a person's.
    if (bot) return this.#bots.take(user);
    return this.#devices.take(device) || this.#users.take(user);
  }
}
