import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { type AskedChange, createWorld, type World } from '../fixtures/world.ts';

interface Scene {
  world: World;
  owner: Actor;
  admin: Actor;
  plain: Actor;
  stranger: Actor;
  /** Was in the group, and left. */
  gone: Actor;
  /** One owner, an administrator, a plain member. */
  group: string;
  /** Of owner and plain. */
  direct: string;
}

type Case = [
  what: string,
  who: keyof Scene & ('owner' | 'admin' | 'plain' | 'stranger' | 'gone'),
  asked: (scene: Scene) => AskedChange,
  code: string,
];

const nowhere = uuidv7();
const ofGroup =
  (fields: object) =>
  ({ group }: Scene): AskedChange =>
    ({ conversation: group, ...fields }) as AskedChange;

const cases: Case[] = [
  [
    'adds as plain member',
    'plain',
    (s) => ofGroup({ type: 'group.add', users: [s.stranger.user] })(s),
    'not_an_admin',
  ],
  [
    'adds as stranger',
    'stranger',
    (s) => ofGroup({ type: 'group.add', users: [s.stranger.user] })(s),
    'not_a_member',
  ],
  [
    'adds after leaving',
    'gone',
    (s) => ofGroup({ type: 'group.add', users: [s.gone.user] })(s),
    'not_a_member',
  ],
  [
    'adds nobody new',
    'owner',
    (s) => ofGroup({ type: 'group.add', users: [s.plain.user] })(s),
    'already_a_member',
  ],
  [
    'adds nobody there is',
    'owner',
    (s) => ofGroup({ type: 'group.add', users: [uuidv7()] })(s),
    'user_not_found',
  ],
  [
    'adds to a group there is not',
    'owner',
    (s) => ({ type: 'group.add', conversation: nowhere, users: [s.plain.user] }),
    'conversation_not_found',
  ],
  [
    'adds to a one-to-one',
    'owner',
    (s) => ({ type: 'group.add', conversation: s.direct, users: [s.stranger.user] }),
    'not_a_group',
  ],
  [
    'adds to a one-to-one of others',
    'stranger',
    (s) => ({ type: 'group.add', conversation: s.direct, users: [s.stranger.user] }),
    'conversation_not_found',
  ],
  [
    'removes as plain member',
    'plain',
    (s) => ofGroup({ type: 'group.remove', users: [s.admin.user] })(s),
    'not_an_admin',
  ],
  [
    'removes as stranger',
    'stranger',
    (s) => ofGroup({ type: 'group.remove', users: [s.admin.user] })(s),
    'not_a_member',
  ],
  [
    'removes an owner as administrator',
    'admin',
    (s) => ofGroup({ type: 'group.remove', users: [s.plain.user, s.owner.user] })(s),
    'not_an_owner',
  ],
  [
    'removes oneself',
    'owner',
    (s) => ofGroup({ type: 'group.remove', users: [s.owner.user] })(s),
    'bad_request',
  ],
  [
    'removes a stranger',
    'owner',
    (s) => ofGroup({ type: 'group.remove', users: [s.stranger.user] })(s),
    'user_not_found',
  ],
  [
    'removes who left',
    'owner',
    (s) => ofGroup({ type: 'group.remove', users: [s.gone.user] })(s),
    'user_not_found',
  ],
  ['leaves as last owner', 'owner', ofGroup({ type: 'group.leave' }), 'last_owner'],
  ['leaves as stranger', 'stranger', ofGroup({ type: 'group.leave' }), 'not_a_member'],
  ['leaves twice', 'gone', ofGroup({ type: 'group.leave' }), 'not_a_member'],
  ['leaves a one-to-one', 'plain', (s) => ({ type: 'group.leave', conversation: s.direct }), 'not_a_group'],
  ['renames as plain member', 'plain', ofGroup({ type: 'group.update', name: 'x' }), 'not_an_admin'],
  ['renames as stranger', 'stranger', ofGroup({ type: 'group.update', name: 'x' }), 'not_a_member'],
  [
    'renames a one-to-one',
    'plain',
    (s) => ({ type: 'group.update', conversation: s.direct, name: 'x' }),
    'not_a_group',
  ],
  ['changes nothing', 'owner', ofGroup({ type: 'group.update' }), 'bad_request'],
  [
    'opens the history as plain member',
    'plain',
    ofGroup({ type: 'group.update', history: 'all' }),
    'not_an_admin',
  ],
  [
    'makes oneself owner as administrator',
    'admin',
    (s) => ofGroup({ type: 'group.role', user: s.admin.user, role: 'owner' })(s),
    'not_an_owner',
  ],
  [
    'makes oneself owner as plain member',
    'plain',
    (s) => ofGroup({ type: 'group.role', user: s.plain.user, role: 'owner' })(s),
    'not_an_owner',
  ],
  [
    'gives a stranger a role',
    'owner',
    (s) => ofGroup({ type: 'group.role', user: s.stranger.user, role: 'admin' })(s),
    'user_not_found',
  ],
  [
    'steps down as last owner',
    'owner',
    (s) => ofGroup({ type: 'group.role', user: s.owner.user, role: 'admin' })(s),
    'last_owner',
  ],
  [
    'sets the timer as plain member',
    'plain',
    ofGroup({ type: 'conversation.timer', seconds: 60 }),
    'not_an_admin',
  ],
  [
    'sets the timer as stranger',
    'stranger',
    ofGroup({ type: 'conversation.timer', seconds: 60 }),
    'not_a_member',
  ],
  [
    'sets the timer of a one-to-one of others',
    'stranger',
    (s) => ({ type: 'conversation.timer', conversation: s.direct, seconds: 60 }),
    'conversation_not_found',
  ],
  [
    'makes a group with nobody there is',
    'owner',
    () => ({ type: 'group.create', name: 'x', members: [uuidv7()] }),
    'user_not_found',
  ],
  [
    'makes a group larger than allowed',
    'owner',
    (s) => ({
      type: 'group.create',
      name: 'x',
      members: [s.admin, s.plain, s.stranger, s.gone].map(({ user }) => user).concat(uuidv7(), uuidv7()),
    }),
    'group_full',
  ],
  [
    'adds more than allowed',
    'owner',
    (s) => ofGroup({ type: 'group.add', users: [s.stranger.user, s.gone.user, uuidv7()] })(s),
    'group_full',
  ],
];

