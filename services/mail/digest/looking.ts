import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../platform/logging.ts';
import type { DueDigest, MailStore } from '../store.ts';
import type { Digests } from './digests.ts';

/** Looks at those who want to be told of what they have not read, each when it can be time, and writes down who is to be told. */
export interface Looking {
  /** Looks at those whose time it is, a bounded number of them; how many. */
  look(): Promise<number>;
}

const HOUR_MS = 3_600_000;
const AT_ONCE = 20;
/** How long a look may take until another worker looks. */
const LEASE_MS = 120_000;

export function createLooking(parts: {
  store: Pick<MailStore, 'address' | 'claimDigests' | 'nextDigest' | 'enqueue'>;
  digests: Pick<Digests, 'oldestUntold'>;
  clock: { now(): number };
  logger: Logger;
}): Looking {
  const { store, digests, clock, logger } = parts;

  async function lookAt(due: DueDigest): Promise<void> {
    const { user, hours, told } = due;
    const now = clock.now();
    const after = hours * HOUR_MS;
    const mail = await store.address(user);
    const wanted = mail?.address != null && mail.digests && !mail.bouncing;
    const oldest = wanted ? await digests.oldestUntold(user, told) : null;
    // Nothing that comes from now on is old enough before that.
    if (oldest === null) return store.nextDigest(due, now + after, null);
    if (now - oldest < after) return store.nextDigest(due, oldest + after, null);
    // Named by what was told before: whoever looks again after a worker that died here writes no second one.
    const about = `digest:${user}:${told}`;
    await store.enqueue({ id: randomUUID(), about, kind: 'digest', user, data: { told }, createdAt: now });
    await store.nextDigest(due, now + after, now);
  }

  return {
    async look() {
      const now = clock.now();
      const due = await store.claimDigests({ now, leaseUntil: now + LEASE_MS }, AT_ONCE);
      for (const one of due) {
        await lookAt(one).catch((error: unknown) => {
          // Its lease ends, and it is looked at again.
          logger.warn({ err: error, user: one.user }, 'what somebody has not read could not be looked at');
        });
      }
      return due.length;
    },
  };
}
