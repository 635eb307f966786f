/** Muting, pinning, archiving, how one is notified, and reports: over MQTT and over HTTP alike. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Payload } from '../harness/device.ts';
import { type Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

describe('what one sets for oneself', { timeout: 120_000 }, () => {
  const on = scene();
  const listed = async (person: Person, conversation: string): Promise<Payload> => {
    const { conversations } = await person.does('conversations.list');
    return conversations.find(({ id }: Payload) => id === conversation);
  };
  const preferencesIn = ({ muted_until, pinned, archived }: Payload) => ({ muted_until, pinned, archived });

  for (const way of ways) {
    describe(`over ${way}`, () => {
      it('a conversation is muted, pinned and archived, on all of one’s devices and for nobody else', async () => {
        const [alice, bob] = [await on.meet(way, 'alice'), await on.meet(way, 'bob')];
        const tablet = await alice.another();
        on.kept(tablet);
        const { conversation } = await bob.says({ user: alice.user }, 'hello');
        await alice.hears((p) => p.conversation === conversation, 'the message');
        const untouched = { muted_until: null, pinned: false, archived: false };
        assert.deepEqual(preferencesIn(await listed(alice, conversation)), untouched);

        const until = Date.now() + 3_600_000;
        const muted = await alice.does('preferences.update', {
          conversation,
          muted_until: until,
          pinned: true,
        });
        assert.equal(muted.conversation, alice.user);
        assert.equal(muted.target, conversation);
        await tablet.hears((p) => p.id === muted.id, 'what was set on the other device');
        await alice.does('preferences.update', { conversation, archived: true });
        await on.holds(async () => {
          const set = { muted_until: until, pinned: true, archived: true };
          assert.deepEqual(preferencesIn(await listed(alice, conversation)), set);
          assert.deepEqual(preferencesIn(await alice.does('conversation.get', { conversation })), set);
        });
        await alice.does('preferences.update', { conversation, muted_until: null });
        await on.holds(async () => assert.equal((await listed(alice, conversation)).muted_until, null));

        assert.deepEqual(preferencesIn(await listed(bob, conversation)), untouched);
        await bob.hasNotHeard(
          (p) => p.type === 'preferences.updated',
          'bob heard what alice set for herself',
        );
      });

      it('what one is not in cannot be set', async () => {
        const [alice, bob] = [await on.meet(way, 'alice'), await on.meet(way, 'bob')];
        const group = await alice.does('group.create', { name: 'Without Bob' });
        const conversation = group.conversation ?? group.event.conversation;
        assert.equal(
          await bob.isRefused('preferences.update', { conversation, pinned: true }),
          'not_a_member',
        );
      });

      it('how one is notified is kept, what is absent as it was', async () => {
        const alice = await on.meet(way, 'alice');
        const usual = { show: 'content', mentions_override: true, quiet: null, digest_hours: null };
        const found = await alice.does('notifications.get');
        assert.deepEqual({ ...found, ...usual }, found);
        const quiet = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
        await alice.does('notifications.update', { show: 'sender', quiet });
        await alice.does('notifications.update', { digest_hours: 24 });
        await on.holds(async () => {
          const set = await alice.does('notifications.get');
          assert.deepEqual({ ...set, ...usual, show: 'sender', quiet, digest_hours: 24 }, set);
        });
        const nowhere = { ...quiet, zone: 'Europe/Atlantis' };
        assert.equal(await alice.isRefused('notifications.update', { quiet: nowhere }), 'bad_request');
        assert.equal(
          await alice.isRefused('notifications.update', { quiet: { ...quiet, from: '24:00' } }),
          'bad_request',
        );
      });

      it('a report names a user, and messages that its sender may read', async () => {
        const [alice, bob, cleo] = [
          await on.meet(way, 'alice'),
          await on.meet(way, 'bob'),
          await on.meet(way, 'cleo'),
        ];
        const { conversation, seq } = await bob.says({ user: alice.user }, 'buy now');
        const report = { user: bob.user, conversation, messages: [seq], reason: 'spam', text: 'every day' };
        const sent = await alice.does('report.send', report);
        assert.deepEqual([sent.user, sent.target, sent.messages], [bob.user, conversation, [seq]]);
        await bob.hasNotHeard((p) => p.type === 'report.sent', 'bob heard of the report');

        assert.equal(await cleo.isRefused('report.send', report), 'conversation_not_found');
        assert.equal(
          await alice.isRefused('report.send', { ...report, messages: [seq + 1_000] }),
          'message_not_found',
        );
        assert.equal(await alice.isRefused('report.send', { ...report, user: alice.user }), 'bad_request');
        const { conversation: _left, ...without } = report;
        assert.equal(await alice.isRefused('report.send', without), 'bad_request');
      });
    });
  }
});
