import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../../../directory/schema.ts';
import type { FailureRow } from '../../tables.ts';
import type { DeadLetter, WebhookFailures } from '../store.ts';

export function failures(db: Kysely<DirectoryTables>): WebhookFailures {
  return {
    addFailure: (letter, most) =>
      db.transaction().execute(async (tx) => {
        // Of a webhook that is being removed nothing is kept.
        const webhook = await tx
          .selectFrom('webhooks')
          .select('id')
          .where('id', '=', letter.webhook)
          .executeTakeFirst();
        if (webhook === undefined) return;
        const { id, webhook: _, stream: __, seq: ___, ...news } = toRow(letter);
        await tx
          .insertInto('webhook_failures')
          .values(toRow(letter))
          .onConflict((conflict) => conflict.columns(['webhook', 'stream', 'seq']).doUpdateSet(news))
          .execute();
        const first = await tx
          .selectFrom('webhook_failures')
          .select(['failed_at', 'id'])
          .where('webhook', '=', letter.webhook)
          .orderBy('failed_at', 'desc')
          .orderBy('id', 'desc')
          .offset(most)
          .limit(1)
          .executeTakeFirst();
        if (first === undefined) return;
        await tx
          .deleteFrom('webhook_failures')
          .where('webhook', '=', letter.webhook)
          .where((eb) => eb(eb.refTuple('failed_at', 'id'), '<=', eb.tuple(first.failed_at, first.id)))
          .execute();
      }),

    async failuresOf(webhook, before, limit) {
      const rows = await db
        .selectFrom('webhook_failures')
        .selectAll()
        .where('webhook', '=', webhook)
        .$if(before !== null, (query) =>
          query.where((eb) =>
            eb(eb.refTuple('failed_at', 'id'), '<', eb.tuple(before!.failedAt, before!.id)),
          ),
        )
        .orderBy('failed_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    async replayFailures(webhook, ids, now) {
      const { numUpdatedRows } = await db
        .updateTable('webhook_failures')
        .set({ due_at: now })
        .where('webhook', '=', webhook)
        .where('due_at', 'is', null)
        .$if(ids !== null, (query) => query.where('id', 'in', [...ids!]))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    async claimFailures(claim, { now, leaseUntil }, most) {
      const due = await db
        .selectFrom('webhook_failures as f')
        .innerJoin('webhooks as w', 'w.id', 'f.webhook')
        .select('f.id')
        .where('f.due_at', '<=', now)
        .where('w.paused', 'is', null)
        .orderBy('f.due_at')
        .limit(most)
        .execute();
      const claimed: DeadLetter[] = [];
      for (const { id } of due) {
        const row = await db
          .updateTable('webhook_failures')
          .set({ claim, due_at: leaseUntil })
          .where('id', '=', id)
          .where('due_at', '<=', now)
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) claimed.push(fromRow(row));
      }
      return claimed;
    },

    async removeFailure(id) {
      await db.deleteFrom('webhook_failures').where('id', '=', id).execute();
    },

    async sweepFailures(before, limit) {
      const { numDeletedRows } = await db
        .deleteFrom('webhook_failures')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('webhook_failures')
            .select('id')
            .where('failed_at', '<', before)
            .orderBy('failed_at')
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function toRow({ failedAt, replaying: _, ...letter }: DeadLetter): FailureRow {
  return { ...letter, failed_at: failedAt, due_at: null, claim: null };
}

function fromRow({ failed_at, due_at, claim: _, ...row }: FailureRow): DeadLetter {
  return { ...row, failedAt: failed_at, replaying: due_at !== null };
}
