import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { type KyselySqlite, openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { Refused } from '../../protocol/errors.ts';
import { kyselyAccountStore } from '../accounts/store.kysely.ts';
import { sampleInvitation, sampleUser } from '../accounts/store.samples.ts';
import type { AccountStore } from '../accounts/store.ts';
import { kyselyConversationStore } from '../conversations/store.kysely.ts';
import { sampleGroup } from '../conversations/store.samples.ts';
import type { ConversationStore } from '../conversations/store.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';

const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

describe('directory.db in trouble', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-directory-'));
  const path = join(folder, 'directory.db');
  let opened: KyselySqlite<DirectoryTables>;
  let accounts: AccountStore;
  let conversations: ConversationStore;
  before(async () => {
    opened = await openKyselySqlite<DirectoryTables>(path);
    await migrateDirectory(opened.db, path);
    accounts = kyselyAccountStore(opened.db);
    conversations = kyselyConversationStore(opened.db);
  });
  after(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });
  const pragma = (text: string) => sql.raw(`pragma ${text}`).execute(opened.db);

  it('refuses with storage_full without room, keeps nothing of it, and recovers', async () => {
    const [group, user, invitation] = [
      sampleGroup(),
      sampleUser({ createdAt: 1_000, status: 'x'.repeat(300_000) }),
      sampleInvitation(),
    ];
    const members = Array.from({ length: 5_000 }, () => ({ user: sampleUser().id, role: 'member' as const }));
    await accounts.addInvitation(invitation);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(opened.db);
    await pragma(`max_page_count = ${rows[0]!.page_count + 50}`);

    const isFull = refusedAs('storage_full');
    await assert.rejects(conversations.create(group, members, 1), isFull);
    assert.equal(await conversations.get(group.id), null);
    await assert.rejects(accounts.createUser(user, 'a hash', invitation.hash), isFull);
    assert.equal((await accounts.invitation(invitation.hash))?.usedBy, null);

    await pragma('max_page_count = 1000000');
    await conversations.create(group, members, 1);
    assert.equal((await conversations.members(group.id)).length, members.length);
    await accounts.createUser(user, 'a hash', invitation.hash);
  });

  it('refuses with unavailable when the disk does not take it, which is tried again', async () => {
    await pragma('query_only = on');
    const user = sampleUser();
    await assert.rejects(accounts.createUser(user, 'a hash', null), refusedAs('unavailable'));
    await assert.rejects(accounts.block('a', 'b'), refusedAs('unavailable'));
    await pragma('query_only = off');
    await accounts.createUser(user, 'a hash', null);
  });
});
