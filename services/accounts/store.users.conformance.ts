import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import { sampleHash, sampleInvitation, sampleUser } from './store.samples.ts';
import type { AccountStore, User } from './store.ts';

const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

/** How many of these were refused, all with this code. */
function countRefused(results: PromiseSettledResult<unknown>[], code: string): number {
  const rejected = results.filter((result) => result.status === 'rejected');
  for (const { reason } of rejected) assert.ok(refusedAs(code)(reason), String(reason));
  return rejected.length;
}

export function usersConformance(open: () => AccountStore): void {
  describe('users', () => {
    const create = async (fields: Partial<User> = {}) => {
      const user = sampleUser(fields);
      await open().createUser(user, 'a hash', null);
      return user;
    };

    it('counts none, then each', async () => {
      const before = await open().countUsers();
      await create();
      await create();
      assert.equal(await open().countUsers(), before + 2);
    });

    it('gives back what was stored, by id and by name', async () => {
      const full = await create({
        kind: 'bot',
        admin: true,
        name: 'Größe 👋 "',
        phone: '+4912345678',
        photo: 'https://example.org/a.png',
        status: "it's",
        lastSeen: 1_795_000_000_001,
        lastSeenAudience: 'contacts',
        presenceAudience: 'nobody',
      });
      const empty = await create();
      for (const user of [full, empty]) {
        assert.deepEqual(await open().user(user.id), user);
        assert.deepEqual(await open().userByName(user.username), user);
      }
      assert.equal(await open().user(uuidv7()), null);
      assert.equal(await open().userByName('nobody-has-it'), null);
      assert.equal(await open().user(full.username), null);
    });

    it('gives many users at once, and leaves out those that do not exist', async () => {
      const [a, b, other] = [await create(), await create(), await create()];
      const asked = [a.id, uuidv7(), b.id, a.id];
      const found = await open().users(asked);
      assert.deepEqual(
        found,
        new Map([
          [a.id, a],
          [b.id, b],
        ]),
      );
      assert.ok(!found.has(other.id));
      assert.deepEqual(await open().users([]), new Map());
      const many = [...Array.from({ length: 2_000 }, () => uuidv7()), other.id];
      assert.deepEqual([...(await open().users(many)).keys()], [other.id]);
    });

    it('gives a name to one user, for ever', async () => {
      const first = await create();
      const second = sampleUser({ username: first.username });
      await assert.rejects(open().createUser(second, 'another', null), refusedAs('username_taken'));
      assert.deepEqual(await open().userByName(first.username), first);
      assert.equal(await open().user(second.id), null);
      assert.equal(await open().passwordHash(second.id), null);
    });

    it('gives a name to one of many who ask at once', async () => {
      const users = Array.from({ length: 8 }, () => sampleUser({ username: 'wanted' }));
      const results = await Promise.allSettled(users.map((user) => open().createUser(user, user.id, null)));
      assert.equal(countRefused(results, 'username_taken'), 7);
      const winner = users[results.findIndex(({ status }) => status === 'fulfilled')]!;
      assert.deepEqual(await open().userByName('wanted'), winner);
      assert.equal(await open().passwordHash(winner.id), winner.id);
      assert.equal((await open().users(users.map(({ id }) => id))).size, 1);
    });

    it('keeps the hash of the password, and lets it be changed', async () => {
      const [user, other] = [await create(), await create()];
      assert.equal(await open().passwordHash(user.id), 'a hash');
      await open().setPassword(user.id, 'another');
      assert.equal(await open().passwordHash(user.id), 'another');
      assert.equal(await open().passwordHash(other.id), 'a hash');
      assert.equal(await open().passwordHash(uuidv7()), null);
    });

    it('makes and unmakes administrators', async () => {
      const [user, other] = [await create(), await create()];
      await open().setAdmin(user.id, true);
      assert.deepEqual(await open().user(user.id), { ...user, admin: true });
      await open().setAdmin(user.id, false);
      assert.deepEqual(await open().user(user.id), user);
      assert.deepEqual(await open().user(other.id), other);
    });

    it('changes what is named of a profile, and nothing else', async () => {
      const [user, other] = [await create({ name: 'Ann', status: 'here' }), await create()];
      await open().updateProfile(user.id, { name: 'Anna', phone: '+4912345' });
      await open().updateProfile(user.id, { status: null, presenceAudience: 'nobody' });
      await open().updateProfile(user.id, {
        photo: 'https://example.org/a.png',
        lastSeenAudience: 'contacts',
      });
      await open().updateProfile(user.id, {});
      await open().updateProfile(user.id, { phone: undefined as unknown as null });
      assert.deepEqual(await open().user(user.id), {
        ...user,
        name: 'Anna',
        phone: '+4912345',
        photo: 'https://example.org/a.png',
        status: null,
        lastSeenAudience: 'contacts',
        presenceAudience: 'nobody',
      });
      assert.deepEqual(await open().user(other.id), other);
    });
  });

  describe('invitations', () => {
    it('gives back what was stored', async () => {
      const inviter = sampleUser();
      await open().createUser(inviter, 'a hash', null);
      for (const made of [sampleInvitation(), sampleInvitation({ createdBy: inviter.id, admin: true })]) {
        await open().addInvitation(made);
        assert.deepEqual(await open().invitation(made.hash), made);
      }
      assert.equal(await open().invitation(sampleHash()), null);
    });

    it('lets one user in', async () => {
      const [invitation, other] = [sampleInvitation(), sampleInvitation()];
      await open().addInvitation(invitation);
      await open().addInvitation(other);
      const [user, late] = [sampleUser({ createdAt: 1_000 }), sampleUser({ createdAt: 1_000 })];
      await open().createUser(user, 'a hash', invitation.hash);
      assert.deepEqual(await open().invitation(invitation.hash), { ...invitation, usedBy: user.id });
      assert.deepEqual(await open().invitation(other.hash), other);
      const again = open().createUser(late, 'a hash', invitation.hash);
      await assert.rejects(again, refusedAs('invitation_invalid'));
      assert.equal(await open().user(late.id), null);
      assert.equal((await open().invitation(invitation.hash))?.usedBy, user.id);
    });

    it('lets one of many in who come at once', async () => {
      const invitation = sampleInvitation();
      await open().addInvitation(invitation);
      const users = Array.from({ length: 8 }, () => sampleUser({ createdAt: 1_000 }));
      const results = await Promise.allSettled(
        users.map((user) => open().createUser(user, 'a hash', invitation.hash)),
      );
      assert.equal(countRefused(results, 'invitation_invalid'), 7);
      const winner = users[results.findIndex(({ status }) => status === 'fulfilled')]!;
      assert.equal((await open().invitation(invitation.hash))?.usedBy, winner.id);
      assert.deepEqual([...(await open().users(users.map(({ id }) => id))).keys()], [winner.id]);
    });

    it('lets nobody in when unknown or expired', async () => {
      const invitation = sampleInvitation({ expiresAt: 5_000 });
      await open().addInvitation(invitation);
      const late = sampleUser({ createdAt: 5_000 });
      await assert.rejects(open().createUser(late, 'x', invitation.hash), refusedAs('invitation_invalid'));
      await assert.rejects(open().createUser(late, 'x', sampleHash()), refusedAs('invitation_invalid'));
      assert.equal(await open().user(late.id), null);
      assert.equal((await open().invitation(invitation.hash))?.usedBy, null);
      await open().createUser(sampleUser({ createdAt: 4_999 }), 'x', invitation.hash);
    });

    it('is not used up by a name that was taken', async () => {
      const [taken, invitation] = [sampleUser(), sampleInvitation()];
      await open().createUser(taken, 'a hash', null);
      await open().addInvitation(invitation);
      const user = sampleUser({ username: taken.username, createdAt: 1_000 });
      await assert.rejects(open().createUser(user, 'x', invitation.hash), refusedAs('username_taken'));
      assert.equal((await open().invitation(invitation.hash))?.usedBy, null);
      await open().createUser({ ...user, username: 'not-taken' }, 'x', invitation.hash);
    });
  });
}
