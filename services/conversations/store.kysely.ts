import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../directory/schema.ts';
import { changes } from './store.kysely/changes.ts';
import { hiding } from './store.kysely/hiding.ts';
import { views } from './store.kysely/views.ts';
import type { ConversationStore } from './store.ts';

/** Conversations in the directory. */
export function kyselyConversationStore(db: Kysely<DirectoryTables>): ConversationStore {
  return { ...views(db), ...changes(db), ...hiding(db) };
}
