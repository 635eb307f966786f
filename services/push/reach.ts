import type { PushRoutes } from './store.ts';

/** Who can be reached at all, kept in mind: most events concern nobody who can, or nobody who is away. */
export interface Reach {
  /** False: no device has a route. */
  any(): boolean | Promise<boolean>;
  /** Synchronous where it is known of each. */
  among(users: readonly string[]): ReadonlySet<string> | Promise<ReadonlySet<string>>;
  /** Routes of this user have changed, or will in a moment. */
  changed(user: string): void;
}

/**
 * Where other processes register routes too, what is known is good for so long: that somebody can be reached costs a look when it is not so any more,
 * that nobody can costs a notification.
 */
const REACHABLE_MS = 60_000;
const UNREACHABLE_MS = 2_000;
const MOST_USERS = 200_000;

export function createReach(parts: {
  store: Pick<PushRoutes, 'reachable' | 'hasRoutes'>;
  clock: { now(): number };
  /** Other processes may register routes. */
  shared: boolean;
}): Reach {
  const { store, clock, shared } = parts;
  /** Until when it is good. */
  const known = new Map<string, { reachable: boolean; until: number }>();
  let some: { any: boolean; until: number } | null = null;
  /** Grows with each change: what was asked before it is not kept. */
  let version = 0;
  const goodUntil = (is: boolean) =>
    shared ? clock.now() + (is ? REACHABLE_MS : UNREACHABLE_MS) : Number.POSITIVE_INFINITY;

  async function ask(users: readonly string[], found: Set<string>): Promise<ReadonlySet<string>> {
    const before = version;
    const reachable = await store.reachable(users);
    for (const user of users) {
      const is = reachable.has(user);
      if (is) found.add(user);
      if (version !== before) continue;
      known.delete(user);
      known.set(user, { reachable: is, until: goodUntil(is) });
    }
    // The longest known go first.
    for (const user of known.keys()) {
      if (known.size <= MOST_USERS) break;
      known.delete(user);
    }
    return found;
  }

  async function askAny(): Promise<boolean> {
    const before = version;
    const any = await store.hasRoutes();
    if (version === before) some = { any, until: goodUntil(any) };
    return any;
  }

  return {
    any() {
      return some !== null && some.until > clock.now() ? some.any : askAny();
    },
    among(users) {
      const now = clock.now();
      const found = new Set<string>();
      const unknown: string[] = [];
      for (const user of users) {
        const one = known.get(user);
        if (one === undefined || one.until <= now) unknown.push(user);
        else if (one.reachable) found.add(user);
      }
      return unknown.length === 0 ? found : ask(unknown, found);
    },
    changed(user) {
      version++;
      known.delete(user);
      some = null;
    },
  };
}
