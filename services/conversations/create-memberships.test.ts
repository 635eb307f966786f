import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createWorld, type World } from './fixtures/world.ts';

describe('memberships', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.dispose());

  it('tell the role, at once when it is known', async () => {
    const { alice, bob, carol } = world;
    const group = await world.group(alice, [bob]);
    assert.equal(await world.memberships.role(alice.user, group), 'owner');
    assert.equal(world.memberships.role(bob.user, group), 'member');
    assert.equal(world.memberships.role(carol.user, group), null);
    assert.equal(await world.memberships.role(alice.user, uuidv7()), null);
  });

  it('follow every change', async () => {
    const { alice, bob, carol } = world;
    const group = await world.group(alice, [bob]);
    const members = () => world.memberships.members(group);
    assert.deepEqual(await members(), new Set([alice.user, bob.user]));
    await world.does(alice, { type: 'group.add', conversation: group, users: [carol.user] });
    assert.deepEqual(await members(), new Set([alice.user, bob.user, carol.user]));
    await world.does(alice, { type: 'group.role', conversation: group, user: bob.user, role: 'admin' });
    assert.equal(await world.memberships.role(bob.user, group), 'admin');
    await world.does(alice, { type: 'group.remove', conversation: group, users: [bob.user] });
    assert.deepEqual(await members(), new Set([alice.user, carol.user]));
    assert.equal(await world.memberships.role(bob.user, group), null);
    assert.deepEqual(await world.memberships.members(uuidv7()), new Set());
  });

  it('copy the members of a group once, however often they are asked for', async () => {
    const group = await world.group(world.alice, [world.bob]);
    const asked = [await world.memberships.members(group), await world.memberships.members(group)];
    assert.equal(asked[0], asked[1]);
  });

  it('tell what is delivered to a user: also of what they left, and of one-to-one conversations from their beginning', async () => {
    const { alice, bob } = world;
    const group = await world.group(alice, [bob]);
    await world.does(bob, { type: 'group.leave', conversation: group });
    await world.says(alice, group, 'not for bob');
    await world.does(alice, { type: 'group.add', conversation: group, users: [bob.user] });
    await world.says(alice, bob, 'hello');
    const delivered = await world.memberships.delivered(bob.user);
    assert.deepEqual(
      new Map(delivered.map(({ conversation, ranges }) => [conversation, ranges])),
      new Map([
        [
          group,
          [
            { from: 1, to: 2 },
            { from: 4, to: null },
          ],
        ],
        [world.direct(alice, bob), [{ from: 1, to: null }]],
      ]),
    );
    assert.deepEqual(await world.memberships.delivered(world.carol.user), []);
  });
});
