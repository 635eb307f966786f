import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { kyselyAccountStore } from '../accounts/store.kysely.ts';
import { kyselyConversationStore } from '../conversations/store.kysely.ts';
import { kyselyPreferenceStore } from '../preferences/store.kysely.ts';
import { kyselyReportStore } from '../reports/store.kysely.ts';
import { kyselyHookStore } from '../webhooks/incoming/store.kysely.ts';
import { kyselyWebhookStore } from '../webhooks/outgoing/store.kysely.ts';
import type { EmbeddedDirectory } from './directory.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';

/** Opens directory.db, making or migrating it. @throws {Error} when a newer Dunlin has written it */
export async function openDirectory(path: string): Promise<EmbeddedDirectory> {
  const { db, backup, close, ended } = await openKyselySqlite<DirectoryTables>(path);
  try {
    await migrateDirectory(db, path);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts: kyselyAccountStore(db),
    conversations: kyselyConversationStore(db),
    preferences: kyselyPreferenceStore(db),
    reports: kyselyReportStore(db),
    hooks: kyselyHookStore(db),
    webhooks: kyselyWebhookStore(db),
    backup,
    close,
    ended,
  };
}
