import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../directory/schema.ts';
import { addresses } from './store.kysely/addresses.ts';
import { digests } from './store.kysely/digests.ts';
import { origins } from './store.kysely/origins.ts';
import { outbox } from './store.kysely/outbox.ts';
import { mailTokens } from './store.kysely/tokens.ts';
import type { MailStore } from './store.ts';

/** Mail in the directory. */
export function kyselyMailStore(db: Kysely<DirectoryTables>): MailStore {
  return { ...addresses(db), ...mailTokens(db), ...outbox(db), ...digests(db), ...origins(db) };
}
