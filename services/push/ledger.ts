import type { RouteKind } from './sender.ts';
import type { LedgerEntry, PushOutbox } from './store.ts';

/**
 * What became of a message for a member whom it has not reached: for its sender to see. Whoever has muted, blocked, or registered nothing is not
 * told of: there is no entry.
 */
export type PushStatus =
  /** A vendor has taken it, by at least one of the member's devices. */
  | { outcome: 'pushed'; via: RouteKind; at: number }
  /** It is to be sent, or sent again. */
  | { outcome: 'waiting' }
  /** No device could be notified. */
  | { outcome: 'failed'; reason: string; at: number }
  /** Sent, perhaps: nothing was heard of it. */
  | { outcome: 'unknown'; at: number };

export interface PushLedger {
  /** Of these members, by user. */
  of(conversation: string, seq: number, users: readonly string[]): Promise<Map<string, PushStatus>>;
}

export function createLedger({ store }: { store: Pick<PushOutbox, 'ledger'> }): PushLedger {
  return {
    async of(conversation, seq, users) {
      const found = new Map<string, PushStatus>();
      if (users.length === 0) return found;
      const entries = await store.ledger(conversation, seq, users);
      for (const [user, some] of Map.groupBy(entries, (entry) => entry.user)) {
        const status = statusOf(some, seq);
        if (status !== null) found.set(user, status);
      }
      return found;
    },
  };
}

/** Of one member's devices, ascending by seq. Null: nothing that the sender is to know. */
function statusOf(entries: readonly LedgerEntry[], seq: number): PushStatus | null {
  // One that came later stands for those before it.
  const pushed = entries.find(({ state }) => state === 'pushed');
  if (pushed?.via != null) return { outcome: 'pushed', via: pushed.via, at: pushed.settledAt! };
  const own = entries.filter((entry) => entry.seq === seq);
  const chain = own.every(({ state }) => state === 'collapsed') ? entries : own;
  if (chain.some(({ state }) => state === 'waiting' || state === 'sending')) return { outcome: 'waiting' };
  const unknown = chain.find(({ state }) => state === 'unknown');
  if (unknown !== undefined) return { outcome: 'unknown', at: unknown.settledAt! };
  const failed = chain.find(({ state }) => state === 'failed');
  return failed === undefined
    ? null
    : { outcome: 'failed', reason: failed.reason ?? 'unspecified', at: failed.settledAt! };
}
