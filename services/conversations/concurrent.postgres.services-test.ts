import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { sharedEngine } from '../../test/engines/shared.ts';
import { temporaryPostgresDirectory } from '../directory/fixtures/temporary.postgres.ts';
import type { ServerDirectory } from '../directory/open.postgres.ts';
import { byUser, member, sampleGroup } from './store.samples.ts';
import type { ConversationStore, Member } from './store.ts';

const { url, skip } = sharedEngine('postgres');
const ROUNDS = 10;

describe('conversations of several processes in one PostgreSQL', { skip }, () => {
  let here: Awaited<ReturnType<typeof temporaryPostgresDirectory>>;
  let there: ServerDirectory;
  /** The same store in two processes, in turn. */
  let store: (i: number) => ConversationStore;
  before(async () => {
    here = await temporaryPostgresDirectory(url);
    there = await here.open();
    store = (i) => (i % 2 === 0 ? here : there).conversations;
  });
  after(async () => {
    await there.close();
    await here.dispose();
  });
  const users = (count: number) => Array.from({ length: count }, () => uuidv7());
  const membersOf = async (id: string) => byUser(await store(1).members(id));
  const inTurn = (times: number, call: (store: ConversationStore) => Promise<void>) =>
    Promise.all(Array.from({ length: times }, (_, i) => call(store(i))));

  it('creates once, with all members', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const group = sampleGroup();
      const members = users(20).map((user) => member(user));
      await inTurn(6, (one) => one.create(group, members, 1));
      assert.deepEqual(await membersOf(group.id), byUser(members));
    }
  });

  it('applies an event once that comes several times at once, its members in any order', async () => {
    const founder = member(uuidv7(), 'owner');
    for (let round = 0; round < ROUNDS; round++) {
      const group = sampleGroup();
      await store(0).create(group, [founder], 1);
      const members = users(700).map((user) => member(user));
      await Promise.all([
        store(0).add(group.id, members, 2, 2),
        store(1).add(group.id, members.toReversed(), 2, 2),
        store(1).add(group.id, members, 2, 2),
      ]);
      assert.deepEqual(await membersOf(group.id), byUser([founder, ...members]));
      const names = members.map(({ user }) => user);
      await Promise.all([
        store(0).remove(group.id, names, 3),
        store(1).remove(group.id, names.toReversed(), 3),
        store(1).update(group.id, { name: 'Meanwhile' }, 3),
      ]);
      assert.deepEqual(await membersOf(group.id), [founder]);
      assert.equal((await store(0).get(group.id))?.name, 'Meanwhile');
    }
  });

  it('adds the same users to many conversations at once', async () => {
    const members = users(300).map((user) => member(user));
    const groups = Array.from({ length: 8 }, () => sampleGroup());
    await Promise.all(
      groups.map((group, i) => store(i).create(group, i % 2 === 0 ? members : members.toReversed(), 1)),
    );
    const counts = await store(0).countGroupsOf(members.map(({ user }) => user));
    assert.ok(members.every(({ user }) => counts.get(user) === groups.length));
  });

  it('ends as after one owner, whatever a former owner does once more meanwhile', async () => {
    type Event = { kind: 'add' | 'remove' | 'role'; users: number[] };
    const some = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 });
    const event: fc.Arbitrary<Event> = fc.record({
      kind: fc.constantFrom('add' as const, 'remove' as const, 'role' as const),
      users: some,
    });
    const apply = async (
      one: ConversationStore,
      id: string,
      events: Event[],
      who: string[],
      from: number,
    ) => {
      for (const [i, { kind, users }] of events.entries()) {
        if (i < from) continue;
        const seq = i + 2;
        const names = users.map((n) => who[n]!);
        if (kind === 'remove') await one.remove(id, names, seq);
        else if (kind === 'role') await one.setRole(id, names[0]!, 'admin', seq);
        else
          await one.add(
            id,
            names.map((user): Member => member(user)),
            seq,
            seq,
          );
      }
    };
    const property = fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 8 }),
      fc.nat(7),
      async (events, behind) => {
        const who = users(4);
        const [plain, shared] = [sampleGroup(), sampleGroup()];
        for (const one of [plain, shared]) await store(0).create(one, [member(who[0]!, 'owner')], 1);
        await apply(store(0), plain.id, events, who, 0);
        const done = Math.min(behind, events.length);
        await apply(store(0), shared.id, events.slice(0, done), who, 0);
        // The new owner begins where the former one had got to at most, and the former one wakes up and goes on.
        await Promise.all([
          apply(store(1), shared.id, events, who, Math.max(0, done - 2)),
          apply(store(0), shared.id, events, who, done),
        ]);
        const stays = (id: string) =>
          Promise.all(
            who.map(async (user) => {
              const found = await store(1).membership(user, id);
              return found && { ...found, conversation: null };
            }),
          );
        assert.deepEqual(await stays(shared.id), await stays(plain.id));
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});
