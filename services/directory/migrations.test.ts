import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { loadDump } from '../../platform/sqlite/fixtures/dump.ts';
import { schemaOf } from '../../platform/sqlite/fixtures/schema-of.ts';
import type { Directory } from './directory.ts';
import * as sample from './fixtures/sample.ts';
import { migrations } from './migrations.ts';
import { openDirectory } from './open.ts';

const VERSIONS = [1];

for (const version of VERSIONS) {
  describe(`directory.db as version ${version} wrote it`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-directory-'));
    const path = join(folder, 'directory.db');
    let directory: Directory;
    before(async () => {
      loadDump(path, readFileSync(new URL(`./fixtures/version-${version}.sql`, import.meta.url), 'utf8'));
      directory = await openDirectory(path);
    });
    after(async () => {
      await directory.close();
      rmSync(folder, { recursive: true });
    });

    it('keeps users and what they sign in with', async () => {
      const { accounts } = directory;
      assert.equal(await accounts.countUsers(), 2);
      for (const user of [sample.ann, sample.bot]) {
        assert.deepEqual(await accounts.userByName(user.username), user);
        assert.equal(await accounts.passwordHash(user.id), sample.passwordHash);
      }
      assert.deepEqual(await accounts.devices(sample.ann.id), [sample.phone]);
      assert.deepEqual(await accounts.device(sample.lost.id), sample.lost);
      assert.deepEqual(await accounts.refreshToken(sample.token.hash), sample.token);
      assert.deepEqual(await accounts.refreshToken(sample.usedToken.hash), sample.usedToken);
      assert.deepEqual(await accounts.invitation(sample.invitation.hash), sample.invitation);
    });

    it('keeps contacts and blocks', async () => {
      const { accounts } = directory;
      assert.deepEqual(await accounts.contacts(sample.ann.id), [{ user: sample.bot.id, name: 'Weather' }]);
      assert.deepEqual(await accounts.blocks(sample.ann.id), [sample.blocked]);
    });

    it('keeps conversations and who was in them when', async () => {
      const { conversations } = directory;
      assert.deepEqual(await conversations.memberships(sample.ann.id), sample.annsMemberships);
      assert.deepEqual(await conversations.membership(sample.bot.id, sample.group.id), sample.botInGroup);
      assert.deepEqual(await conversations.members(sample.group.id), [
        { user: sample.ann.id, role: 'owner' },
      ]);
      assert.deepEqual(await conversations.hidden(sample.ann.id, sample.group.id, 1, 9), new Set([3]));
    });

    it('still knows a replayed event', async () => {
      const { conversations } = directory;
      await conversations.remove(sample.group.id, [sample.ann.id], 1);
      await conversations.add(sample.group.id, [{ user: sample.bot.id, role: 'member' }], 6, 6);
      await conversations.update(sample.group.id, { name: 'First', timer: null }, 7);
      assert.deepEqual(await conversations.memberships(sample.ann.id), sample.annsMemberships);
      assert.deepEqual(await conversations.membership(sample.bot.id, sample.group.id), sample.botInGroup);
    });

    it('has the tables of a new one', async () => {
      const fresh = join(folder, 'fresh.db');
      await (await openDirectory(fresh)).close();
      assert.deepEqual(schemaOf(path), schemaOf(fresh));
    });
  });
}

describe('directory.db of a newer version', () => {
  it('is refused, and stays as it is', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-directory-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'directory.db');
    await sample.write(path);
    const db = new DatabaseSync(path);
    t.after(() => db.close());
    db.exec("INSERT INTO kysely_migration VALUES ('9999_future', '2099-01-01T00:00:00.000Z')");
    await assert.rejects(openDirectory(path), /directory\.db was written by a newer Dunlin .*9999_future/);
    const names = db.prepare('SELECT name FROM kysely_migration ORDER BY name').all();
    assert.deepEqual(
      names.map(({ name }) => name),
      [...Object.keys(migrations), '9999_future'],
    );
  });
});
