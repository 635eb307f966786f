/** Profiles, contacts, privacy, presence and blocks, over MQTT and over HTTP alike. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import { request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

describe('people', { timeout: 120_000 }, () => {
  const on = scene('--presence.graceSeconds=0');
  const presenceOf = async (viewer: Person, user: string): Promise<Payload> => {
    const path = `/users/${user}/presence`;
    const response = await request(on.server, 'GET', path, undefined, viewer.device.account.accessToken);
    return response.json();
  };
  const watches = async (viewer: Person, user: string) => {
    await viewer.device.client.subscribeAsync(topics.presence(user), { qos: 0 });
  };
  /** What the viewer was told last. */
  const toldOf = (viewer: Person, user: string): Payload =>
    viewer.device.other.findLast(([topic]) => topic === topics.presence(user))?.[1];
  const untilTold = (viewer: Person, user: string, fits: (p: Payload) => boolean, what: string) =>
    viewer.device.until(() => {
      const told = toldOf(viewer, user);
      return told !== undefined && fits(told);
    }, what);

  for (const way of ways) {
    describe(`over ${way}`, () => {
      const meet = (name: string) => on.meet(way, name);

      it('profile: each field is set and taken away, on all devices, and seen by others', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        const tablet = await alice.another();
        on.kept(tablet);
        await alice.does('contact.add', { user: bob.user });
        const table: object[] = [
          { name: 'Alice Liddell' },
          { status: 'down the rabbit hole' },
          { photo: 'https://example.org/alice.png' },
          { phone: '+4915112345678' },
          { status: null },
          { name: 'A.', photo: null, phone: null },
        ];
        let expected: Payload = { username: alice.device.account.username };
        for (const change of table) {
          const event = await alice.does('profile.update', change);
          const heard = await tablet.hears((p) => p.id === event.id, JSON.stringify(change));
          assert.equal(heard.conversation, alice.user);
          assert.deepEqual({ ...heard, ...change }, heard);
          expected = { ...expected, ...change };
          const seen = await bob.does('profile.get', { user: alice.user });
          assert.deepEqual({ ...seen, ...expected }, seen);
        }
        const found = await bob.does('user.find', { username: alice.device.account.username });
        assert.equal(found.id, alice.user);
        assert.equal(await bob.isRefused('user.find', { username: 'nobody-of-this-name' }), 'user_not_found');
        await bob.hasNotHeard((p) => p.type === 'profile.updated', 'bob heard an event of alice’s account');
      });

      it('a phone number is shown to contacts only', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        await alice.does('profile.update', { phone: '+4915112345678' });
        assert.equal((await bob.does('profile.get', { user: alice.user })).phone, undefined);
        await alice.does('contact.add', { user: bob.user });
        assert.equal((await bob.does('profile.get', { user: alice.user })).phone, '+4915112345678');
      });

      it('contacts: added, renamed, listed, removed', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        const listed = async () =>
          (await alice.does('contacts.list')).contacts.map((c: Payload) => [c.user, c.name]);
        const added = await alice.does('contact.add', { user: bob.user, name: 'Bobby' });
        assert.deepEqual([added.type, added.user, added.name], ['contact.added', bob.user, 'Bobby']);
        assert.deepEqual(await listed(), [[bob.user, 'Bobby']]);
        await alice.does('contact.add', { user: bob.user, name: 'Robert' });
        assert.deepEqual(await listed(), [[bob.user, 'Robert']]);
        await alice.does('contact.remove', { user: bob.user });
        assert.deepEqual(await listed(), []);
      });

      it('privacy: presence and last seen are for everyone, for contacts, for nobody, as one likes', async () => {
        const [alice, friend, colleague, stranger] = [
          await meet('alice'),
          await meet('friend'),
          await meet('colleague'),
          await meet('stranger'),
        ];
        await alice.does('contact.add', { user: friend.user });
        await alice.says({ user: colleague.user }, 'we share a conversation');
        // So that there is something to hide.
        await alice.device.close();
        const back = on.kept(await Person.on(on.server, way, alice.device.account));
        const table = [
          ['everyone', [true, true, false]],
          ['contacts', [true, false, false]],
          ['nobody', [false, false, false]],
        ] as const;
        for (const [audience, expected] of table) {
          await back.does('privacy.update', { presence: audience, last_seen: audience });
          const settings = await back.does('privacy.get');
          assert.deepEqual([settings.presence, settings.last_seen], [audience, audience]);
          for (const [i, viewer] of [friend, colleague, stranger].entries()) {
            const what = `${audience}: ${viewer.device.account.username}`;
            await on.holds(async () => {
              const shown = await presenceOf(viewer, alice.user);
              assert.equal(shown.online, expected[i] ? true : undefined, what);
              const profile = await viewer.does('profile.get', { user: alice.user });
              assert.equal(profile.last_seen !== undefined, expected[i], `${what}: last seen`);
            });
          }
        }
      });

      it('presence: whoever may no longer see it is told nothing more', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        await alice.says({ user: bob.user }, 'hello');
        await watches(bob, alice.user);
        await untilTold(bob, alice.user, (p) => p.online, 'that alice is there');
        await alice.does('privacy.update', { presence: 'nobody' });
        await bob.hasNotHeard(() => false, 'a mark');
        const before = bob.device.other.length;
        await alice.device.close();
        const back = on.kept(await Person.on(on.server, way, alice.device.account));
        await back.says({ user: bob.user }, 'done');
        await bob.hears((p) => p.content?.text === 'done', 'the message after coming back');
        const online = bob.device.other.slice(before).filter(([, p]) => p.online === true);
        assert.deepEqual(online, []);
      });

      it('presence: with several devices, one is there until the last one is gone', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        const tablet = await alice.another();
        on.kept(tablet);
        await alice.says({ user: bob.user }, 'hello');
        await watches(bob, alice.user);
        await untilTold(bob, alice.user, (p) => p.online, 'that alice is there');
        await alice.device.close();
        await tablet.says({ user: bob.user }, 'still here');
        await bob.hears((p) => p.content?.text === 'still here', 'the other device');
        assert.equal(toldOf(bob, alice.user).online, true);
        assert.equal((await presenceOf(bob, alice.user)).online, true);
        tablet.drop();
        await untilTold(bob, alice.user, (p) => p.online === false && p.last_seen > 0, 'that alice is gone');
      });

      it('block: refused both ways with a code, nothing is seen; unblock: as before', async () => {
        const [alice, bob] = [await meet('alice'), await meet('bob')];
        const { conversation } = await alice.says({ user: bob.user }, 'hello');
        await alice.does('profile.update', { status: 'free' });
        await watches(bob, alice.user);
        await untilTold(bob, alice.user, (p) => p.online, 'that alice is there');
        const blocked = await alice.does('block.add', { user: bob.user });
        assert.equal(blocked.type, 'block.added');
        assert.equal(JSON.stringify(await alice.does('blocks.list')).includes(bob.user), true);
        const content = { type: 'text', text: 'x' };
        for (const to of [{ user: alice.user }, { conversation }])
          assert.equal(await bob.isRefused('message.send', { to, content }), 'blocked');
        assert.equal(await alice.isRefused('message.send', { to: { user: bob.user }, content }), 'blocked');
        assert.equal((await presenceOf(bob, alice.user)).online, undefined);
        const hidden = await bob.does('profile.get', { user: alice.user });
        assert.equal(hidden.status ?? null, null);
        assert.equal(hidden.last_seen, undefined);
        await bob.hasNotHeard((p) => p.type === 'block.added', 'bob heard that he was blocked');

        await alice.does('block.remove', { user: bob.user });
        assert.equal(JSON.stringify(await alice.does('blocks.list')).includes(bob.user), false);
        const after = await bob.says({ user: alice.user }, 'friends again');
        assert.equal(after.seq, 2);
        assert.equal((await presenceOf(bob, alice.user)).online, true);
      });
    });
  }
});
