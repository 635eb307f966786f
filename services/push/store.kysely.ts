import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../directory/schema.ts';
import { events } from './store.kysely/events.ts';
import { ledger } from './store.kysely/ledger.ts';
import { outbox } from './store.kysely/outbox.ts';
import { routes } from './store.kysely/routes.ts';
import type { PushStore } from './store.ts';

/** Push in the directory. */
export function kyselyPushStore(db: Kysely<DirectoryTables>): PushStore {
  return { ...routes(db), ...events(db), ...outbox(db), ...ledger(db) };
}
