import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { type Asked, actorOf, refusedWith, type TemporaryAccounts, temporaryAccounts } from '../temporary.ts';

const nobody = '01890000-0000-7000-8000-00000000dead';

describe('changes of one’s own account', () => {
  let t: TemporaryAccounts;
  let alice: Actor;
  let bob: Actor;
  beforeEach(async () => {
    t = await temporaryAccounts();
    [alice, bob] = [actorOf(await t.register('alice')), actorOf(await t.register('bob'))];
  });
  afterEach(() => t.dispose());

  const contacts = async () => (await t.ask(alice, { type: 'contacts.list' })).contacts;
  const blocks = async () => (await t.ask(alice, { type: 'blocks.list' })).blocks;
  const profile = () => t.ask(alice, { type: 'profile.get', user: alice.user });

  it('are events of the own stream, with the id of the command and what was asked', async () => {
    const id = uuidv7();
    const event = await t.change(alice, { type: 'profile.update', name: 'Alice', status: null }, id);
    assert.deepEqual(event, {
      v: 1,
      type: 'profile.updated',
      conversation: alice.user,
      id,
      sender: alice,
      time: t.clock.time,
      name: 'Alice',
      status: null,
    });
    assert.equal((await t.history.read(alice.user, 0, 10, 1e6)).length, 1);
    assert.equal((await t.history.read(bob.user, 0, 10, 1e6)).length, 0);
  });

  it('profile: absent fields stay, null ones go', async () => {
    const first = {
      name: 'Alice',
      phone: '+4915112345678',
      photo: 'https://x.example/a.png',
      status: 'here',
    };
    await t.change(alice, { type: 'profile.update', ...first });
    await t.change(alice, { type: 'profile.update', photo: null, status: 'away' });
    const { name, phone, photo, status } = await profile();
    assert.deepEqual({ name, phone, photo, status }, { ...first, photo: null, status: 'away' });
  });

  it('privacy: absent fields stay', async () => {
    await t.change(alice, { type: 'privacy.update', presence: 'contacts' });
    await t.change(alice, { type: 'privacy.update', last_seen: 'nobody' });
    assert.deepEqual(await t.ask(alice, { type: 'privacy.get' }), {
      last_seen: 'nobody',
      presence: 'contacts',
    });
    assert.deepEqual(await t.ask(bob, { type: 'privacy.get' }), {
      last_seen: 'everyone',
      presence: 'everyone',
    });
  });

  it('contacts: added, renamed, removed', async () => {
    await t.change(bob, { type: 'profile.update', name: 'Robert' });
    const bobs = { user: bob.user, username: 'bob', kind: 'person', profile_name: 'Robert' };
    await t.change(alice, { type: 'contact.add', user: bob.user });
    assert.deepEqual(await contacts(), [{ ...bobs, name: 'Robert' }]);
    await t.change(alice, { type: 'contact.add', user: bob.user, name: 'Bobby' });
    assert.deepEqual(await contacts(), [{ ...bobs, name: 'Bobby' }]);
    await t.change(alice, { type: 'contact.remove', user: bob.user });
    assert.deepEqual(await contacts(), []);
  });

  it('blocks: added and removed, by oneself only', async () => {
    await t.change(alice, { type: 'block.add', user: bob.user });
    assert.deepEqual(await blocks(), [{ user: bob.user, username: 'bob', name: null }]);
    await t.change(bob, { type: 'block.remove', user: alice.user });
    assert.equal((await blocks()).length, 1);
    await t.change(alice, { type: 'block.remove', user: bob.user });
    assert.deepEqual(await blocks(), []);
  });

  for (const type of ['contact.add', 'contact.remove', 'block.add', 'block.remove'] as const)
    it(`${type} is refused for oneself and for nobody`, async () => {
      await assert.rejects(t.change(alice, { type, user: alice.user }), refusedWith('bad_request'));
      await assert.rejects(t.change(alice, { type, user: nobody }), refusedWith('user_not_found'));
    });

  it('devices: named and revoked, with everything that belongs to it', async () => {
    const created = t.clock.time++;
    const tablet = await t.login('alice');
    await t.change(alice, { type: 'device.rename', device: tablet.device.id, name: 'tablet' });
    const list = async () => (await t.ask(alice, { type: 'devices.list' })).devices;
    assert.deepEqual(await list(), [
      { device: alice.device, name: null, created, last_seen: null, current: true },
      { device: tablet.device.id, name: 'tablet', created: t.clock.time, last_seen: null, current: false },
    ]);
    await t.accounts.authenticateBearer(tablet.accessToken);
    await t.change(alice, { type: 'device.revoke', device: tablet.device.id });
    assert.equal((await list()).length, 1);
    assert.deepEqual(t.happened.revoked, [tablet.device.id]);
    await assert.rejects(t.accounts.authenticateBearer(tablet.accessToken), refusedWith('device_revoked'));
  });

  for (const asked of [{ type: 'device.rename', name: 'mine now' }, { type: 'device.revoke' }] as const)
    it(`${asked.type} is refused for another’s device, a revoked one, and none`, async () => {
      const gone = await t.login('alice');
      await t.accounts.logout(actorOf(gone));
      t.happened.revoked.length = 0;
      for (const device of [bob.device, gone.device.id, nobody])
        await assert.rejects(t.change(alice, { ...asked, device } as Asked), refusedWith('not_found'));
      assert.deepEqual(t.happened.revoked, []);
      assert.equal((await t.store.device(bob.device))?.name, null);
    });

  it('contacts and blocks are bounded; a contact can be renamed all the same', async () => {
    const few = await temporaryAccounts({ contactsPerUser: 1, blocksPerUser: 1 });
    try {
      const [me, one, two] = [await few.register('me'), await few.register('one'), await few.register('two')];
      const add = (type: 'contact.add' | 'block.add', who: typeof one) =>
        few.change(actorOf(me), { type, user: who.user.id });
      for (const type of ['contact.add', 'block.add'] as const) {
        await add(type, one);
        await assert.rejects(add(type, two), refusedWith('list_full'));
      }
      await few.change(actorOf(me), { type: 'contact.add', user: one.user.id, name: 'First' });
      await few.change(actorOf(me), { type: 'contact.remove', user: one.user.id });
      await add('contact.add', two);
      const { contacts: left } = await few.ask(actorOf(me), { type: 'contacts.list' });
      assert.deepEqual(
        left.map((c: { user: string }) => c.user),
        [two.user.id],
      );
    } finally {
      await few.dispose();
    }
  });

  describe('applied again after a crash', () => {
    /** What the log does when it repeats itself. */
    async function replay(id: string): Promise<void> {
      const [event] = await t.history.lookup([{ user: alice.user, id }]);
      await t.accounts.changeRules.find((rules) => rules.event === event!.type)!.apply!(event!);
    }

    it('leave the same behind', async () => {
      const tablet = await t.login('alice');
      const changes: Asked[] = [
        { type: 'profile.update', name: 'Alice' },
        { type: 'privacy.update', presence: 'nobody' },
        { type: 'contact.add', user: bob.user, name: 'Bobby' },
        { type: 'block.add', user: bob.user },
        { type: 'device.rename', device: tablet.device.id, name: 'tablet' },
        { type: 'device.revoke', device: tablet.device.id },
      ];
      const ids = changes.map(() => uuidv7());
      for (const [i, asked] of changes.entries()) await t.change(alice, asked, ids[i]);
      const state = async () => [
        await t.store.user(alice.user),
        await t.store.contacts(alice.user),
        await t.store.blocks(alice.user),
        await t.store.device(tablet.device.id),
      ];
      const before = await state();
      t.clock.time += 60_000;
      for (const id of ids) await replay(id);
      assert.deepEqual(await state(), before);
    });

    it('close the connection of a revoked device, which a crash may have left open', async () => {
      const tablet = await t.login('alice');
      const asked = { type: 'device.revoke', device: tablet.device.id } as const;
      const id = uuidv7();
      await t.change(alice, asked, id);
      await replay(id);
      assert.deepEqual(t.happened.revoked, [tablet.device.id, tablet.device.id]);
    });

    it('say what was stored, whatever a command under the same id says at the same instant', async () => {
      const id = uuidv7();
      const tablet = await t.login('alice');
      const others: Asked[] = [
        { type: 'contact.add', user: bob.user, name: 'Somebody' },
        { type: 'contact.remove', user: bob.user },
        { type: 'block.add', user: bob.user },
        { type: 'profile.update', name: 'Mallory' },
        { type: 'device.revoke', device: tablet.device.id },
      ];
      await t.change(alice, { type: 'contact.add', user: bob.user, name: 'Bobby' }, id);
      for (const asked of others) await t.change(alice, asked, id);
      assert.equal((await contacts())[0].name, 'Bobby');
      assert.deepEqual(await blocks(), []);
      assert.equal((await profile()).name, null);
      assert.deepEqual(t.happened.revoked, []);
    });
  });
});
