import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import type { KyselyPlugin, RootOperationNode } from 'kysely';
import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { kyselyAccountStore } from '../accounts/store.kysely.ts';
import type { AccountStore } from '../accounts/store.ts';
import { kyselyConversationStore } from '../conversations/store.kysely.ts';
import type { ConversationStore } from '../conversations/store.ts';
import * as sample from './fixtures/sample.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';

/** Every method, with arguments that make it do its work. */
const calls: [
  name: string,
  (accounts: AccountStore, conversations: ConversationStore) => Promise<unknown>,
][] = [
  ['user', (a) => a.user('x')],
  ['users', (a) => a.users(['x', 'y'])],
  ['userByName', (a) => a.userByName('x')],
  ['passwordHash', (a) => a.passwordHash('x')],
  ['setPassword', (a) => a.setPassword('x', 'y')],
  ['setAdmin', (a) => a.setAdmin('x', true)],
  ['updateProfile', (a) => a.updateProfile('x', { name: 'y' })],
  ['createUser', (a) => a.createUser({ ...sample.ann, id: 'new', username: 'new' }, 'hash', 'x')],
  ['setLastSeen', (a) => a.setLastSeen([{ user: 'x', device: 'y', at: 1 }])],
  ['addDevice', (a) => a.addDevice({ ...sample.phone, id: 'new' }, 10)],
  ['device', (a) => a.device('x')],
  ['devices', (a) => a.devices('x')],
  ['renameDevice', (a) => a.renameDevice('x', 'y', 'z')],
  ['revokeDevice', (a) => a.revokeDevice('x', 'y', 1)],
  ['addRefreshToken', (a) => a.addRefreshToken({ ...sample.token, hash: 'new' })],
  ['refreshToken', (a) => a.refreshToken('x')],
  ['rotateRefreshToken', (a) => a.rotateRefreshToken('x', sample.token, 1)],
  ['deleteFamily', (a) => a.deleteFamily('x')],
  ['sweepTokens', (a) => a.sweepTokens(1)],
  ['invitation', (a) => a.invitation('x')],
  ['setContact', (a) => a.setContact('x', 'y', null)],
  ['removeContact', (a) => a.removeContact('x', 'y')],
  ['contacts', (a) => a.contacts('x')],
  ['isContact', (a) => a.isContact('x', 'y')],
  ['block', (a) => a.block('x', 'y')],
  ['unblock', (a) => a.unblock('x', 'y')],
  ['blocks', (a) => a.blocks('x')],
  ['blockedBetween', (a) => a.blockedBetween('x', 'y')],
  ['get', (_, c) => c.get('x')],
  ['members', (_, c) => c.members('x')],
  ['membersAt', (_, c) => c.membersAt('x', 5)],
  ['memberships', (_, c) => c.memberships('x')],
  ['membership', (_, c) => c.membership('x', 'y')],
  ['countGroups', (_, c) => c.countGroups('x')],
  ['countGroupsOf', (_, c) => c.countGroupsOf(['x', 'y'])],
  ['share', (_, c) => c.share('x', 'y')],
  ['create', (_, c) => c.create({ ...sample.group, id: 'new' }, [{ user: 'x', role: 'owner' }], 1)],
  ['add', (_, c) => c.add(sample.group.id, [{ user: 'x', role: 'member' }], 99, 99)],
  ['remove', (_, c) => c.remove('x', ['y'], 2)],
  ['setRole', (_, c) => c.setRole('x', 'y', 'admin', 2)],
  ['update', (_, c) => c.update('x', { name: 'y' }, 2)],
  ['hide', (_, c) => c.hide('x', 'y', 1)],
  ['hidden', (_, c) => c.hidden('x', 'y', 1, 5)],
  [
    'hiddenAmong',
    (_, c) =>
      c.hiddenAmong('x', [
        { conversation: 'y', seq: 1 },
        { conversation: 'y', seq: 2 },
      ]),
  ],
];

/** Tables whose whole is asked for nowhere. */
const SCAN =
  /SCAN (users|credentials|devices|refresh_tokens|invitations|contacts|blocks|conversations|joinings|mine|theirs|hidden)\b/;

describe('plans of the queries of directory.db', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-directory-'));
  const path = join(folder, 'directory.db');
  const queries: RootOperationNode[] = [];
  const recorder: KyselyPlugin = {
    transformQuery({ node }) {
      queries.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  let opened: Awaited<ReturnType<typeof openKyselySqlite<DirectoryTables>>>;
  let plain: DatabaseSync;
  before(async () => {
    await sample.write(path);
    opened = await openKyselySqlite<DirectoryTables>(path);
    await migrateDirectory(opened.db, path);
    plain = new DatabaseSync(path, { readOnly: true });
  });
  after(async () => {
    plain.close();
    await opened.close();
    rmSync(folder, { recursive: true });
  });

  for (const [name, call] of calls) {
    it(`${name} reads no table from end to end`, async () => {
      queries.length = 0;
      const recorded = opened.db.withPlugin(recorder);
      await call(kyselyAccountStore(recorded), kyselyConversationStore(recorded)).catch(() => {});
      assert.ok(queries.length > 0, 'no query was recorded');
      for (const node of queries) {
        const { sql } = opened.db.getExecutor().compileQuery(node, { queryId: 'plan' });
        const plan = plain.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
        for (const { detail } of plan) assert.doesNotMatch(detail, SCAN, sql);
      }
    });
  }
});
