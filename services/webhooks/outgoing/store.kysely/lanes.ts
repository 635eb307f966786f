import { type Kysely, sql } from 'kysely';
import { chunks } from '../../../directory/chunks.ts';
import type { DirectoryTables } from '../../../directory/schema.ts';
import type { LaneRow } from '../../tables.ts';
import type { Lane, WebhookLanes } from '../store.ts';

export function lanes(db: Kysely<DirectoryTables>): WebhookLanes {
  const ofLane = ({ webhook, stream }: Lane, claim: string) =>
    db
      .updateTable('webhook_lanes')
      .where('webhook', '=', webhook)
      .where('stream', '=', stream)
      .where('claim', '=', claim);

  return {
    async noteEvents(entries, now) {
      // In one order, so that two who note the same never wait for each other.
      const sorted = entries.toSorted((a, b) => compare(a.webhook, b.webhook) || compare(a.stream, b.stream));
      for (const some of chunks(sorted)) {
        await db
          .insertInto('webhook_lanes')
          .values(
            some.map(({ webhook, stream, first, last }) => ({
              ...{ webhook, stream, last },
              done: first - 1,
              attempts: 0,
              due_at: now,
              claim: null,
            })),
          )
          .onConflict((conflict) =>
            conflict.columns(['webhook', 'stream']).doUpdateSet((eb) => {
              const newer = eb('excluded.last', '>', eb.ref('webhook_lanes.last'));
              return {
                last: eb
                  .case()
                  .when(newer)
                  .then(eb.ref('excluded.last'))
                  .else(eb.ref('webhook_lanes.last'))
                  .end(),
                // A claim, or a time to wait for, stays; what is known already makes nothing due.
                due_at: eb
                  .case()
                  .when(newer)
                  .then(eb.fn.coalesce('webhook_lanes.due_at', 'excluded.due_at'))
                  .else(eb.ref('webhook_lanes.due_at'))
                  .end(),
              };
            }),
          )
          .execute();
      }
    },

    async claimLanes(claim, { now, leaseUntil }, most, but) {
      const due = db
        .selectFrom('webhook_lanes as l')
        .innerJoin('webhooks as w', 'w.id', 'l.webhook')
        .select([
          'l.webhook',
          'l.stream',
          'l.due_at',
          'w.failures',
          sql<number>`row_number() over (partition by l.webhook order by l.due_at, l.stream)`.as('place'),
        ])
        .where('l.due_at', '<=', now)
        .where('w.not_before', '<=', now)
        .where('w.paused', 'is', null)
        .$if(but.full.length > 0, (query) => query.where('l.webhook', 'not in', but.full))
        .$if(but.atWork.length > 0, (query) =>
          query.where((eb) => eb.or([eb('w.failures', '=', 0), eb('l.webhook', 'not in', but.atWork)])),
        );
      const chosen = await db
        .selectFrom(due.as('due'))
        .select(['webhook', 'stream'])
        .where((eb) =>
          eb(
            'place',
            '<=',
            eb
              .case()
              .when('failures', '>', 0)
              .then(sql<number>`1`)
              .else(sql<number>`cast(${most.perWebhook} as integer)`)
              .end(),
          ),
        )
        .orderBy('due_at')
        .limit(most.lanes)
        .execute();
      const claimed: Lane[] = [];
      for (const { webhook, stream } of chosen) {
        // Asked again of each: another worker may have been there in between.
        const row = await db
          .updateTable('webhook_lanes')
          .set({ claim, due_at: leaseUntil })
          .where('webhook', '=', webhook)
          .where('stream', '=', stream)
          .where('due_at', '<=', now)
          .returningAll()
          .executeTakeFirst();
        if (row !== undefined) claimed.push(fromRow(row));
      }
      return claimed;
    },

    async advanceLane(lane, claim, done, leaseUntil) {
      const row = await ofLane(lane, claim)
        .set({ done, attempts: 0, due_at: leaseUntil })
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async releaseLane(lane, claim, attempts, dueAt) {
      await ofLane(lane, claim)
        .set((eb) => ({
          claim: null,
          attempts,
          // Of the row as it is now: something may have come meanwhile.
          due_at: eb
            .case()
            .when(eb('last', '>', eb.ref('done')))
            .then(sql<number | null>`cast(${dueAt} as bigint)`)
            .else(null)
            .end(),
        }))
        .execute();
    },

    async noteFailure(webhook, { begun, now, notBefore }) {
      await db
        .updateTable('webhooks')
        .set((eb) => ({
          failures: eb('failures', '+', 1),
          failing_since: eb.fn.coalesce('failing_since', sql<number>`cast(${now} as bigint)`),
          not_before: notBefore,
        }))
        .where('id', '=', webhook)
        .where('not_before', '<=', begun)
        .execute();
    },

    async noteSuccess(webhook) {
      await db
        .updateTable('webhooks')
        .set({ failures: 0, failing_since: null, not_before: 0 })
        .where('id', '=', webhook)
        // Most often there is nothing to write.
        .where('failing_since', 'is not', null)
        .execute();
    },

    async nextDue() {
      const lane = await db
        .selectFrom('webhook_lanes as l')
        .innerJoin('webhooks as w', 'w.id', 'l.webhook')
        .select((eb) =>
          eb.fn
            .min(
              eb
                .case()
                .when(eb('l.due_at', '>', eb.ref('w.not_before')))
                .then(eb.ref('l.due_at'))
                .else(eb.ref('w.not_before'))
                .end(),
            )
            .as('at'),
        )
        .where('l.due_at', 'is not', null)
        .where('w.paused', 'is', null)
        .executeTakeFirst();
      const failure = await db
        .selectFrom('webhook_failures as f')
        .innerJoin('webhooks as w', 'w.id', 'f.webhook')
        .select((eb) => eb.fn.min('f.due_at').as('at'))
        .where('f.due_at', 'is not', null)
        .where('w.paused', 'is', null)
        .executeTakeFirst();
      const times = [lane?.at, failure?.at].filter((at) => at != null).map(Number);
      return times.length === 0 ? null : Math.min(...times);
    },

    async forgetClaims(now) {
      for (const table of ['webhook_lanes', 'webhook_failures'] as const)
        await db
          .updateTable(table)
          .set({ claim: null, due_at: now })
          .where('due_at', 'is not', null)
          .where('claim', 'is not', null)
          .execute();
    },
  };
}

function fromRow({ webhook, stream, done, last, attempts }: LaneRow): Lane {
  return { webhook, stream, done, last, attempts };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
