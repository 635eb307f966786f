import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Audience } from '../../protocol/commands.ts';
import type { Actor } from '../actor.ts';
import { actorOf, type TemporaryAccounts, temporaryAccounts } from './temporary.ts';

/** What a viewer is to alice. */
const relations = {
  stranger: async () => {},
  'co-member': async (t: TemporaryAccounts, alice: Actor, viewer: Actor) => {
    t.sharing.add(`${alice.user}/${viewer.user}`);
  },
  "in alice's contacts": async (t: TemporaryAccounts, alice: Actor, viewer: Actor) => {
    await t.change(alice, { type: 'contact.add', user: viewer.user });
  },
  'has alice as contact': async (t: TemporaryAccounts, alice: Actor, viewer: Actor) => {
    await t.change(viewer, { type: 'contact.add', user: alice.user });
  },
};
type Relation = keyof typeof relations;

const sees: Record<Audience, Relation[]> = {
  everyone: ['co-member', "in alice's contacts", 'has alice as contact'],
  contacts: ["in alice's contacts"],
  nobody: [],
};

describe('visibility', () => {
  let t: TemporaryAccounts;
  let alice: Actor;
  const viewers = new Map<string, Actor>();
  const audiences = Object.keys(sees) as Audience[];

  before(async () => {
    t = await temporaryAccounts();
    alice = actorOf(await t.register('alice'));
    let n = 0;
    for (const [relation, make] of Object.entries(relations))
      for (const block of ['nobody', 'alice', 'viewer']) {
        const viewer = actorOf(await t.register(`viewer-${++n}`));
        await make(t, alice, viewer);
        if (block === 'alice') await t.change(alice, { type: 'block.add', user: viewer.user });
        if (block === 'viewer') await t.change(viewer, { type: 'block.add', user: alice.user });
        viewers.set(`${relation}, blocked by ${block}`, viewer);
      }
  });
  after(() => t.dispose());

  const observe = (viewer: string, user: string) => t.accounts.visibility.mayObserve(viewer, user);

  for (const presence of audiences)
    for (const lastSeen of audiences)
      it(`presence for ${presence}, last seen for ${lastSeen}`, async () => {
        await t.change(alice, { type: 'privacy.update', presence, last_seen: lastSeen });
        assert.deepEqual(await observe(alice.user, alice.user), { presence: true, lastSeen: true });
        for (const relation of Object.keys(relations) as Relation[])
          for (const block of ['nobody', 'alice', 'viewer']) {
            const who = `${relation}, blocked by ${block}`;
            const allowed = (audience: Audience) => block === 'nobody' && sees[audience].includes(relation);
            assert.deepEqual(
              await observe(viewers.get(who)!.user, alice.user),
              { presence: allowed(presence), lastSeen: allowed(lastSeen) },
              who,
            );
          }
      });

  it('of a user who is not there is none', async () => {
    assert.deepEqual(await observe(alice.user, '01890000-0000-7000-8000-00000000dead'), {
      presence: false,
      lastSeen: false,
    });
  });
});

describe('changes of visibility', () => {
  let t: TemporaryAccounts;
  let alice: Actor;
  let bob: Actor;
  before(async () => {
    t = await temporaryAccounts();
    [alice, bob] = [actorOf(await t.register('alice')), actorOf(await t.register('bob'))];
  });
  after(() => t.dispose());

  it('are told when they can be seen, and not after one has stopped listening', async () => {
    const told: [string, boolean][] = [];
    const looking: Promise<unknown>[] = [];
    const stop = t.accounts.visibility.onChange((user) => {
      const other = user === alice.user ? bob.user : alice.user;
      looking.push(
        t.accounts.visibility
          .mayObserve(other, user)
          .then(({ presence }) => told.push([user === alice.user ? 'alice' : 'bob', presence])),
      );
    });
    const after = async (change: Promise<unknown>) => {
      await change;
      await Promise.all(looking.splice(0));
      return told.splice(0).sort();
    };
    const both = (presence: boolean) => [
      ['alice', presence],
      ['bob', presence],
    ];
    assert.deepEqual(await after(t.change(alice, { type: 'contact.add', user: bob.user })), both(true));
    assert.deepEqual(await after(t.change(bob, { type: 'block.add', user: alice.user })), both(false));
    assert.deepEqual(await after(t.change(bob, { type: 'block.remove', user: alice.user })), both(true));
    assert.deepEqual(await after(t.change(alice, { type: 'privacy.update', presence: 'nobody' })), [
      ['alice', false],
    ]);
    assert.deepEqual(await after(t.change(alice, { type: 'profile.update', name: 'Alice' })), []);
    assert.deepEqual(await after(t.change(alice, { type: 'contact.remove', user: bob.user })), both(false));
    stop();
    assert.deepEqual(await after(t.change(alice, { type: 'contact.add', user: bob.user })), []);
  });
});

describe('relations', () => {
  let t: TemporaryAccounts;
  before(async () => {
    t = await temporaryAccounts();
  });
  after(() => t.dispose());

  it('are answered at once when they are known, and right after a change', async () => {
    const { relations } = t.accounts;
    const [alice, bob] = [actorOf(await t.register('alice')), actorOf(await t.register('bob'))];
    assert.equal(await relations.blocked(alice.user, bob.user), false);
    assert.equal(relations.blocked(bob.user, alice.user), false, 'not a promise, in either order');
    await t.change(bob, { type: 'block.add', user: alice.user });
    assert.equal(await relations.blocked(alice.user, bob.user), true);
    assert.equal(relations.blocked(bob.user, alice.user), true);
    // Each has a block of their own.
    await t.change(alice, { type: 'block.add', user: bob.user });
    await t.change(bob, { type: 'block.remove', user: alice.user });
    assert.equal(await relations.blocked(alice.user, bob.user), true);
    await t.change(alice, { type: 'block.remove', user: bob.user });
    assert.equal(await relations.blocked(alice.user, bob.user), false);
  });

  it('know a user as soon as there is one', async () => {
    const { relations } = t.accounts;
    assert.equal(await relations.exists('01890000-0000-7000-8000-00000000dead'), false);
    const carl = await t.register('carl');
    assert.equal(await relations.exists(carl.user.id), true);
    assert.equal(relations.exists(carl.user.id), true);
  });
});
