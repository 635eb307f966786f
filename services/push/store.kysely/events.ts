import { type Kysely, SqliteAdapter, sql } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { PushEvents } from '../store.ts';

export function events(db: Kysely<DirectoryTables>): PushEvents {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const underClaim = ({ conversation, seq }: { conversation: string; seq: number }, claim: string) =>
    db
      .updateTable('push_events')
      .where('conversation', '=', conversation)
      .where('seq', '=', seq)
      .where('claim', '=', claim);

  return {
    async noteEvents(noted, dueAt) {
      // In one order, so that two who note the same never wait for each other.
      const sorted = noted.toSorted((a, b) => compare(a.conversation, b.conversation) || a.seq - b.seq);
      for (const some of chunks(sorted))
        await db
          .insertInto('push_events')
          .values(
            some.map(({ conversation, seq, kind, time, late }) => ({
              ...{ conversation, seq, kind, time, after: '' },
              ...{ late: late ? (1 as const) : (0 as const), due_at: dueAt, claim: null },
            })),
          )
          .onConflict((conflict) => conflict.columns(['conversation', 'seq']).doNothing())
          .execute();
    },

    async claimEvents(claim, { now, leaseUntil }, most) {
      const due = db
        .selectFrom('push_events')
        .select(['conversation', 'seq'])
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('seq')
        .limit(most)
        .$if(!sqlite, (query) => query.forUpdate().skipLocked());
      const rows = await db
        .updateTable('push_events')
        .set({ claim, due_at: leaseUntil })
        .where(sql<boolean>`(conversation, seq) in (${due})`)
        .where('due_at', '<=', now)
        .returningAll()
        .returning((eb) =>
          eb
            .exists(
              eb
                .selectFrom('push_events as n')
                .select('n.seq')
                .whereRef('n.conversation', '=', 'push_events.conversation')
                .whereRef('n.seq', '>', 'push_events.seq')
                .where('n.kind', '=', 'message')
                .where('n.late', '=', 0)
                .where('n.after', '=', ''),
            )
            .as('newer'),
        )
        .execute();
      return rows
        .map(({ conversation, seq, kind, time, after, late, newer }) => ({
          ...{ conversation, seq, kind, time, after, late: late === 1 },
          newer: Boolean(newer),
        }))
        .toSorted((a, b) => a.time - b.time || a.seq - b.seq);
    },

    async advanceEvent(event, claim, after, leaseUntil) {
      const { numUpdatedRows } = await underClaim(event, claim)
        .set({ after, due_at: leaseUntil })
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },

    async finishEvent(event, claim, lateAt) {
      if (lateAt !== null) {
        await underClaim(event, claim).set({ after: '', late: 1, due_at: lateAt, claim: null }).execute();
        return;
      }
      await db
        .deleteFrom('push_events')
        .where('conversation', '=', event.conversation)
        .where('seq', '=', event.seq)
        .where('claim', '=', claim)
        .execute();
    },

    async releaseEvent(event, claim, dueAt) {
      await underClaim(event, claim).set({ due_at: dueAt, claim: null }).execute();
    },
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
