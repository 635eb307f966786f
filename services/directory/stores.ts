import type { Kysely } from 'kysely';
import { kyselyAccountStore } from '../accounts/store.kysely.ts';
import { kyselyConversationStore } from '../conversations/store.kysely.ts';
import { kyselyMailStore } from '../mail/store.kysely.ts';
import { kyselyMediaStore } from '../media/store.kysely.ts';
import { kyselyPreferenceStore } from '../preferences/store.kysely.ts';
import { kyselyPushStore } from '../push/store.kysely.ts';
import { kyselyReportStore } from '../reports/store.kysely.ts';
import { kyselyHookStore } from '../webhooks/incoming/store.kysely.ts';
import { kyselyWebhookStore } from '../webhooks/outgoing/store.kysely.ts';
import type { DirectoryStores } from './directory.ts';
import type { DirectoryTables } from './schema.ts';

/** Every store that lives in the directory's database, whichever that is. */
export function kyselyStores(db: Kysely<DirectoryTables>): DirectoryStores {
  return {
    accounts: kyselyAccountStore(db),
    conversations: kyselyConversationStore(db),
    preferences: kyselyPreferenceStore(db),
    reports: kyselyReportStore(db),
    media: kyselyMediaStore(db),
    hooks: kyselyHookStore(db),
    webhooks: kyselyWebhookStore(db),
    mail: kyselyMailStore(db),
    push: kyselyPushStore(db),
  };
}
