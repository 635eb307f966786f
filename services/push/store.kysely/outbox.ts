import { type Kysely, type RawBuilder, SqliteAdapter, sql } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { Notice, PushOutbox, RowKey } from '../store.ts';
import type { OutboxRow } from '../tables.ts';

type Outbox = Omit<PushOutbox, 'ledger' | 'lastOf' | 'sweep'>;

const CRASHED = 'worker_ended';

export function outbox(db: Kysely<DirectoryTables>): Outbox {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;

  /** Of what was being sent nobody knows what became. */
  const unknown = (now: number) =>
    db
      .updateTable('push_outbox')
      .set({ state: 'unknown', reason: CRASHED, due_at: null, settled_at: now, claim: null })
      .where('state', '=', 'sending')
      .where('due_at', 'is not', null);

  return {
    async enqueue({ conversation, seq, kind, createdAt, expiresAt }, users, dueAt) {
      let added = 0;
      for (const some of chunks(users))
        added += await db.transaction().execute(async (tx) => {
          await tx
            .updateTable('push_outbox')
            .set({ state: 'collapsed', due_at: null, settled_at: createdAt, claim: null })
            .where('user', 'in', some)
            .where('conversation', '=', conversation)
            .where('seq', '<', seq)
            .where('state', '=', 'waiting')
            .where('claim', 'is', null)
            .$if(kind !== 'mention', (query) => query.where('kind', '<>', 'mention'))
            .execute();
          const { numAffectedRows = 0n } = await sql`
            insert into push_outbox
              (device, conversation, seq, "user", kind, state, attempts, created_at, expires_at, due_at)
            select distinct r.device, ${text(conversation)}, ${big(seq)}, r."user", ${text(kind)}, 'waiting', 0,
              ${big(createdAt)}, ${big(expiresAt)}, ${big(dueAt)}
            from push_routes r
            where r."user" in (${sql.join(some)}) and not exists (
              select 1 from push_outbox o
              where o."user" = r."user" and o.conversation = ${conversation} and o.seq > ${seq} and o.device = r.device
                ${kind === 'mention' ? sql`and o.kind = 'mention'` : sql``})
            on conflict do nothing`.execute(tx);
          return Number(numAffectedRows);
        });
      return added;
    },

    async enqueueOne({ device, conversation, seq, user, kind, createdAt, expiresAt }, dueAt) {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('push_outbox')
        .values({
          ...{ device, conversation, seq, user, kind, state: 'waiting', attempts: 0 },
          ...{ created_at: createdAt, expires_at: expiresAt, due_at: dueAt },
          ...{ via: null, reason: null, settled_at: null, claim: null },
        })
        .onConflict((conflict) => conflict.columns(['device', 'conversation', 'seq']).doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows > 0n;
    },

    async claim(claim, { now, leaseUntil }, most) {
      const due = db
        .selectFrom('push_outbox')
        .select(['device', 'conversation', 'seq'])
        .where('due_at', '<=', now)
        .where('state', '=', 'waiting')
        .orderBy('due_at')
        .limit(most)
        .$if(!sqlite, (query) => query.forUpdate().skipLocked());
      const rows = await db
        .updateTable('push_outbox')
        .set({ claim, due_at: leaseUntil })
        .where(sql<boolean>`(device, conversation, seq) in (${due})`)
        // Asked again: another worker may have been there in between.
        .where('due_at', '<=', now)
        .where('state', '=', 'waiting')
        .returningAll()
        .execute();
      return rows.map(noticeOf);
    },

    async begin(claim, keys, leaseUntil) {
      if (keys.length === 0) return [];
      return db
        .updateTable('push_outbox')
        .set({ state: 'sending', due_at: leaseUntil })
        .where('claim', '=', claim)
        .where('state', '=', 'waiting')
        .where(among(keys))
        .returning(['device', 'conversation', 'seq'])
        .execute();
    },

    async settle(claim, settlements, now) {
      for (const some of chunks(settlements)) {
        const rows = some.map(
          ({ device, conversation, seq, state, dueAt, via, reason, attempts }) =>
            sql`(${text(device)}, ${text(conversation)}, ${big(seq)}, ${text(state)}, ${big(dueAt)}, ${text(via)}, ${text(reason)}, ${big(attempts)})`,
        );
        await sql`
          with told (device, conversation, seq, state, due_at, via, reason, attempts) as (values ${sql.join(rows)})
          update push_outbox set
            state = told.state, due_at = told.due_at, via = told.via, reason = told.reason, attempts = told.attempts,
            settled_at = case when told.due_at is null then ${big(now)} else null end, claim = null
          from told
          where push_outbox.device = told.device and push_outbox.conversation = told.conversation
            and push_outbox.seq = told.seq and push_outbox.claim = ${claim}
            and push_outbox.state in ('waiting', 'sending')`.execute(db);
      }
    },

    async giveUpSending(now) {
      const { numUpdatedRows } = await unknown(now).where('due_at', '<=', now).executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },

    async forgetClaims(now) {
      await unknown(now).execute();
      await db
        .updateTable('push_outbox')
        .set({ claim: null, due_at: now })
        .where('due_at', 'is not', null)
        .where('claim', 'is not', null)
        .execute();
      await db
        .updateTable('push_events')
        .set({ claim: null, due_at: now })
        .where('claim', 'is not', null)
        .execute();
    },

    async nextDue() {
      const row = await db
        .selectFrom('push_outbox')
        .select((eb) => eb.fn.min('due_at').as('at'))
        .where('due_at', 'is not', null)
        .executeTakeFirst();
      const event = await db
        .selectFrom('push_events')
        .select((eb) => eb.fn.min('due_at').as('at'))
        .executeTakeFirst();
      const times = [row?.at, event?.at].filter((at) => at != null).map(Number);
      return times.length === 0 ? null : Math.min(...times);
    },

    async queued(most) {
      const some = db
        .selectFrom('push_outbox')
        .select('device')
        .where('due_at', 'is not', null)
        .limit(most)
        .as('some');
      const { count } = await db
        .selectFrom(some)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}

function among(keys: readonly RowKey[]): RawBuilder<boolean> {
  const rows = keys.map(({ device, conversation, seq }) => sql`(${device}, ${conversation}, ${big(seq)})`);
  return sql<boolean>`(device, conversation, seq) in (values ${sql.join(rows)})`;
}

/** Of what stands alone PostgreSQL does not know the type. */
const text = (value: string | null) => sql`cast(${value} as text)`;
const big = (value: number | null) => sql`cast(${value} as bigint)`;

function noticeOf({
  device,
  conversation,
  seq,
  user,
  kind,
  attempts,
  created_at,
  expires_at,
}: OutboxRow): Notice {
  return { device, conversation, seq, user, kind, attempts, createdAt: created_at, expiresAt: expires_at };
}
