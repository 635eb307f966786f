import { DEFAULT_MIGRATION_TABLE, type Kysely, Migrator, sql } from 'kysely';
import { migrations } from './migrations.ts';

/**
 * Brings the directory up to the newest version, all steps or none. Of several processes at once one does, and the others wait for it.
 * @param place what is opened, as an operator may read it
 * @throws {Error} when a newer Dunlin has written it; then nothing was changed
 */
export async function migrateDirectory<T>(db: Kysely<T>, place: string): Promise<void> {
  const known = Object.keys(migrations);
  const made = await recorded(db);
  const unknown = made.find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) {
    throw new Error(
      `${place} was written by a newer Dunlin (migration ${unknown}, this one knows ${known.length}): start that version, or restore a backup`,
    );
  }
  // A process that starts beside others asks for no lock.
  if (made.length === known.length) return;
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}

/** The names of the migrations this database has been through. */
async function recorded<T>(db: Kysely<T>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
