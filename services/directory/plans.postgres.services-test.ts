import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CompiledQuery, KyselyPlugin, RootOperationNode } from 'kysely';
import { type KyselyPostgres, openKyselyPostgres } from '../../platform/postgres/kysely.ts';
import { parsePostgresUrl } from '../../platform/postgres/url.ts';
import { type TestDatabase, testDatabase } from '../../test/engines/postgres-database.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { calls } from './fixtures/calls.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';
import { kyselyStores } from './stores.ts';

const { url, skip } = sharedEngine('postgres');

/**
 * So much that reading a table from end to end would be the dearer way by far, and the planner is left to choose. User x is in 150
 * conversations and has hidden 2,000 messages, has 40 devices and 400 contacts; conversation x has 5,000 members.
 */
const FILL = [
  `insert into users select case i when 1 then 'x' when 2 then 'y' else 'u' || i end, 'name' || i, 'person', 0, null, null, null, null, i,
    'everyone', 'everyone', i from generate_series(1, 20000) i`,
  "insert into credentials select id, 'hash' from users",
  `insert into devices select 'd' || i, case when i <= 40 then 'x' else 'u' || (i % 19000 + 3) end, null, i, i,
    case when i % 2 = 0 then i end from generate_series(1, 20000) i`,
  `insert into refresh_tokens select 'h' || i, 'd' || (i % 20000 + 1), 'x', 'f' || (i / 3), i, null from generate_series(1, 30000) i`,
  "insert into invitations select 'h' || i, null, 0, i, null from generate_series(1, 20000) i",
  `insert into contacts select case when i <= 400 then 'x' else 'u' || (i % 2000) end, 'u' || i, null from generate_series(1, 20000) i`,
  `insert into blocks select case when i <= 400 then 'x' else 'u' || (i % 2000) end, 'u' || i from generate_series(1, 20000) i`,
  `insert into conversations select case i when 1 then 'x' else 'c' || i end, 'group', null, 1, null, 1, 'joined', 1, null, 1, 'x', 1
    from generate_series(1, 40000) i`,
  `insert into joinings select 'x', 'u' || i, 1, case when i % 3 = 0 then 9 end, 1, 'member', 1 from generate_series(3, 5000) i`,
  `insert into joinings select 'c' || c, 'u' || (c * 5 + n) % 19000 + 3, 1, null, 1, 'member', 1
    from generate_series(2, 8000) c, generate_series(1, 5) n`,
  `insert into joinings select 'c' || c, 'x', 1, null, 1, 'member', 1 from generate_series(2, 151) c`,
  `insert into hidden select case when i <= 2000 then 'x' else 'u' || (i % 2000) end, 'c' || (i % 20 + 2), i
    from generate_series(1, 30000) i`,
  `insert into bots select 'u' || i, case when i <= 20 then 'x' else 'u' || (i % 2000 + 3) end, '[]', 0, 0, null, i, null
    from generate_series(3, 20000) i`,
  `insert into preferences select 'u' || (i % 2000), 'c' || i, null, 0, 0 from generate_series(1, 20000) i`,
  `insert into notifications select 'u' || i, 'content', 1, null, null from generate_series(1, 20000) i`,
  `insert into reports select 'r' || i, 'u' || i, 'x', 'spam', null, null, '[]', i, null from generate_series(1, 20000) i`,
];

/** Of tables that have no rows by now: many, of whatever their columns take, each another one. */
async function fillTheRest(database: TestDatabase): Promise<void> {
  const columns = await database.query<{ table: string; column: string; type: string }>(`
    select table_name as table, column_name as column, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%' order by table_name, ordinal_position`);
  for (const [table, all] of Map.groupBy(columns, (one) => one.table)) {
    const [row] = await database.query(`select 1 from "${table}" limit 1`);
    if (row !== undefined) continue;
    const values = all.map(({ type }) => (type === 'text' ? "'v' || i" : 'i'));
    const names = all.map(({ column }) => `"${column}"`);
    // Without the triggers that look after foreign keys: nobody is there whom they name.
    await database.query(`set session_replication_role = replica;
      insert into "${table}" (${names}) select ${values} from generate_series(1, 20000) i`);
  }
}

/** By which indexes the methods find what they ask for: those that have no others to choose from. */
const INDEXES: Readonly<Record<string, string[]>> = {
  user: ['users_pkey'],
  users: ['users_pkey'],
  userByName: ['users_username_key'],
  passwordHash: ['credentials_pkey'],
  setLastSeen: ['devices_pkey', 'users_pkey'],
  addDevice: ['devices_by_user', 'users_pkey'],
  device: ['devices_pkey'],
  devices: ['devices_by_user'],
  revokeDevice: ['devices_pkey', 'push_routes_by_user', 'refresh_tokens_by_device'],
  refreshToken: ['refresh_tokens_pkey'],
  rotateRefreshToken: ['devices_pkey', 'refresh_tokens_pkey'],
  deleteFamily: ['refresh_tokens_by_family'],
  sweepTokens: ['refresh_tokens_by_expiry', 'refresh_tokens_pkey'],
  invitation: ['invitations_pkey'],
  contacts: ['contacts_key'],
  isContact: ['contacts_key'],
  blocks: ['blocks_key'],
  blockedBetween: ['blocks_key'],
  countRelations: ['blocks_key', 'contacts_key'],
  get: ['conversations_pkey'],
  members: ['joinings_open'],
  membersAt: ['joinings_key'],
  update: ['conversations_pkey'],
  hidden: ['hidden_key'],
  hiddenAmong: ['hidden_key'],
};
/** An index that is read from end to end is no better than a table. */
const SCAN = /(?:Index|Index Only) Scan (?:Backward )?using (\w+)|Bitmap Index Scan on (\w+)/;

describe('plans of the queries of the directory in PostgreSQL', { skip }, () => {
  let database: TestDatabase;
  let opened: KyselyPostgres<DirectoryTables>;
  const queries: RootOperationNode[] = [];
  const recorder: KyselyPlugin = {
    transformQuery({ node }) {
      queries.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const ms = 60_000;
  const times = { connectMs: ms, statementMs: ms, lockMs: ms, answerMs: ms, holdMs: ms };
  before(async () => {
    database = await testDatabase(url);
    opened = openKyselyPostgres<DirectoryTables>(parsePostgresUrl(database.url), { connections: 1, times });
    await migrateDirectory(opened.db, database.name);
    for (const sql of FILL) await database.query(sql);
    await fillTheRest(database);
    await database.query('analyze');
  });
  after(async () => {
    await opened?.close();
    await database?.drop();
  });

  const planOf = async ({ sql, parameters }: CompiledQuery): Promise<string> => {
    const rows = await database.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...parameters]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  for (const [name, call] of calls) {
    it(`${name} goes by an index`, async () => {
      queries.length = 0;
      const recorded = opened.db.withPlugin(recorder);
      await call(kyselyStores(recorded)).catch(() => {});
      assert.ok(queries.length > 0, 'no query was recorded');
      const used = new Set<string>();
      for (const node of queries) {
        const plan = await planOf(opened.db.getExecutor().compileQuery(node, { queryId: 'plan' }));
        assert.doesNotMatch(plan, /Seq Scan/, plan);
        for (const [i, line] of plan.split('\n').entries()) {
          const found = SCAN.exec(line);
          if (found === null) continue;
          used.add((found[1] ?? found[2])!);
          assert.match(plan.split('\n')[i + 1] ?? '', /Index Cond/, plan);
        }
      }
      if (INDEXES[name] !== undefined) assert.deepEqual([...used].toSorted(), INDEXES[name]);
    });
  }
});
