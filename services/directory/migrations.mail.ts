import type { Kysely, Migration } from 'kysely';

/** Mail: who has which address, what is to be sent, what was handed out in links, and when to look for a digest. */
export const mail: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('mail_addresses')
      .addColumn('user', 'text', (c) => c.primaryKey().references('users.id'))
      .addColumn('address', 'text')
      .addColumn('address_key', 'text', (c) => c.unique())
      .addColumn('verified_at', 'bigint')
      .addColumn('pending', 'text')
      .addColumn('bounces', 'integer', (c) => c.notNull())
      .addColumn('bouncing_at', 'bigint')
      .addColumn('notices', 'integer', (c) => c.notNull())
      .addColumn('digests', 'integer', (c) => c.notNull())
      .addColumn('language', 'text')
      .execute();

    await schema
      .createTable('mail_tokens')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('user', 'text', (c) => c.notNull())
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('address', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema.createIndex('mail_tokens_by_user').on('mail_tokens').columns(['user', 'purpose']).execute();
    await schema.createIndex('mail_tokens_by_expiry').on('mail_tokens').column('expires_at').execute();

    await schema
      .createTable('mail_outbox')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('about', 'text', (c) => c.unique())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('user', 'text')
      .addColumn('data', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('claim', 'text')
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('ended_at', 'bigint')
      .addColumn('recipient', 'text')
      .execute();
    await schema
      .createIndex('mail_outbox_due')
      .on('mail_outbox')
      .column('due_at')
      .where('due_at' as never, 'is not', null)
      .execute();
    await schema
      .createIndex('mail_outbox_by_recipient')
      .on('mail_outbox')
      .columns(['recipient', 'ended_at'])
      .where('recipient' as never, 'is not', null)
      .execute();
    await schema
      .createIndex('mail_outbox_ended')
      .on('mail_outbox')
      .column('ended_at')
      .where('ended_at' as never, 'is not', null)
      .execute();

    await schema
      .createTable('mail_origins')
      .addColumn('device', 'text', (c) => c.primaryKey())
      .addColumn('network', 'text', (c) => c.notNull())
      .addColumn('noted_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema.createIndex('mail_origins_by_age').on('mail_origins').column('noted_at').execute();

    // Whom to look at next for unread messages: only those who asked to be told are in the index.
    for (const column of ['digest_at', 'digest_told'])
      await schema
        .alterTable('notifications')
        .addColumn(column, 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
    await schema
      .createIndex('notifications_digest')
      .on('notifications')
      .column('digest_at')
      .where('digest_hours' as never, 'is not', null)
      .execute();
  },
};
