import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { type AskedChange, createWorld, type World } from '../fixtures/world.ts';

describe('groups', () => {
  let world: World;
  let [alice, bob, carol]: Actor[] = [];

  const open = async (settings: Parameters<typeof createWorld>[0] = {}) => {
    world = await createWorld(settings);
    ({ alice, bob, carol } = world);
  };
  beforeEach(() => open());
  afterEach(() => world.dispose());

  const roles = async (group: string, asker = alice!) => {
    const { members } = await world.asks(asker, { type: 'members.list', conversation: group });
    return Object.fromEntries(members.map((m: { user: string; role: string }) => [m.user, m.role]));
  };

  it('have the id of the command that made them, its sender as owner, and their members told', async () => {
    const id = uuidv7();
    const made = await world.does(
      alice!,
      { type: 'group.create', name: 'Boat', members: [bob!.user, alice!.user], history: 'all' },
      id,
    );
    assert.deepEqual([made.stream, made.seq, made.says.history], [id, 1, 'all']);
    assert.deepEqual(await roles(id), { [alice!.user]: 'owner', [bob!.user]: 'member' });
    assert.deepEqual(world.told.at(-1)!.joined, [alice!.user, bob!.user]);
    const got = await world.asks(bob!, { type: 'conversation.get', conversation: id });
    assert.deepEqual(
      [got.kind, got.name, got.photo, got.role, got.members_count, got.head],
      ['group', 'Boat', null, 'member', 2, 1],
    );
  });

  it('are made once: a retry gets the first event, another user is refused', async () => {
    const id = uuidv7();
    const asked = { type: 'group.create', name: 'Boat' } as const;
    await world.does(alice!, asked, id);
    const again = await world.outcome(alice!, asked, id);
    assert.ok(again.ok && again.duplicate);
    assert.equal(await world.codeOf(bob!, asked, id), 'conversation_exists');
  });

  it('take no stream of an account', async () => {
    // Users' ids are no UUIDv7, which commands need: the second line of defence.
    assert.equal(
      await world.codeOf(bob!, { type: 'group.create', name: 'Mine' }, alice!.user),
      'conversation_exists',
    );
  });

  it('are bounded for a user, whoever adds them', async () => {
    await world.dispose();
    await open({ groupsPerUser: 2 });
    await world.group(alice!, [bob!]);
    const second = await world.group(alice!, []);
    assert.equal(await world.codeOf(alice!, { type: 'group.create', name: 'x' }), 'too_many_groups');
    const of = await world.group(bob!, []);
    const users = [carol!.user, alice!.user];
    const invite: AskedChange = { type: 'group.add', conversation: of, users };
    const refused = await world.outcome(bob!, invite);
    assert.ok(!refused.ok);
    assert.deepEqual([refused.error.code, refused.error.detail], ['too_many_groups', alice!.user]);
    await world.does(alice!, { type: 'group.leave', conversation: second });
    await world.does(bob!, invite);
  });

  it('add only whom they do not have; the event names those', async () => {
    const group = await world.group(alice!, [bob!]);
    const dave = world.arrives();
    const added = await world.does(alice!, {
      type: 'group.add',
      conversation: group,
      users: [bob!.user, carol!.user, dave.user],
    });
    const expected = [carol!.user, dave.user].map((user) => ({ user, role: 'member' }));
    assert.deepEqual(added.says.members, expected);
    assert.deepEqual(world.told.at(-1)!.joined, [carol!.user, dave.user]);
  });

  it('add nobody who is blocked with the one who adds, and say who it is', async () => {
    const group = await world.group(alice!, [bob!]);
    const dave = world.arrives();
    world.block(dave, alice!);
    const users = [carol!.user, dave.user];
    const refused = await world.outcome(alice!, { type: 'group.add', conversation: group, users });
    assert.ok(!refused.ok);
    assert.deepEqual([refused.error.code, refused.error.detail], ['blocked', dave.user]);
    assert.deepEqual(Object.keys(await roles(group)).length, 2);
    assert.equal(await world.codeOf(alice!, { type: 'group.create', name: 'x', members: users }), 'blocked');
    // Another may: the block is between the two.
    await world.does(alice!, { type: 'group.role', conversation: group, user: bob!.user, role: 'admin' });
    await world.does(bob!, { type: 'group.add', conversation: group, users });
  });

  it('check many candidates, and name the first of them that is wrong', async () => {
    await world.dispose();
    await open({ slowRelations: true });
    const many = Array.from({ length: 250 }, () => world.arrives().user);
    const [blocked, missing] = [world.arrives(), uuidv7()];
    world.block(alice!, blocked);
    const users = [...many.slice(0, 150), missing, blocked.user, ...many.slice(150)];
    const refused = await world.outcome(alice!, { type: 'group.create', name: 'x', members: users });
    assert.ok(!refused.ok);
    assert.deepEqual([refused.error.code, refused.error.detail], ['user_not_found', missing]);
    const group = await world.group(alice!, []);
    await world.does(alice!, { type: 'group.add', conversation: group, users: many });
    assert.equal((await world.memberships.members(group)).size, 251);
  });

  it('let the last owner go after handing over, and the last member at any time', async () => {
    const group = await world.group(alice!, [bob!]);
    const leave = { type: 'group.leave', conversation: group } as const;
    assert.equal(await world.codeOf(alice!, leave), 'last_owner');
    await world.does(alice!, { type: 'group.role', conversation: group, user: bob!.user, role: 'owner' });
    const left = await world.does(alice!, leave);
    assert.deepEqual(left.says.users, [alice!.user]);
    assert.deepEqual(world.told.at(-1)!.left, [alice!.user]);
    await world.does(bob!, leave);
    assert.equal((await world.memberships.members(group)).size, 0);
    assert.equal(
      await world.codeOf(bob!, { type: 'group.add', conversation: group, users: [alice!.user] }),
      'not_a_member',
    );
  });

  it('let owners remove owners, and administrators plain members', async () => {
    const group = await world.group(alice!, [bob!, carol!]);
    const role = (user: Actor, role: 'owner' | 'admin') =>
      world.does(alice!, { type: 'group.role', conversation: group, user: user.user, role });
    await role(bob!, 'admin');
    const removed = await world.does(bob!, {
      type: 'group.remove',
      conversation: group,
      users: [carol!.user, world.arrives().user],
    });
    assert.deepEqual(removed.says.users, [carol!.user]);
    await role(bob!, 'owner');
    await world.does(bob!, { type: 'group.remove', conversation: group, users: [alice!.user] });
    assert.deepEqual(await roles(group, bob), { [bob!.user]: 'owner' });
  });

  it('shut out whom they removed at once, and take back a role that was lost', async () => {
    const group = await world.group(alice!, [bob!, carol!]);
    await world.does(alice!, { type: 'group.role', conversation: group, user: bob!.user, role: 'admin' });
    await world.does(alice!, { type: 'group.remove', conversation: group, users: [bob!.user] });
    const send = {
      type: 'message.send',
      to: { conversation: group },
      content: { type: 'text', text: 'x' },
    } as const;
    assert.equal(await world.codeOf(bob!, send), 'not_a_member');
    await world.does(alice!, { type: 'group.add', conversation: group, users: [bob!.user] });
    await world.does(bob!, send);
    assert.equal((await roles(group))[bob!.user], 'member');
  });

  it('change name, photo and setting apart from each other, and survive a restart', async () => {
    const group = await world.group(alice!, [bob!], { photo: 'https://example.org/a.png' });
    const update = (fields: object) =>
      world.does(alice!, { type: 'group.update', conversation: group, ...fields });
    await world.asks(bob!, { type: 'conversation.get', conversation: group });
    await update({ name: 'New' });
    await update({ photo: null });
    await update({ history: 'all' });
    const asked = { type: 'conversation.get', conversation: group } as const;
    const got = async () => {
      const { name, photo, history, timer } = await world.asks(bob!, asked);
      return [name, photo, history, timer];
    };
    assert.deepEqual(await got(), ['New', null, 'all', null]);
    await world.does(alice!, { type: 'conversation.timer', conversation: group, seconds: 60 });
    assert.deepEqual(await got(), ['New', null, 'all', 60]);
    await world.restart();
    assert.deepEqual(await got(), ['New', null, 'all', 60]);
    await world.does(alice!, { type: 'conversation.timer', conversation: group, seconds: null });
    assert.equal((await world.asks(bob!, asked)).timer, null);
  });
});

describe('the timer between two', () => {
  it('may be set by either, unless one has blocked the other', async () => {
    const world = await createWorld();
    try {
      const { alice, bob } = world;
      await world.says(alice, bob, 'hello');
      const timer = {
        type: 'conversation.timer',
        conversation: world.direct(alice, bob),
        seconds: 5,
      } as const;
      assert.equal((await world.does(bob, timer)).says.seconds, 5);
      assert.equal((await world.does(alice, { ...timer, seconds: null })).says.seconds, null);
      const group = await world.group(alice, [bob]);
      world.block(alice, bob);
      assert.equal(await world.codeOf(bob, timer), 'blocked');
      assert.equal(await world.codeOf(alice, timer), 'blocked');
      // In a group that the two are in, the block is no concern.
      await world.does(alice, { ...timer, conversation: group });
    } finally {
      await world.dispose();
    }
  });
});
