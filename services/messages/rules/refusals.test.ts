import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Actor } from '../../actor.ts';
import { type AskedChange, createWorld, type World } from '../../conversations/fixtures/world.ts';

interface Scene {
  world: World;
  owner: Actor;
  plain: Actor;
  /** Joined the group after everything that is asked about was said. */
  newcomer: Actor;
  /** Was in the group when it was said, and has left. */
  gone: Actor;
  stranger: Actor;
  /** Has been blocked by the owner after they talked. */
  blocked: Actor;
  group: string;
  /** Numbers of messages in the group: the owner's, the plain member's, a deleted one, an expired one that is not swept yet. */
  owners: number;
  plains: number;
  deleted: number;
  due: number;
  /** Of owner and plain; a message of plain's is at 1. */
  direct: string;
  /** Of owner and blocked; messages of blocked's are at 1 and 2, the second with a reaction of theirs. */
  cut: string;
}

type Person = 'owner' | 'plain' | 'newcomer' | 'gone' | 'stranger' | 'blocked';

const content = { type: 'text', text: 'new' } as const;
const send = (conversation: string, fields: object = {}): AskedChange => ({
  type: 'message.send',
  to: { conversation },
  content,
  ...fields,
});
const edit = (conversation: string, seq: number): AskedChange => ({
  type: 'message.edit',
  conversation,
  seq,
  content,
});
const remove = (conversation: string, seq: number): AskedChange => ({
  type: 'message.delete',
  conversation,
  seq,
});
const hide = (conversation: string, seq: number): AskedChange => ({
  type: 'message.hide',
  conversation,
  seq,
});
const react = (conversation: string, seq: number, emoji: string | null = '👍'): AskedChange => ({
  type: 'message.react',
  conversation,
  seq,
  emoji,
});
const nowhere = uuidv7();

const cases: [what: string, who: Person, asked: (s: Scene) => AskedChange, code: string][] = [
  ['sends as stranger', 'stranger', (s) => send(s.group), 'not_a_member'],
  ['sends after leaving', 'gone', (s) => send(s.group), 'not_a_member'],
  ['sends nowhere', 'owner', () => send(nowhere), 'conversation_not_found'],
  ['sends to a one-to-one of others', 'stranger', (s) => send(s.direct), 'conversation_not_found'],
  ['sends to the stream of an account', 'stranger', (s) => send(s.owner.user), 'conversation_not_found'],
  ['sends to the stream of a device', 'stranger', (s) => send(s.owner.device), 'conversation_not_found'],
  [
    'sends to nobody there is',
    'owner',
    () => ({ type: 'message.send', to: { user: uuidv7() }, content }),
    'user_not_found',
  ],
  [
    'sends to who blocked them',
    'blocked',
    (s) => ({ type: 'message.send', to: { user: s.owner.user }, content }),
    'blocked',
  ],
  ['sends there by conversation', 'blocked', (s) => send(s.cut), 'blocked'],
  ['sends to whom they blocked', 'owner', (s) => send(s.cut), 'blocked'],
  ['answers what there is not', 'owner', (s) => send(s.group, { reply_to: 999 }), 'message_not_found'],
  ['answers what is no message', 'owner', (s) => send(s.group, { reply_to: 1 }), 'message_not_found'],
  [
    'answers what was said before they came',
    'newcomer',
    (s) => send(s.group, { reply_to: s.owners }),
    'message_not_found',
  ],
  [
    'answers something in a first message',
    'stranger',
    (s) => ({ type: 'message.send', to: { user: s.owner.user }, content, reply_to: 1 }),
    'message_not_found',
  ],

  ['edits what there is not', 'owner', (s) => edit(s.group, 999), 'message_not_found'],
  ['edits what is no message', 'owner', (s) => edit(s.group, 1), 'message_not_found'],
  ['edits what another said', 'plain', (s) => edit(s.group, s.owners), 'not_the_sender'],
  ['edits what another said, as owner', 'owner', (s) => edit(s.group, s.plains), 'not_the_sender'],
  ['edits what was said before they came', 'newcomer', (s) => edit(s.group, s.owners), 'message_not_found'],
  ['edits what was deleted', 'owner', (s) => edit(s.group, s.deleted), 'message_deleted'],
  ['edits what is due', 'owner', (s) => edit(s.group, s.due), 'message_deleted'],
  ['edits after leaving', 'gone', (s) => edit(s.group, s.owners), 'not_a_member'],
  ['edits as stranger', 'stranger', (s) => edit(s.direct, 1), 'conversation_not_found'],
  ['edits what who blocked them would see', 'blocked', (s) => edit(s.cut, 1), 'blocked'],

  ['deletes what there is not', 'owner', (s) => remove(s.group, 999), 'message_not_found'],
  ['deletes what is no message', 'owner', (s) => remove(s.group, 1), 'message_not_found'],
  ['deletes what another said', 'plain', (s) => remove(s.group, s.owners), 'not_the_sender'],
  ['deletes what the other said', 'owner', (s) => remove(s.direct, 1), 'not_the_sender'],
  [
    'deletes what was said before they came',
    'newcomer',
    (s) => remove(s.group, s.owners),
    'message_not_found',
  ],
  [
    'learns nothing of what was deleted before',
    'newcomer',
    (s) => remove(s.group, s.deleted),
    'message_not_found',
  ],
  ['deletes twice', 'owner', (s) => remove(s.group, s.deleted), 'message_deleted'],
  ['deletes after leaving', 'gone', (s) => remove(s.group, s.owners), 'not_a_member'],
  ['deletes as stranger', 'stranger', (s) => remove(s.group, s.owners), 'not_a_member'],

  ['reacts to what there is not', 'owner', (s) => react(s.group, 999), 'message_not_found'],
  ['reacts to what is no message', 'owner', (s) => react(s.group, 1), 'message_not_found'],
  [
    'reacts to what was said before they came',
    'newcomer',
    (s) => react(s.group, s.owners),
    'message_not_found',
  ],
  ['reacts to what was deleted', 'plain', (s) => react(s.group, s.deleted), 'message_deleted'],
  ['reacts to what is due', 'plain', (s) => react(s.group, s.due), 'message_deleted'],
  ['reacts after leaving', 'gone', (s) => react(s.group, s.owners), 'not_a_member'],
  ['reacts as stranger', 'stranger', (s) => react(s.direct, 1), 'conversation_not_found'],
  ['reacts to what who blocked them sees', 'blocked', (s) => react(s.cut, 1), 'blocked'],

  ['hides what there is not', 'owner', (s) => hide(s.group, 999), 'message_not_found'],
  ['hides what is no message', 'owner', (s) => hide(s.group, 1), 'message_not_found'],
  ['hides what was said before they came', 'newcomer', (s) => hide(s.group, s.owners), 'message_not_found'],
  ['hides what was said after they left', 'gone', (s) => hide(s.group, s.due), 'message_not_found'],
  ['hides as stranger', 'stranger', (s) => hide(s.direct, 1), 'message_not_found'],
];

