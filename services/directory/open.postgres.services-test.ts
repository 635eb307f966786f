import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestDatabase, testDatabase } from '../../test/engines/postgres-database.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { sampleUser } from '../accounts/store.samples.ts';
import { migrations } from './migrations.ts';
import { openPostgresDirectory } from './open.postgres.ts';

const { url, skip } = sharedEngine('postgres');

/** Kysely's, which it takes around all migrations. */
const MIGRATION_LOCK = '3853314791062309107';

describe('opening a directory in PostgreSQL', { skip }, () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase(url);
  });
  afterEach(() => database.drop());
  const open = (changed = database.url) =>
    openPostgresDirectory({ url: changed, deadlineMs: 10_000, most: 100, startMs: 300 });
  const recorded = async () => {
    const rows = await database.query<{ name: string }>('select name from kysely_migration order by name');
    return rows.map(({ name }) => name);
  };

  it('makes the tables once when many processes start together', async () => {
    const opened = await Promise.all(Array.from({ length: 6 }, () => open()));
    try {
      assert.deepEqual(await recorded(), Object.keys(migrations));
      const user = sampleUser();
      await opened[0]!.accounts.createUser(user, 'a hash', null);
      for (const { accounts } of opened) assert.deepEqual(await accounts.user(user.id), user);
    } finally {
      await Promise.all(opened.map(({ close }) => close()));
    }
  });

  it('waits for the one who migrates, and does nothing twice', async () => {
    const another = new Client({ connectionString: database.url });
    await another.connect();
    await another.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const opening = Promise.all([open(), open()]);
    const waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted";
    while ((await another.query(waiting)).rowCount !== 2) await pause(5);
    assert.deepEqual(await recorded(), []);
    await another.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    for (const { close } of await opening) await close();
    assert.deepEqual(await recorded(), Object.keys(migrations));
    await another.end();
  });

  it('refuses what a newer version wrote, and leaves it as it is', async () => {
    await (await open()).close();
    await database.query("insert into kysely_migration values ('9999_future', '2099-01-01T00:00:00.000Z')");
    await assert.rejects(open(), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`/${database.name} was written by a newer Dunlin .*9999_future`),
      );
      return tellsNothing(error);
    });
    assert.deepEqual(await recorded(), [...Object.keys(migrations), '9999_future']);
  });

  it('says why it cannot, and never with the password', async () => {
    const changed = (fields: Partial<URL>) => Object.assign(new URL(database.url), fields).href;
    const wrong: [fields: Partial<URL>, reason: RegExp][] = [
      [{ password: 'another%2Fsecret' }, /password authentication failed.*28P01/],
      [{ pathname: '/nowhere' }, /database "nowhere" does not exist.*3D000/],
      [{ port: '1' }, /ECONNREFUSED/],
      [{ search: 'sslmode=verify-full' }, /does not support SSL/],
    ];
    for (const [fields, reason] of wrong)
      await assert.rejects(open(changed(fields)), (error: Error) => {
        assert.match(error.message, reason);
        return tellsNothing(error);
      });
  });
});

function tellsNothing(error: Error): true {
  const { password } = new URL(url);
  const told = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
  for (const secret of [password, decodeURIComponent(password), 'another/secret', 'another%2Fsecret'])
    assert.ok(!told.includes(secret), told);
  return true;
}
