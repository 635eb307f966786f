import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../directory/schema.ts';
import { bots } from './store.kysely/bots.ts';
import { devices } from './store.kysely/devices.ts';
import { relations } from './store.kysely/relations.ts';
import { tokens } from './store.kysely/tokens.ts';
import { users } from './store.kysely/users.ts';
import type { AccountStore } from './store.ts';

/** Accounts in the directory. */
export function kyselyAccountStore(db: Kysely<DirectoryTables>): AccountStore {
  return { ...users(db), ...devices(db), ...tokens(db), ...relations(db), ...bots(db) };
}
