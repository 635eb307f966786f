/** Groups, over MQTT and over HTTP alike: roles, settings, joining, leaving, and what each may read. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Payload } from '../harness/device.ts';
import { type Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

describe('groups', { timeout: 120_000 }, () => {
  const on = scene();

  for (const way of ways) {
    describe(`over ${way}`, () => {
      let anna: Person;
      let ben: Person;
      let cleo: Person;
      before(async () => {
        [anna, ben, cleo] = await Promise.all([
          on.meet(way, 'anna'),
          on.meet(way, 'ben'),
          on.meet(way, 'cleo'),
        ]);
      });
      /** Anna owns it, Ben is in it. */
      const group = async (more: object = {}): Promise<string> =>
        (await anna.does('group.create', { name: 'Rowing', members: [ben.user], ...more })).conversation;
      const members = async (who: Person, conversation: string) =>
        new Map(
          (await who.does('members.list', { conversation })).members.map((m: Payload) => [m.user, m.role]),
        );

      it('create: the id is the command’s, every member hears of it, and it can be looked at', async () => {
        const created = await anna.does('group.create', {
          name: 'Sailing',
          members: [ben.user],
          photo: 'https://example.org/sail.png',
        });
        assert.equal(created.conversation, created.id);
        assert.equal(created.seq, 1);
        assert.deepEqual(await ben.hears((p) => p.id === created.id, 'the group'), created);
        const shown = await ben.does('conversation.get', { conversation: created.id });
        const { kind, name, photo, history, role, members_count, head } = shown;
        assert.deepEqual(
          { kind, name, photo, history, role, members_count, head },
          {
            kind: 'group',
            name: 'Sailing',
            photo: 'https://example.org/sail.png',
            history: 'joined',
            role: 'member',
            members_count: 2,
            head: 1,
          },
        );
        assert.deepEqual(
          await members(ben, created.id),
          new Map([
            [anna.user, 'owner'],
            [ben.user, 'member'],
          ]),
        );
      });

      it('rename, photo, taking the photo away: everybody hears of it, and it is shown', async () => {
        const conversation = await group();
        const table: [object, object][] = [
          [{ name: 'Rowing and sailing' }, { name: 'Rowing and sailing' }],
          [{ photo: 'https://example.org/x.png' }, { photo: 'https://example.org/x.png' }],
          [{ photo: null }, { photo: null }],
          [{ history: 'all' }, { history: 'all' }],
        ];
        for (const [change, expected] of table) {
          const updated = await anna.does('group.update', { conversation, ...change });
          const heard = await ben.hears((p) => p.id === updated.id, JSON.stringify(change));
          for (const shown of [heard, await ben.does('conversation.get', { conversation })])
            assert.deepEqual({ ...shown, ...expected }, shown);
        }
      });

      it('roles: an administrator adds and renames, an owner makes owners, a member neither', async () => {
        const conversation = await group();
        assert.equal(await ben.isRefused('group.update', { conversation, name: 'mine' }), 'not_an_admin');
        const promoted = await anna.does('group.role', { conversation, user: ben.user, role: 'admin' });
        await ben.hears((p) => p.id === promoted.id && p.role === 'admin', 'the role');
        await ben.does('group.update', { conversation, name: 'ours' });
        await ben.does('group.add', { conversation, users: [cleo.user] });
        assert.equal(
          await ben.isRefused('group.role', { conversation, user: cleo.user, role: 'admin' }),
          'not_an_owner',
        );
        await anna.does('group.role', { conversation, user: ben.user, role: 'owner' });
        await ben.does('group.role', { conversation, user: anna.user, role: 'member' });
        assert.deepEqual(
          await members(cleo, conversation),
          new Map([
            [anna.user, 'member'],
            [ben.user, 'owner'],
            [cleo.user, 'member'],
          ]),
        );
        assert.equal(await anna.isRefused('group.update', { conversation, name: 'mine' }), 'not_an_admin');
      });

      it('delete as administrator: any member’s message', async () => {
        const conversation = await group();
        const rude = await ben.says({ conversation }, 'something rude');
        await anna.does('message.delete', { conversation, seq: rude.seq });
        const [, tombstone] = await ben.reads(conversation);
        assert.deepEqual([tombstone.deleted, tombstone.content], [true, undefined]);
      });

      for (const [setting, before] of [
        ['joined', []],
        ['all', ['group.created', 'message']],
      ] as const) {
        it(`history “${setting}”: what a new member may read and find of before`, async () => {
          const conversation = await group({ history: setting });
          await anna.says({ conversation }, 'the barnacle secret');
          const added = await anna.does('group.add', { conversation, users: [cleo.user] });
          const hello = await anna.says({ conversation }, 'hello cleo');
          await cleo.hears((p) => p.id === hello.id, 'the first message after joining');
          assert.deepEqual(
            (await cleo.reads(conversation)).map((e) => e.type),
            [...before, 'members.added', 'message'],
          );
          // The inbox begins at the joining in any case; what came before is there to be read.
          assert.deepEqual(
            cleo.device.inbox.filter((p) => p.conversation === conversation && p.seq).map((p) => p.seq),
            [added.seq, hello.seq],
          );
          const found = (await cleo.does('messages.search', { query: 'barnacle', conversation })).events;
          assert.equal(found.length, setting === 'all' ? 1 : 0);
          if (setting === 'joined')
            assert.match(
              await cleo.isRefused('message.react', { conversation, seq: 2, emoji: '👀' }),
              /message_not_found/,
            );
        });
      }

      it('leave: the last owner hands over first; who left reads what was, and nothing after', async () => {
        const conversation = await group();
        await ben.says({ conversation }, 'a limpet');
        assert.equal(await anna.isRefused('group.leave', { conversation }), 'last_owner');
        await anna.does('group.role', { conversation, user: ben.user, role: 'owner' });
        const left = await anna.does('group.leave', { conversation });
        assert.deepEqual([left.type, left.users], ['members.removed', [anna.user]]);
        await ben.hears((p) => p.id === left.id, 'the leaving');
        const after = await ben.says({ conversation }, 'she is gone');
        await anna.hasNotHeard((p) => p.id === after.id, 'anna heard what was said after she left');
        assert.deepEqual(
          (await anna.reads(conversation)).map((e) => e.seq),
          [1, 2, 3, 4],
        );
        assert.equal(
          await anna.isRefused('message.send', {
            to: { conversation },
            content: { type: 'text', text: 'x' },
          }),
          'not_a_member',
        );
        const listed = (await anna.does('conversations.list')).conversations;
        assert.equal(
          listed.some((c: Payload) => c.id === conversation),
          false,
        );
      });

      it('come back: nothing of the time between is delivered or shown', async () => {
        const conversation = await group();
        await anna.does('group.remove', { conversation, users: [ben.user] });
        await ben.hears((p) => p.type === 'members.removed' && p.conversation === conversation, 'removal');
        const between = await anna.says({ conversation }, 'between ourselves');
        await anna.does('group.add', { conversation, users: [ben.user] });
        const after = await anna.says({ conversation }, 'welcome back');
        await ben.hears((p) => p.id === after.id, 'the first message after coming back');
        assert.equal(
          ben.device.inbox.some((p) => p.id === between.id),
          false,
        );
        assert.deepEqual(
          (await ben.reads(conversation)).map((e) => e.seq),
          [1, 2, 4, 5],
        );
      });

      it('a member of a group may be added once, and everybody new hears who is there', async () => {
        const conversation = await group();
        assert.equal(
          await anna.isRefused('group.add', { conversation, users: [ben.user] }),
          'already_a_member',
        );
        const added = await anna.does('group.add', { conversation, users: [ben.user, cleo.user] });
        assert.deepEqual(added.members, [{ user: cleo.user, role: 'member' }]);
        assert.deepEqual(await cleo.hears((p) => p.id === added.id, 'the joining'), added);
      });
    });
  }
});
