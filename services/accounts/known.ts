import type { CacheAge } from '../../platform/cache-age.ts';
import { ReadThroughCache } from '../../platform/read-through-cache.ts';
import type { Bot } from './store.bots.ts';
import type { AccountStore, User } from './store.ts';

const MOST_USERS = 50_000;
const MOST_BOTS = 20_000;
const MOST_DEVICES = 100_000;
const MOST_PAIRS = 200_000;

/** What decides whether a device may come in: little, as there is one for every connection. */
export interface KnownDevice {
  user: string;
  revoked: boolean;
}

/**
 * What is asked of the store again and again, kept. The rules' `apply` has an entry forgotten after it changed the store.
 * A kept user's `lastSeen` is old: ask `LastSeen`.
 */
export interface Known {
  users: ReadThroughCache<User>;
  devices: ReadThroughCache<KnownDevice>;
  /** Asked only for users of kind `bot`: what is not there is not kept. */
  bots: ReadThroughCache<Bot>;
  /** Has either blocked the other? By `pairName`. */
  blocked: ReadThroughCache<boolean>;
  /** Has the first the second in their contacts? By {@link ordered}. */
  contact: ReadThroughCache<boolean>;
  /** Changes of the store may have been missed. */
  forgetAll(): void;
}

/** `age`: where other processes change the store too. */
export function createKnown(store: AccountStore, age?: CacheAge): Known {
  const options = age === undefined ? {} : { age };
  const caches = {
    users: new ReadThroughCache(MOST_USERS, (id) => store.user(id), options),
    devices: new ReadThroughCache(
      MOST_DEVICES,
      async (id): Promise<KnownDevice | null> => {
        const device = await store.device(id);
        return device === null ? null : { user: device.user, revoked: device.revokedAt !== null };
      },
      options,
    ),
    bots: new ReadThroughCache(MOST_BOTS, (id) => store.bot(id), options),
    blocked: new ReadThroughCache(MOST_PAIRS, (key) => store.blockedBetween(...split(key)), options),
    contact: new ReadThroughCache(MOST_PAIRS, (key) => store.isContact(...split(key)), options),
  };
  return {
    ...caches,
    forgetAll() {
      for (const cache of Object.values(caches)) cache.forgetAll();
    },
  };
}

/** Names two users in this order. */
export function ordered(a: string, b: string): string {
  return `${a}/${b}`;
}

function split(key: string): [string, string] {
  return key.split('/') as [string, string];
}
