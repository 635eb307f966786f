import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import type { Role } from '../../protocol/commands.ts';
import type { Range } from '../messages/history.ts';
import { byUser, member, sampleGroup } from './store.samples.ts';
import type { ConversationStore, Member } from './store.ts';

const USERS = 3;
const ROLES: Role[] = ['owner', 'admin', 'member'];

interface Stay {
  from: number;
  to: number | null;
  /** Where reading begins. */
  readable: number;
  role: Role;
}

/** Joins and leaves as the port's documentation says them, in the plainest way; every event is applied once, in order. */
class Model {
  readonly stays = new Map<string, Stay[]>();

  stay(user: string): Stay | undefined {
    return this.stays.get(user)?.find(({ to }) => to === null);
  }

  add(members: Member[], seq: number, readable: number): void {
    for (const { user, role } of members) {
      if (this.stay(user) !== undefined) continue;
      this.stays.set(user, [...(this.stays.get(user) ?? []), { from: seq, to: null, readable, role }]);
    }
  }

  remove(users: string[], seq: number): void {
    for (const user of users) {
      const stay = this.stay(user);
      if (stay !== undefined) stay.to = seq;
    }
  }

  setRole(user: string, role: Role): void {
    const stay = this.stay(user);
    if (stay !== undefined) stay.role = role;
  }

  members(): Member[] {
    const all = [...this.stays.keys()].map((user) => ({ user, role: this.stay(user)?.role }));
    return all.filter((one): one is Member => one.role !== undefined);
  }

  /** Every sequence number up to `last` that the user may read. */
  readable(user: string, last: number): number[] {
    const stays = this.stays.get(user) ?? [];
    return numbers(
      stays.map(({ readable, to }) => ({ from: readable, to })),
      last,
    );
  }
}

function numbers(ranges: Range[], last: number): number[] {
  const all = Array.from({ length: last }, (_, i) => i + 1);
  return all.filter((seq) => ranges.some(({ from, to }) => from <= seq && seq <= (to ?? last)));
}

type Step =
  | { do: 'add'; users: number[]; role: number; open: boolean }
  | { do: 'remove'; users: number[] }
  | { do: 'role'; user: number; role: number }
  | { do: 'message' }
  | { do: 'replay'; event: number };

const someUsers = fc.uniqueArray(fc.nat(USERS - 1), { minLength: 1, maxLength: USERS });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    users: someUsers,
    role: fc.nat(ROLES.length - 1),
    open: fc.boolean(),
  }),
  fc.record({ do: fc.constant('remove' as const), users: someUsers }),
  fc.record({ do: fc.constant('role' as const), user: fc.nat(USERS - 1), role: fc.nat(ROLES.length - 1) }),
  fc.record({ do: fc.constant('message' as const) }),
  fc.record({ do: fc.constant('replay' as const), event: fc.nat(30) }),
);

/** Random joins, leaves, roles and replays of any of them, held against {@link Model}. */
export function modelConformance(open: () => ConversationStore): void {
  it('does what a naive model does, however often the log repeats itself', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), run), { numRuns: 80 });
  });

  async function run(steps: Step[]): Promise<void> {
    const store = open();
    const group = sampleGroup();
    const users = Array.from({ length: USERS }, () => uuidv7());
    const model = new Model();
    /** Of each event, what applies it to the store. */
    const applied: (() => Promise<void>)[] = [];
    let seq = 1;

    const founder = [member(users[0]!, 'owner')];
    model.add(founder, 1, 1);
    applied.push(() => store.create(group, founder, 1));
    await applied[0]!();

    for (const one of steps) {
      if (one.do === 'replay') {
        await applied[one.event % applied.length]!();
        continue;
      }
      const at = ++seq;
      let apply: () => Promise<void> = async () => {};
      if (one.do === 'add') {
        const members = one.users.map((i) => member(users[i]!, ROLES[one.role]));
        const from = one.open ? 1 : at;
        model.add(members, at, from);
        apply = () => store.add(group.id, members, at, from);
      } else if (one.do === 'remove') {
        const names = one.users.map((i) => users[i]!);
        model.remove(names, at);
        apply = () => store.remove(group.id, names, at);
      } else if (one.do === 'role') {
        const [user, role] = [users[one.user]!, ROLES[one.role]!];
        model.setRole(user, role);
        apply = () => store.setRole(group.id, user, role, at);
      }
      applied.push(apply);
      await apply();
    }
    await compare();

    async function compare(): Promise<void> {
      assert.deepEqual(byUser(await store.members(group.id)), byUser(model.members()));
      for (const user of users) {
        const membership = await store.membership(user, group.id);
        const stays = model.stays.get(user);
        if (stays === undefined) {
          assert.equal(membership, null);
          continue;
        }
        assert.equal(membership?.role, model.stay(user)?.role ?? null);
        assert.deepEqual(
          membership?.delivered,
          stays.map(({ from, to }) => ({ from, to })),
        );
        assert.deepEqual(numbers(membership!.readable, seq + 5), model.readable(user, seq + 5));
        assertApart(membership!.readable);
        assert.deepEqual(await store.memberships(user), [membership]);
        assert.equal(await store.countGroups(user), model.stay(user) === undefined ? 0 : 1);
        for (const other of users) {
          if (other === user) continue;
          const both = model.stay(user) !== undefined && model.stay(other) !== undefined;
          assert.equal(await store.share(user, other), both);
        }
      }
    }
  }
}

/** Ascending, and none that overlaps the one before. */
function assertApart(ranges: Range[]): void {
  for (const [i, { from }] of ranges.entries()) {
    if (i === 0) continue;
    const { to } = ranges[i - 1]!;
    assert.ok(to !== null && to < from, JSON.stringify(ranges));
  }
}