const allowed: [what: string, who: Person, asked: (s: Scene) => AskedChange][] = [
  ['takes back what they said to who blocked them', 'blocked', (s) => remove(s.cut, 1)],
  ['takes back a reaction there', 'blocked', (s) => react(s.cut, 2, null)],
  ['answers what was deleted meanwhile', 'plain', (s) => send(s.group, { reply_to: s.deleted })],
  ['hides a tombstone', 'plain', (s) => hide(s.group, s.deleted)],
  ['hides after leaving what was said before', 'gone', (s) => hide(s.group, s.owners)],
  ['deletes what a member said, as owner', 'owner', (s) => remove(s.group, s.plains)],
];

describe('what the rules of messages refuse', () => {
  let scene: Scene;

  before(async () => {
    const world = await createWorld();
    const { alice: owner, bob: plain } = world;
    const [newcomer, gone, stranger, blocked] = [1, 2, 3, 4].map(() => world.arrives()) as [
      Actor,
      Actor,
      Actor,
      Actor,
    ];
    const group = await world.group(owner, [plain, gone]);
    const owners = (await world.says(owner, group, 'the owner speaks')).seq;
    const plains = (await world.says(plain, group, 'a member speaks')).seq;
    const deleted = (await world.says(owner, group, 'regretted')).seq;
    await world.does(owner, remove(group, deleted));
    await world.does(gone, { type: 'group.leave', conversation: group });
    const due = (await world.says(owner, group, 'short', { ttl: 1 })).seq;
    await world.does(owner, { type: 'group.add', conversation: group, users: [newcomer.user] });
    await world.says(plain, owner, 'hello');
    await world.says(blocked, owner, 'hello');
    await world.says(blocked, owner, 'well?');
    const cut = world.direct(owner, blocked);
    await world.does(blocked, react(cut, 2));
    world.block(owner, blocked);
    world.clock.time += 2_000;
    const direct = world.direct(owner, plain);
    scene = {
      world,
      owner,
      plain,
      newcomer,
      gone,
      stranger,
      blocked,
      group,
      owners,
      plains,
      deleted,
      due,
      direct,
      cut,
    };
  });
  after(() => scene.world.dispose());

  for (const [what, who, asked, code] of cases) {
    it(`${what}: ${code}`, async () => {
      const { world, group, direct, cut } = scene;
      const heads = async () =>
        [...(await world.history.heads([group, direct, cut, scene[who].user])).values()].map(
          ({ seq }) => seq,
        );
      const before = await heads();
      assert.equal(await world.codeOf(scene[who], asked(scene)), code);
      assert.deepEqual(await heads(), before, 'it left an event');
    });
  }

  for (const [what, who, asked] of allowed) {
    it(`and not: ${what}`, async () => {
      assert.equal(await scene.world.codeOf(scene[who], asked(scene)), 'accepted');
    });
  }
});
