import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { GroupModel, type Step } from './fixtures/group-model.ts';
import { type AskedChange, createWorld, type World } from './fixtures/world.ts';

const USERS = 4;

const user = fc.nat(USERS - 1);
const users = fc.uniqueArray(user, { minLength: 1, maxLength: USERS });
const role = fc.constantFrom('owner', 'admin', 'member');
// The first user is the owner at the beginning: more of what is asked by it is accepted.
const by = fc.oneof(user, fc.constant(0));
const step = fc.oneof(
  fc.record({ by, do: fc.constant('add'), users }),
  fc.record({ by, do: fc.constant('remove'), users }),
  fc.record({ by, do: fc.constant('leave') }),
  fc.record({ by, do: fc.constant('say') }),
  fc.record({ by, do: fc.constant('role'), user, role }),
  fc.record({ by, do: fc.constant('history'), history: fc.constantFrom('joined', 'all') }),
) as fc.Arbitrary<Step>;

describe('a group under any sequence of commands', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.dispose());

  it('is as the model says: members, owners, what each may read, numbers without gaps', async () => {
    const actors = [world.alice, world.bob, world.carol, world.arrives()];
    const id = (n: number) => actors[n]!.user;

    function asked(conversation: string, step: Step): AskedChange {
      switch (step.do) {
        case 'add':
          return { type: 'group.add', conversation, users: step.users.map(id) };
        case 'remove':
          return { type: 'group.remove', conversation, users: step.users.map(id) };
        case 'leave':
          return { type: 'group.leave', conversation };
        case 'role':
          return { type: 'group.role', conversation, user: id(step.user), role: step.role };
        case 'history':
          return { type: 'group.update', conversation, history: step.history };
        case 'say':
          return { type: 'message.send', to: { conversation }, content: { type: 'text', text: 'x' } };
      }
    }

    async function check(conversation: string, model: GroupModel): Promise<void> {
      const members = await world.store.members(conversation);
      assert.deepEqual(
        new Map(members.map((m) => [m.user, m.role])),
        new Map([...model.members].map(([n, role]) => [id(n), role])),
      );
      assert.ok(model.members.size === 0 || model.owners > 0, 'members without an owner');
      const events = await world.history.read(conversation, 0, 1_000, 1e9);
      assert.deepEqual(
        events.map(({ seq }) => seq),
        Array.from({ length: model.seq }, (_, i) => i + 1),
      );
      for (const [n, actor] of actors.entries()) {
        const membership = await world.store.membership(actor.user, conversation);
        assert.deepEqual(membership?.delivered ?? [], model.delivered.get(n) ?? []);
        const readable = [...(model.readable.get(n) ?? [])].sort((a, b) => a - b);
        if (membership === null) {
          assert.deepEqual(readable, []);
          continue;
        }
        const page = await world.asks(actor, { type: 'messages.list', conversation, limit: 200 });
        assert.deepEqual(
          page.events.map(({ seq }: { seq: number }) => seq),
          readable,
          `what user ${n} may read`,
        );
      }
    }

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        const conversation = await world.group(actors[0]!, actors.slice(1, 3));
        const model = new GroupModel();
        const expected: string[] = [];
        const codes: Promise<string>[] = [];
        for (const step of steps) {
          // Group commands come in bursts; before a message is taken the members of now are looked at, so it waits.
          if (step.do === 'say') await Promise.all(codes);
          expected.push(model.take(step));
          codes.push(world.codeOf(actors[step.by]!, asked(conversation, step)));
          if (step.do === 'say') await codes.at(-1);
        }
        assert.deepEqual(await Promise.all(codes), expected);
        await check(conversation, model);
      }),
      { numRuns: 40 },
    );
  });
});
