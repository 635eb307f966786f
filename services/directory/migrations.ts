import type { Kysely, Migration } from 'kysely';
import { mail } from './migrations.mail.ts';
import { media } from './migrations.media.ts';
import { push } from './migrations.push.ts';
import { webhooks } from './migrations.webhooks.ts';

/**
 * The first version. Portable on purpose (text, integer, bigint, 0/1 for booleans; partial indexes, which SQLite and PostgreSQL share), so
 * that the same steps make the directory in either.
 */
const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await makeAccounts(db);
    await makeConversations(db);
  },
};

const preferencesAndReports: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('preferences')
      .addColumn('user', 'text', (c) => c.notNull())
      .addColumn('conversation', 'text', (c) => c.notNull())
      .addColumn('muted_until', 'bigint')
      .addColumn('pinned', 'integer', (c) => c.notNull())
      .addColumn('archived', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('preferences_key', ['user', 'conversation'])
      .execute();
    await schema
      .createTable('notifications')
      .addColumn('user', 'text', (c) => c.primaryKey())
      .addColumn('show', 'text', (c) => c.notNull())
      .addColumn('mentions_override', 'integer', (c) => c.notNull())
      .addColumn('quiet', 'text')
      .addColumn('digest_hours', 'integer')
      .execute();
    await schema
      .createTable('reports')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('reporter', 'text', (c) => c.notNull())
      .addColumn('user', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('text', 'text')
      .addColumn('conversation', 'text')
      .addColumn('messages', 'text', (c) => c.notNull())
      .addColumn('time', 'bigint', (c) => c.notNull())
      .addColumn('closed_at', 'bigint')
      .execute();
    await schema.createIndex('reports_by_time').on('reports').columns(['time', 'id']).execute();
  },
};

/** What only users of kind `bot` have, apart from the users. */
const withBots: Migration = {
  async up({ schema }: Kysely<unknown>): Promise<void> {
    await schema
      .createTable('bots')
      .addColumn('user', 'text', (c) => c.primaryKey().references('users.id'))
      .addColumn('owner', 'text', (c) => c.notNull().references('users.id'))
      .addColumn('scopes', 'text', (c) => c.notNull())
      .addColumn('groups', 'integer', (c) => c.notNull())
      .addColumn('paused', 'integer', (c) => c.notNull())
      .addColumn('rate', 'integer')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('deleted_at', 'bigint')
      .execute();
    await schema.createIndex('bots_by_owner').on('bots').columns(['owner', 'created_at']).execute();
  },
};

/** By name, in order; one that has been released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001_first': first,
  '0002_bots': withBots,
  '0002_preferences_and_reports': preferencesAndReports,
  '0003_webhooks': webhooks,
  '0004_push': push,
  '0005_media': media,
  '0006_mail': mail,
};

async function makeAccounts({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('admin', 'integer', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('phone', 'text')
    .addColumn('photo', 'text')
    .addColumn('status', 'text')
    .addColumn('last_seen', 'bigint')
    .addColumn('last_seen_audience', 'text', (c) => c.notNull())
    .addColumn('presence_audience', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  // Apart from the users, so that nothing that reads a user reads a password's hash.
  await schema
    .createTable('credentials')
    .addColumn('user', 'text', (c) => c.primaryKey().references('users.id'))
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .execute();

  await schema
    .createTable('devices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user', 'text', (c) => c.notNull().references('users.id'))
    .addColumn('name', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_seen', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute();
  await schema.createIndex('devices_by_user').on('devices').columns(['user', 'created_at']).execute();

  await schema
    .createTable('refresh_tokens')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('device', 'text', (c) => c.notNull().references('devices.id'))
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('family', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await schema.createIndex('refresh_tokens_by_device').on('refresh_tokens').column('device').execute();
  await schema.createIndex('refresh_tokens_by_family').on('refresh_tokens').column('family').execute();
  await schema.createIndex('refresh_tokens_by_expiry').on('refresh_tokens').column('expires_at').execute();

  await schema
    .createTable('invitations')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('created_by', 'text')
    .addColumn('admin', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_by', 'text')
    .execute();

  await schema
    .createTable('contacts')
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('contact', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addPrimaryKeyConstraint('contacts_key', ['user', 'contact'])
    .execute();
  await schema
    .createTable('blocks')
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('blocked', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('blocks_key', ['user', 'blocked'])
    .execute();
}

async function makeConversations({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('conversations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('name_seq', 'bigint', (c) => c.notNull())
    .addColumn('photo', 'text')
    .addColumn('photo_seq', 'bigint', (c) => c.notNull())
    .addColumn('history', 'text', (c) => c.notNull())
    .addColumn('history_seq', 'bigint', (c) => c.notNull())
    .addColumn('timer', 'integer')
    .addColumn('timer_seq', 'bigint', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();

  await schema
    .createTable('joinings')
    .addColumn('conversation', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('from_seq', 'bigint', (c) => c.notNull())
    .addColumn('to_seq', 'bigint')
    .addColumn('readable_from', 'bigint', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('role_seq', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('joinings_key', ['conversation', 'user', 'from_seq'])
    .execute();
  // Nobody is in a conversation twice; and the members of now are found without those of the past.
  await schema
    .createIndex('joinings_open')
    .unique()
    .on('joinings')
    .columns(['conversation', 'user'])
    .where('to_seq' as never, 'is', null)
    .execute();
  await schema
    .createIndex('joinings_of_user')
    .on('joinings')
    .columns(['user', 'conversation', 'from_seq'])
    .execute();
  await schema
    .createIndex('joinings_open_of_user')
    .on('joinings')
    .columns(['user', 'conversation'])
    .where('to_seq' as never, 'is', null)
    .execute();

  await schema
    .createTable('hidden')
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('conversation', 'text', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('hidden_key', ['user', 'conversation', 'seq'])
    .execute();
}
