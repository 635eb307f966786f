import type { Kysely, Migration } from 'kysely';

/** Where devices are reached that are not connected; whom to look at; what is to be sent, and what became of it. */
export const push: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('push_routes')
      .addColumn('device', 'text', (c) => c.notNull().references('devices.id'))
      .addColumn('place', 'integer', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('user', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('fingerprint', 'text')
      .addColumn('key', 'text')
      .addColumn('registered_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('push_routes_key', ['device', 'place'])
      .execute();
    await schema.createIndex('push_routes_by_user').on('push_routes').columns(['user', 'device']).execute();
    await schema
      .createIndex('push_routes_by_fingerprint')
      .on('push_routes')
      .column('fingerprint')
      .where('fingerprint' as never, 'is not', null)
      .execute();

    await schema
      .createTable('push_events')
      .addColumn('conversation', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('time', 'bigint', (c) => c.notNull())
      .addColumn('after', 'text', (c) => c.notNull())
      .addColumn('late', 'integer', (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addColumn('claim', 'text')
      .addPrimaryKeyConstraint('push_events_key', ['conversation', 'seq'])
      .execute();
    await schema.createIndex('push_events_due').on('push_events').column('due_at').execute();

    await schema
      .createTable('push_outbox')
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('conversation', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('user', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('via', 'text')
      .addColumn('reason', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('settled_at', 'bigint')
      .addColumn('claim', 'text')
      .addPrimaryKeyConstraint('push_outbox_key', ['device', 'conversation', 'seq'])
      .execute();
    await schema
      .createIndex('push_outbox_due')
      .on('push_outbox')
      .column('due_at')
      .where('due_at' as never, 'is not', null)
      .execute();
    await schema
      .createIndex('push_outbox_of_user')
      .on('push_outbox')
      .columns(['user', 'conversation', 'seq'])
      .execute();
    await schema
      .createIndex('push_outbox_of_device')
      .on('push_outbox')
      .columns(['device', 'created_at'])
      .execute();
    await schema
      .createIndex('push_outbox_settled')
      .on('push_outbox')
      .column('settled_at')
      .where('settled_at' as never, 'is not', null)
      .execute();
  },
};
