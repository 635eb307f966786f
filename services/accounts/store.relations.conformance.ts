import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sampleUser } from './store.samples.ts';
import type { AccountStore } from './store.ts';

export function relationsConformance(open: () => AccountStore): void {
  describe('contacts and blocks', () => {
    let [a, b, c] = ['', '', ''];
    beforeEach(async () => {
      const users = [sampleUser(), sampleUser(), sampleUser()];
      for (const user of users) await open().createUser(user, 'a hash', null);
      [a, b, c] = users.map(({ id }) => id) as [string, string, string];
    });

    it('keeps contacts, each with its newest name', async () => {
      await open().setContact(a, b, 'Bob');
      await open().setContact(a, c, null);
      await open().setContact(a, b, 'Bobby "👋"');
      const byUser = (x: { user: string }, y: { user: string }) => (x.user < y.user ? -1 : 1);
      assert.deepEqual(
        (await open().contacts(a)).toSorted(byUser),
        [
          { user: b, name: 'Bobby "👋"' },
          { user: c, name: null },
        ].toSorted(byUser),
      );
      await open().setContact(a, b, null);
      assert.equal((await open().contacts(a)).find(({ user }) => user === b)?.name, null);
    });

    it('has contacts in one direction', async () => {
      await open().setContact(a, b, null);
      assert.equal(await open().isContact(a, b), true);
      assert.equal(await open().isContact(b, a), false);
      assert.equal(await open().isContact(a, c), false);
      assert.deepEqual(await open().contacts(b), []);
    });

    it('removes a contact, once or twice', async () => {
      await open().setContact(a, b, null);
      await open().setContact(a, c, null);
      await open().setContact(c, b, null);
      await open().removeContact(a, b);
      await open().removeContact(a, b);
      assert.equal(await open().isContact(a, b), false);
      assert.deepEqual(await open().contacts(a), [{ user: c, name: null }]);
      assert.equal(await open().isContact(c, b), true);
    });

    it('blocks between the two, whoever asks', async () => {
      await open().block(a, b);
      await open().block(a, b);
      assert.deepEqual(await open().blocks(a), [b]);
      assert.deepEqual(await open().blocks(b), []);
      assert.equal(await open().blockedBetween(a, b), true);
      assert.equal(await open().blockedBetween(b, a), true);
      assert.equal(await open().blockedBetween(a, c), false);
      assert.equal(await open().blockedBetween(b, c), false);
    });

    it('unblocks one’s own block only', async () => {
      await open().block(a, b);
      await open().block(b, a);
      await open().block(a, c);
      await open().unblock(a, b);
      await open().unblock(a, b);
      assert.deepEqual(await open().blocks(a), [c]);
      assert.equal(await open().blockedBetween(a, b), true);
      await open().unblock(b, a);
      assert.equal(await open().blockedBetween(a, b), false);
      assert.equal(await open().blockedBetween(a, c), true);
    });

    it('tells who of many has blocked somebody', async () => {
      await open().block(a, c);
      await open().block(c, b);
      const others = Array.from({ length: 1_200 }, () => uuidv7());
      assert.deepEqual(await open().blockersAmong(c, [b, ...others, a]), new Set([a]));
      assert.deepEqual(await open().blockersAmong(a, [b, c]), new Set());
      assert.deepEqual(await open().blockersAmong(c, []), new Set());
    });

    it('counts contacts and blocks of the one who asks', async () => {
      assert.deepEqual(await open().countRelations(a), { contacts: 0, blocks: 0 });
      await open().setContact(a, b, null);
      await open().setContact(a, b, 'again');
      await open().setContact(a, c, null);
      await open().setContact(b, a, null);
      await open().block(a, c);
      await open().block(c, a);
      assert.deepEqual(await open().countRelations(a), { contacts: 2, blocks: 1 });
    });

    it('keeps contacts and blocks apart', async () => {
      await open().setContact(a, b, null);
      assert.equal(await open().blockedBetween(a, b), false);
      await open().block(a, c);
      assert.equal(await open().isContact(a, c), false);
    });
  });
}
