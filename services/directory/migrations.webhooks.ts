import type { Kysely, Migration } from 'kysely';

/** Incoming and outgoing webhooks: who, how far each has been told, and what was given up. */
export const webhooks: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('hooks')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('conversation', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('speaker', 'text', (c) => c.notNull())
      .addColumn('created_by', 'text', (c) => c.notNull())
      .addColumn('secret_hash', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createIndex('hooks_by_conversation')
      .on('hooks')
      .columns(['conversation', 'created_at', 'id'])
      .execute();

    await schema
      .createTable('webhooks')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('conversation', 'text')
      .addColumn('url', 'text', (c) => c.notNull())
      .addColumn('events', 'text', (c) => c.notNull())
      .addColumn('secret', 'text', (c) => c.notNull())
      .addColumn('former_secret', 'text')
      .addColumn('former_until', 'bigint')
      .addColumn('paused', 'text')
      .addColumn('failures', 'integer', (c) => c.notNull())
      .addColumn('failing_since', 'bigint')
      .addColumn('not_before', 'bigint', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createIndex('webhooks_by_owner')
      .on('webhooks')
      .columns(['owner', 'created_at', 'id'])
      .execute();
    await schema
      .createIndex('webhooks_by_conversation')
      .on('webhooks')
      .columns(['conversation', 'created_at', 'id'])
      .execute();

    await schema
      .createTable('webhook_lanes')
      .addColumn('webhook', 'text', (c) => c.notNull().references('webhooks.id'))
      .addColumn('stream', 'text', (c) => c.notNull())
      .addColumn('done', 'bigint', (c) => c.notNull())
      .addColumn('last', 'bigint', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('claim', 'text')
      .addPrimaryKeyConstraint('webhook_lanes_key', ['webhook', 'stream'])
      .execute();
    await schema
      .createIndex('webhook_lanes_due')
      .on('webhook_lanes')
      .column('due_at')
      .where('due_at' as never, 'is not', null)
      .execute();

    await schema
      .createTable('webhook_failures')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('webhook', 'text', (c) => c.notNull().references('webhooks.id'))
      .addColumn('stream', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('status', 'integer')
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('failed_at', 'bigint', (c) => c.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('claim', 'text')
      .execute();
    await schema
      .createIndex('webhook_failures_of_event')
      .unique()
      .on('webhook_failures')
      .columns(['webhook', 'stream', 'seq'])
      .execute();
    await schema
      .createIndex('webhook_failures_by_time')
      .on('webhook_failures')
      .columns(['webhook', 'failed_at', 'id'])
      .execute();
    await schema.createIndex('webhook_failures_by_age').on('webhook_failures').column('failed_at').execute();
    await schema
      .createIndex('webhook_failures_due')
      .on('webhook_failures')
      .column('due_at')
      .where('due_at' as never, 'is not', null)
      .execute();
  },
};
