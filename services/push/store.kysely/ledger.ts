import { type Kysely, sql } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { LedgerEntry, PushOutbox } from '../store.ts';
import type { OutboxRow } from '../tables.ts';

export function ledger(db: Kysely<DirectoryTables>): Pick<PushOutbox, 'ledger' | 'lastOf' | 'sweep'> {
  return {
    async ledger(conversation, seq, users) {
      const entries: LedgerEntry[] = [];
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('push_outbox')
          .selectAll()
          .where('user', 'in', some)
          .where('conversation', '=', conversation)
          .where('seq', '>=', seq)
          .orderBy('seq')
          .orderBy('device')
          .limit(MOST_ROWS)
          .execute();
        entries.push(...rows.map(entryOf));
      }
      return entries;
    },

    async lastOf(device) {
      const row = await db
        .selectFrom('push_outbox')
        .selectAll()
        .where('device', '=', device)
        .orderBy('created_at', 'desc')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : entryOf(row);
    },

    async sweep(before, limit) {
      const old = db
        .selectFrom('push_outbox')
        .select(['device', 'conversation', 'seq'])
        .where('settled_at', '<', before)
        .limit(limit);
      const { numDeletedRows } = await db
        .deleteFrom('push_outbox')
        .where(sql<boolean>`(device, conversation, seq) in (${old})`)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

/** For so many users at once: what stands for a message is soon behind it. */
const MOST_ROWS = 5_000;

function entryOf({
  device,
  conversation,
  seq,
  user,
  state,
  via,
  reason,
  settled_at,
}: OutboxRow): LedgerEntry {
  return { device, conversation, seq, user, state, via, reason, settledAt: settled_at };
}
