import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Actor } from '../../actor.ts';
import { actorOf, refusedWith, type TemporaryAccounts, temporaryAccounts } from '../temporary.ts';

const phone = '+4915112345678';
const photo = 'https://x.example/alice.png';

describe('a profile', () => {
  let t: TemporaryAccounts;
  let alice: Actor;
  let seenAt: number;
  before(async () => {
    t = await temporaryAccounts();
    alice = actorOf(await t.register('alice'));
    await t.change(alice, { type: 'profile.update', name: 'Alice', phone, photo, status: 'here' });
    seenAt = t.clock.time + 5;
    t.accounts.seen(alice, seenAt);
  });
  after(() => t.dispose());

  const told = () => ({
    id: alice.user,
    username: 'alice',
    kind: 'person',
    name: 'Alice',
    photo,
    status: 'here',
  });
  /** By id and by name: the same answer. */
  async function seenBy(viewer: Actor): Promise<object> {
    const byId = await t.ask(viewer, { type: 'profile.get', user: alice.user });
    const byName = await t.ask(viewer, { type: 'user.find', username: 'alice' });
    assert.deepEqual(byName, byId);
    return byId;
  }

  it('has everything for oneself', async () => {
    assert.deepEqual(await seenBy(alice), { ...told(), phone, last_seen: seenAt });
  });

  it('has neither phone nor last seen for a stranger', async () => {
    assert.deepEqual(await seenBy(actorOf(await t.register('stranger'))), told());
  });

  it('has no phone for one who merely has its owner as contact', async () => {
    const fan = actorOf(await t.register('fan'));
    await t.change(fan, { type: 'contact.add', user: alice.user });
    assert.deepEqual(await seenBy(fan), { ...told(), last_seen: seenAt });
  });

  it('has a phone for a contact of its owner, and last seen as privacy says', async () => {
    const friend = actorOf(await t.register('friend'));
    await t.change(alice, { type: 'contact.add', user: friend.user });
    assert.deepEqual(await seenBy(friend), { ...told(), phone, last_seen: seenAt });
    await t.change(alice, { type: 'privacy.update', last_seen: 'nobody' });
    assert.deepEqual(await seenBy(friend), { ...told(), phone });
    await t.change(alice, { type: 'privacy.update', last_seen: 'everyone' });
    await t.change(alice, { type: 'contact.remove', user: friend.user });
    assert.deepEqual(await seenBy(friend), told());
  });

  it('is a name and nothing more between two of whom one has blocked the other', async () => {
    for (const [name, byAlice] of [
      ['blocked', true],
      ['blocking', false],
    ] as const) {
      const other = actorOf(await t.register(name));
      await t.change(alice, { type: 'contact.add', user: other.user });
      if (byAlice) await t.change(alice, { type: 'block.add', user: other.user });
      else await t.change(other, { type: 'block.add', user: alice.user });
      assert.deepEqual(await seenBy(other), { ...told(), photo: null, status: null });
    }
  });

  it('is not there for a user who is not there', async () => {
    const ask = (query: { type: string } & Record<string, unknown>) => t.ask(alice, query);
    await assert.rejects(
      ask({ type: 'profile.get', user: '01890000-0000-7000-8000-00000000dead' }),
      refusedWith('user_not_found'),
    );
    await assert.rejects(ask({ type: 'user.find', username: 'alic' }), refusedWith('user_not_found'));
  });
});
