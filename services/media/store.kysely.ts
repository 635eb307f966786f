import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../directory/schema.ts';
import { adding } from './store.kysely/adding.ts';
import { references } from './store.kysely/references.ts';
import { removing } from './store.kysely/removing.ts';
import type { MediaStore } from './store.ts';

export function kyselyMediaStore(db: Kysely<DirectoryTables>): MediaStore {
  return { ...adding(db), ...references(db), ...removing(db) };
}
