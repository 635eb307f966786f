import type { Kysely, Migration } from 'kysely';

/** Files, the messages that have them, and blobs that nothing refers to. */
export const media: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('media')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('blob', 'text', (c) => c.notNull())
      .addColumn('thumbnail', 'text')
      .addColumn('uploaded', 'text', (c) => c.notNull())
      .addColumn('sha256', 'text', (c) => c.notNull())
      .addColumn('bytes', 'bigint', (c) => c.notNull())
      .addColumn('mime', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('name', 'text')
      .addColumn('width', 'integer')
      .addColumn('height', 'integer')
      .addColumn('duration_ms', 'integer')
      .addColumn('waveform', 'text')
      .addColumn('blurhash', 'text')
      .addColumn('encrypted', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('free_since', 'bigint')
      .execute();
    await schema
      .createIndex('media_of_owner')
      .on('media')
      .columns(['owner', 'uploaded', 'blob', 'bytes'])
      .execute();
    await schema.createIndex('media_by_blob').on('media').column('blob').execute();
    await schema.createIndex('media_by_age').on('media').columns(['created_at', 'id']).execute();
    await schema
      .createIndex('media_free')
      .on('media')
      .columns(['free_since', 'id'])
      .where('free_since' as never, 'is not', null)
      .execute();

    await schema
      .createTable('media_references')
      .addColumn('media', 'text', (c) => c.notNull().references('media.id'))
      .addColumn('conversation', 'text', (c) => c.notNull())
      .addColumn('seq', 'bigint', (c) => c.notNull())
      .addColumn('message', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint')
      .addPrimaryKeyConstraint('media_references_key', ['media', 'conversation', 'seq'])
      .execute();
    await schema
      .createIndex('media_references_of_message')
      .on('media_references')
      .columns(['conversation', 'message'])
      .execute();
    await schema
      .createIndex('media_references_expiring')
      .on('media_references')
      .column('expires_at')
      .where('expires_at' as never, 'is not', null)
      .execute();

    await schema
      .createTable('media_days')
      .addColumn('owner', 'text', (c) => c.notNull())
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('bytes', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('media_days_key', ['owner', 'day'])
      .execute();

    await schema
      .createTable('media_loose')
      .addColumn('blob', 'text', (c) => c.primaryKey())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addColumn('claimed', 'integer', (c) => c.notNull())
      .execute();
    await schema.createIndex('media_loose_due').on('media_loose').column('due_at').execute();
  },
};
