import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import type { ServerDirectory } from '../directory/open.postgres.ts';
import { sampleDevice, sampleInvitation, sampleToken, sampleUser } from './store.samples.ts';
import type { AccountStore } from './store.ts';
import { refusedWith } from './temporary.ts';

const { url, skip } = sharedEngine('postgres');
const ROUNDS = 10;

/** How many of them were done; the others were refused with `code`. */
async function countDone(calls: Promise<unknown>[], code: string): Promise<number> {
  const results = await Promise.allSettled(calls);
  for (const result of results)
    if (result.status === 'rejected') assert.ok(refusedWith(code)(result.reason), String(result.reason));
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('accounts of several processes in one PostgreSQL', { skip }, () => {
  let here: Awaited<ReturnType<typeof temporaryPostgresDirectory>>;
  let there: ServerDirectory;
  /** The same store in two processes, in turn. */
  let store: (i: number) => AccountStore;
  before(async () => {
    here = await temporaryPostgresDirectory(url);
    there = await here.open();
    store = (i) => (i % 2 === 0 ? here : there).accounts;
  });
  after(async () => {
    await there.close();
    await here.dispose();
  });
  const newUser = async () => {
    const user = sampleUser();
    await store(0).createUser(user, 'a hash', null);
    return user;
  };
  const newDevice = async (user: string) => {
    const device = sampleDevice(user);
    await store(0).addDevice(device, 100);
    return device;
  };

  it('gives a name once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const username = `name-${round}`;
      const users = Array.from({ length: 6 }, () => sampleUser({ username }));
      const created = users.map((user, i) => store(i).createUser(user, 'a hash', null));
      assert.equal(await countDone(created, 'username_taken'), 1);
    }
  });

  it('takes an invitation once, and not at all for a name that is taken', async () => {
    const taken = await newUser();
    for (let round = 0; round < ROUNDS; round++) {
      const invitation = sampleInvitation({ expiresAt: sampleUser().createdAt + 1 });
      await store(0).addInvitation(invitation);
      const users = Array.from({ length: 6 }, () => sampleUser());
      const [failed, ...calls] = [sampleUser({ username: taken.username }), ...users].map((user, i) =>
        store(i).createUser(user, 'a hash', invitation.hash),
      );
      const ended = assert.rejects(failed!);
      assert.equal(await countDone(calls, 'invitation_invalid'), 1);
      await ended;
      const { usedBy } = (await store(1).invitation(invitation.hash))!;
      assert.ok(users.some(({ id }) => id === usedBy));
      assert.ok((await store(1).user(usedBy!)) !== null);
    }
  });

  it('lets no more devices in than are allowed', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await newUser();
      const added = Array.from({ length: 8 }, (_, i) => store(i).addDevice(sampleDevice(id), 5));
      assert.equal(await countDone(added, 'too_many_devices'), 5);
      assert.equal((await store(1).devices(id)).length, 5);
    }
  });

  it('exchanges a refresh token once', async () => {
    const device = await newDevice((await newUser()).id);
    for (let round = 0; round < ROUNDS; round++) {
      const token = sampleToken(device);
      await store(0).addRefreshToken(token);
      const successors = Array.from({ length: 6 }, () => sampleToken(device, { family: token.family }));
      const won = await Promise.all(
        successors.map((successor, i) => store(i).rotateRefreshToken(token.hash, successor, 7)),
      );
      assert.equal(won.filter(Boolean).length, 1);
    }
  });

  it('leaves no refresh token of a device or a family that ends while one is exchanged', async () => {
    const user = (await newUser()).id;
    for (let round = 0; round < ROUNDS; round++) {
      for (const end of ['revokeDevice', 'deleteFamily'] as const) {
        const device = await newDevice(user);
        const token = sampleToken(device);
        const successor = sampleToken(device, { family: token.family });
        await store(0).addRefreshToken(token);
        await Promise.all([
          store(0).rotateRefreshToken(token.hash, successor, 7),
          end === 'revokeDevice'
            ? store(1).revokeDevice(user, device.id, 7)
            : store(1).deleteFamily(token.family),
        ]);
        for (const { hash } of [token, successor]) assert.equal(await store(1).refreshToken(hash), null, end);
        if (end === 'deleteFamily') await store(0).revokeDevice(user, device.id, 8);
      }
    }
  });

  it('writes the newest time seen, of many users in any order', async () => {
    const users = await Promise.all(Array.from({ length: 60 }, newUser));
    const devices = await Promise.all(users.map(({ id }) => newDevice(id)));
    const seen = (at: number) => devices.map(({ id, user }) => ({ user, device: id, at }));
    const batches = Array.from({ length: 12 }, (_, at) => (at % 3 === 0 ? seen(at).toReversed() : seen(at)));
    await Promise.all(batches.map((batch, i) => store(i).setLastSeen(batch)));
    for (const { id, user } of devices) {
      assert.equal((await store(0).device(id))?.lastSeen, 11);
      assert.equal((await store(1).user(user))?.lastSeen, 11);
    }
  });

  it('sweeps in several processes at once', async () => {
    const device = await newDevice((await newUser()).id);
    const tokens = Array.from({ length: 50 }, () => sampleToken(device, { expiresAt: 5 }));
    for (const token of tokens) await store(0).addRefreshToken(token);
    const kept = sampleToken(device, { expiresAt: 6 });
    await store(0).addRefreshToken(kept);
    const swept = await Promise.all(Array.from({ length: 4 }, (_, i) => store(i).sweepTokens(5)));
    assert.equal(
      swept.reduce((sum, some) => sum + some),
      tokens.length,
    );
    assert.deepEqual(await store(1).refreshToken(kept.hash), kept);
  });

  it('keeps one contact and one block of many at once', async () => {
    const [a, b] = [uuidv7(), uuidv7()];
    const names = ['x', 'y', 'z', null];
    await Promise.all(names.flatMap((name, i) => [store(i).setContact(a, b, name), store(i).block(a, b)]));
    assert.deepEqual(await store(0).countRelations(a), { contacts: 1, blocks: 1 });
    assert.ok(names.includes((await store(1).contacts(a))[0]!.name));
  });

  it('keeps text that PostgreSQL does not know', async () => {
    const user = sampleUser({ name: 'a\u0000b', status: '\ud800' });
    await store(0).createUser(user, 'a hash', null);
    const kept = await store(1).user(user.id);
    assert.deepEqual([kept?.name, kept?.status], ['a\ufffdb', '\ufffd']);
    assert.equal(await store(0).userByName('\u0000'), null);
  });
});
