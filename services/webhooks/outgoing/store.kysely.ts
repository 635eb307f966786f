import type { Kysely } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { type ConversationEventType, conversationEvents } from '../../../protocol/events.ts';
import { chunks } from '../../directory/chunks.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { WebhookRow } from '../tables.ts';
import { failures } from './store.kysely/failures.ts';
import { lanes } from './store.kysely/lanes.ts';
import type { Listening, Webhook, WebhookChanges, WebhookStore } from './store.ts';

export function kyselyWebhookStore(db: Kysely<DirectoryTables>): WebhookStore {
  return {
    ...lanes(db),
    ...failures(db),

    addWebhook: (webhook, most) =>
      db.transaction().execute(async (tx) => {
        await lockRows(tx, 'users', [webhook.owner]);
        const { count } = await tx
          .selectFrom('webhooks')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('owner', '=', webhook.owner)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most) throw new Refused('list_full', `at most ${most} webhooks of one owner`);
        await tx.insertInto('webhooks').values(toRow(webhook)).execute();
      }),

    async webhook(id) {
      const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    webhooksOf: async (owner) => (await ordered('owner', owner).execute()).map(fromRow),
    webhooksIn: async (conversation) => (await ordered('conversation', conversation).execute()).map(fromRow),

    async updateWebhook(id, changes) {
      const set = columnsOf(changes);
      const { numUpdatedRows } = await db
        .updateTable('webhooks')
        .set({ id, ...set })
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    removeWebhook: (id) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('webhook_failures').where('webhook', '=', id).execute();
        await tx.deleteFrom('webhook_lanes').where('webhook', '=', id).execute();
        const { numDeletedRows } = await tx.deleteFrom('webhooks').where('id', '=', id).executeTakeFirst();
        return numDeletedRows > 0n;
      }),

    async hasWebhooks() {
      return (await db.selectFrom('webhooks').select('id').limit(1).executeTakeFirst()) !== undefined;
    },

    async listening(streams) {
      const found: Listening[] = [];
      for (const some of chunks([...streams])) {
        const own = await db
          .selectFrom('webhooks')
          .select(['id as webhook', 'conversation as stream', 'owner', 'events'])
          .where('conversation', 'in', some)
          .execute();
        // From the few who hear of everything to where they are, not from large groups to them.
        const all = await db
          .selectFrom('webhooks')
          .innerJoin('joinings', 'joinings.user', 'webhooks.owner')
          .select(['webhooks.id as webhook', 'joinings.conversation as stream', 'owner', 'events'])
          .where('webhooks.conversation', 'is', null)
          .where('joinings.conversation', 'in', some)
          .where('joinings.to_seq', 'is', null)
          .execute();
        for (const { events, stream, ...row } of [...own, ...all])
          found.push({ ...row, stream: stream!, events: events.split(' ') });
      }
      return found;
    },
  };

  function ordered(by: 'owner' | 'conversation', value: string) {
    return db.selectFrom('webhooks').selectAll().where(by, '=', value).orderBy('created_at').orderBy('id');
  }
}

function toRow(webhook: Webhook): WebhookRow {
  const { id, owner, conversation, url, events, secret, formerSecret, paused, failures } = webhook;
  return {
    ...{ id, owner, conversation, url, events: events.join(' '), secret },
    former_secret: formerSecret?.secret ?? null,
    former_until: formerSecret?.until ?? null,
    ...{ paused, failures },
    failing_since: webhook.failingSince,
    not_before: 0,
    created_at: webhook.createdAt,
  };
}

function fromRow(row: WebhookRow): Webhook {
  const { id, owner, conversation, url, secret, former_secret, former_until, paused, failures } = row;
  return {
    ...{ id, owner, conversation, url, events: row.events.split(' ').filter(isKnown), secret },
    formerSecret: former_secret === null ? null : { secret: former_secret, until: former_until! },
    ...{ paused, failures },
    failingSince: row.failing_since,
    createdAt: row.created_at,
  };
}

/** One that this version does not know is not told. */
function isKnown(type: string): type is ConversationEventType {
  return Object.hasOwn(conversationEvents, type);
}

function columnsOf({ url, events, secret, formerSecret, paused }: WebhookChanges): Partial<WebhookRow> {
  return {
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events: events.join(' ') }),
    ...(secret === undefined ? {} : { secret }),
    ...(formerSecret === undefined
      ? {}
      : { former_secret: formerSecret?.secret ?? null, former_until: formerSecret?.until ?? null }),
    ...(paused === undefined ? {} : { paused }),
    ...(paused === null ? { failures: 0, failing_since: null, not_before: 0 } : {}),
  };
}