describe('what the rules of conversations refuse', () => {
  let scene: Scene;

  before(async () => {
    const world = await createWorld({ groupMembers: 5 });
    const { alice: owner, bob: admin, carol: plain } = world;
    const [stranger, gone] = [world.arrives(), world.arrives()];
    const group = await world.group(owner, [admin, plain, gone]);
    await world.does(owner, { type: 'group.role', conversation: group, user: admin.user, role: 'admin' });
    await world.does(gone, { type: 'group.leave', conversation: group });
    await world.says(owner, plain, 'hello');
    scene = { world, owner, admin, plain, stranger, gone, group, direct: world.direct(owner, plain) };
  });
  after(() => scene.world.dispose());

  for (const [what, who, asked, code] of cases) {
    it(`${what}: ${code}`, async () => {
      const { world, group } = scene;
      const before = (await world.history.heads([group])).get(group)?.seq;
      assert.equal(await world.codeOf(scene[who], asked(scene)), code);
      assert.equal((await world.history.heads([group])).get(group)?.seq, before, 'it left an event');
    });
  }

  it('leaves everything as it was', async () => {
    const { world, owner, admin, plain, group } = scene;
    const { members } = await world.asks(owner, { type: 'members.list', conversation: group });
    const roles = new Map(members.map((m: { user: string; role: string }) => [m.user, m.role]));
    assert.deepEqual(
      roles,
      new Map([
        [owner.user, 'owner'],
        [admin.user, 'admin'],
        [plain.user, 'member'],
      ]),
    );
    const { name, timer, history } = await world.asks(owner, {
      type: 'conversation.get',
      conversation: group,
    });
    assert.deepEqual({ name, timer, history }, { name: 'A group', timer: null, history: 'joined' });
  });
});
