import { ReadThroughCache } from '../../platform/read-through-cache.ts';
import type { AccountStore, User } from './store.ts';

const MOST_USERS = 50_000;
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
  /** Has either blocked the other? By `pairName`. */
  blocked: ReadThroughCache<boolean>;
  /** Has the first the second in their contacts? By {@link ordered}. */
  contact: ReadThroughCache<boolean>;
}

export function createKnown(store: AccountStore): Known {
  return {
    users: new ReadThroughCache(MOST_USERS, (id) => store.user(id)),
    devices: new ReadThroughCache(MOST_DEVICES, async (id) => {
      const device = await store.device(id);
      return device === null ? null : { user: device.user, revoked: device.revokedAt !== null };
    }),
    blocked: new ReadThroughCache(MOST_PAIRS, (key) => store.blockedBetween(...split(key))),
    contact: new ReadThroughCache(MOST_PAIRS, (key) => store.isContact(...split(key))),
  };
}

/** Names two users in this order. */
export function ordered(a: string, b: string): string {
  return `${a}/${b}`;
}

function split(key: string): [string, string] {
  return key.split('/') as [string, string];
}
