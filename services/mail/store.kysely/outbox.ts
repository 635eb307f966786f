import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MailItem, MailOutbox } from '../store.ts';
import type { OutboxRow } from '../tables.ts';

const NO_DATA = '{}';

export function outbox(db: Kysely<DirectoryTables>): MailOutbox {
  const claimed = (id: string, claim: string) =>
    db.updateTable('mail_outbox').where('id', '=', id).where('claim', '=', claim);

  return {
    async enqueue({ id, about, kind, user, data, createdAt }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('mail_outbox')
        .values({
          ...{ id, about, kind, user, data: JSON.stringify(data) },
          ...{ created_at: createdAt, attempts: 0, due_at: createdAt, claim: null },
          ...{ state: 'waiting', reason: null, ended_at: null, recipient: null },
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },

    async claimMail(claim, { now, leaseUntil }, most) {
      const due = await db
        .selectFrom('mail_outbox')
        .select('id')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(most)
        .execute();
      const items: MailItem[] = [];
      for (const { id } of due) {
        // Asked again of each: another worker may have been there in between.
        const row = await db
          .updateTable('mail_outbox')
          .set({ claim, due_at: leaseUntil })
          .where('id', '=', id)
          .where('due_at', '<=', now)
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) items.push(fromRow(row));
      }
      return items;
    },

    async endMail(id, claim, { state, reason, recipient, at }) {
      const { numUpdatedRows } = await claimed(id, claim)
        .set({ state, reason, recipient, ended_at: at, due_at: null, claim: null, data: NO_DATA })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async postponeMail(id, claim, attempts, dueAt) {
      await claimed(id, claim).set({ attempts, due_at: dueAt, claim: null }).execute();
    },

    async sentSince(recipient, since) {
      const { count } = await db
        .selectFrom('mail_outbox')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('recipient', '=', recipient)
        .where('ended_at', '>', since)
        .where('state', '=', 'sent')
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async nextMailDue() {
      const row = await db
        .selectFrom('mail_outbox')
        .select('due_at')
        .where('due_at', 'is not', null)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst();
      return row?.due_at ?? null;
    },

    async countWaiting(most) {
      const some = db.selectFrom('mail_outbox').select('id').where('due_at', 'is not', null).limit(most);
      const { count } = await db
        .selectFrom(some.as('some'))
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async forgetMailClaims(now) {
      await db
        .updateTable('mail_outbox')
        .set({ claim: null, due_at: now })
        .where('due_at', 'is not', null)
        .where('claim', 'is not', null)
        .execute();
    },

    async sweepMail(before, limit) {
      const { numDeletedRows } = await db
        .deleteFrom('mail_outbox')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('mail_outbox')
            .select('id')
            .where('ended_at', '<', before)
            .orderBy('ended_at')
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function fromRow({ id, kind, user, data, created_at, attempts }: OutboxRow): MailItem {
  return { id, kind, user, data: JSON.parse(data) as MailItem['data'], createdAt: created_at, attempts };
}
