/** The whole story with MQTT.js and nothing of ours: one-to-one, away, groups, receipts, presence, typing, restart. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { topics } from '../protocol/topics.ts';
import { login, register, request } from './harness/account.ts';
import { authority, makeCertificates, tlsFlags } from './harness/certificates.ts';
import { Device } from './harness/device.ts';
import { Server } from './harness/server.ts';

for (const transport of ['mqtt', 'mqtts', 'ws'] as const) {
  describe(`a chat over ${transport}`, () => {
    let server: Server;
    let certificates: string;
    const open: Device[] = [];
    const connect = async (
      ...args: Parameters<typeof Device.connect> extends [string, ...infer R] ? R : never
    ) => {
      const [account, options] = args;
      const trust = transport === 'mqtts' ? { ca: authority(certificates) } : {};
      const device = await Device.connect(server[transport], account, { ...trust, ...options });
      open.push(device);
      return device;
    };
    before(async () => {
      certificates = await mkdtemp(join(tmpdir(), 'dunlin-certs-'));
      if (transport === 'mqtts') makeCertificates(certificates);
      server = await Server.started({ flags: transport === 'mqtts' ? tlsFlags(certificates) : [] });
    });
    after(async () => {
      for (const device of open) device.drop();
      await server.dispose();
      await rm(certificates, { recursive: true, force: true });
    });

    it('delivers to a user who is connected, and answers the sender with the same event', async () => {
      const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
      const [alice, bob] = [await connect(a), await connect(b)];
      const id = await alice.text({ user: b.user }, 'hello');
      const got = await bob.until(() => bob.inbox.find((p) => p.id === id), 'the message');
      const own = await alice.until(() => alice.inbox.find((p) => p.id === id), 'the own event');
      assert.deepEqual(own, got);
      assert.equal(got.seq, 1);
      assert.deepEqual(got.sender, { user: a.user, device: a.device });
      assert.deepEqual(got.content, { type: 'text', text: 'hello' });
    });

    it('keeps everything for a device that is away, in order, and tells the sender when it arrived', async () => {
      const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
      const alice = await connect(a);
      const texts = Array.from({ length: 300 }, (_, i) => `message ${i}`);
      for (const text of texts) await alice.text({ user: b.user }, text);
      const bob = await connect(b);
      await bob.until(() => bob.texts.length >= 300, '300 messages');
      assert.deepEqual(bob.texts, texts);
      const receipt = await alice.until(
        () =>
          alice.inbox.find(
            (p) =>
              p.type === 'receipts' &&
              p.receipts.some(
                (r: { user: string; delivered: number }) => r.user === b.user && r.delivered === 300,
              ),
          ),
        'the delivery receipt',
      );
      await bob.send('receipt.read', { conversation: receipt.conversation, seq: 300 });
      await alice.until(
        () =>
          alice.inbox.find(
            (p) =>
              p.type === 'receipts' &&
              p.receipts.some((r: { user: string; read: number }) => r.user === b.user && r.read === 300),
          ),
        'the read receipt',
      );
      const last = alice.inbox.findLast((p) => p.type === 'message');
      const status = await (
        await request(server, 'GET', `/messages/${last.id}/status`, undefined, a.accessToken)
      ).json();
      assert.equal(JSON.stringify(status).includes(b.user), true);
    });

    it('carries a group through joining, leaving and a restart of the server', async () => {
      const [a, b, c] = [
        await register(server, 'anna'),
        await register(server, 'ben'),
        await register(server, 'cleo'),
      ];
      const [anna, ben] = [await connect(a), await connect(b)];
      const group = await anna.send('group.create', { name: 'Rowing', members: [b.user] });
      await anna.until(() => anna.inbox.find((p) => p.type === 'group.created'), 'the group');
      await anna.text({ conversation: group }, 'before cleo');
      await anna.send('group.add', { conversation: group, users: [c.user] });
      await anna.text({ conversation: group }, 'with cleo');
      const cleo = await connect(c);
      await cleo.until(() => cleo.texts.includes('with cleo'), 'the message after joining');
      assert.deepEqual(cleo.texts, ['with cleo']);
      await anna.send('group.remove', { conversation: group, users: [c.user] });
      await cleo.until(() => cleo.inbox.find((p) => p.type === 'members.removed'), 'the removal');
      await anna.text({ conversation: group }, 'without cleo');
      const refused = await cleo.ask('message.send', {
        to: { conversation: group },
        content: { type: 'text', text: 'still here' },
      });
      assert.equal(refused.type, 'refused');
      assert.equal(refused.error.code, 'not_a_member');
      await ben.until(() => ben.texts.includes('without cleo'), 'the last message');
      assert.deepEqual(ben.texts, ['before cleo', 'with cleo', 'without cleo']);
      assert.equal(cleo.texts.includes('without cleo'), false);
      assert.deepEqual(
        ben.inbox.filter((p) => p.conversation === group && p.seq).map((p) => p.seq),
        [1, 2, 3, 4, 5, 6],
      );
    });

    it('gives a second device of the same user everything from its sign-in on', async () => {
      const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
      const alice = await connect(a);
      await alice.text({ user: b.user }, 'before the tablet');
      const tablet = await connect(await login(server, b));
      await alice.text({ user: b.user }, 'after the tablet');
      const phone = await connect(b);
      await phone.until(() => phone.texts.length === 2, 'both');
      await tablet.until(() => tablet.texts.includes('after the tablet'), 'the new one');
      assert.deepEqual(tablet.texts, ['after the tablet']);
      await phone.text({ user: a.user }, 'from the phone');
      await tablet.until(() => tablet.texts.includes('from the phone'), 'what the other device sent');
    });

    it('shows presence and typing to those who may see them', async () => {
      const [a, b, s] = [
        await register(server, 'alice'),
        await register(server, 'bob'),
        await register(server, 'stranger'),
      ];
      const alice = await connect(a);
      const id = await alice.text({ user: b.user }, 'hi');
      const event = await alice.until(() => alice.inbox.find((p) => p.id === id), 'the event');
      const granted = await alice.client.subscribeAsync(
        [topics.presence(b.user), topics.typing(event.conversation)],
        { qos: 0 },
      );
      assert.deepEqual(
        granted.map((g) => g.qos),
        [0, 0],
      );
      const presence = (online: boolean) => () =>
        alice.other.find(([t, p]) => t === topics.presence(b.user) && p.online === online);
      await alice.until(presence(false), 'bob away');
      const bob = await connect(b);
      await alice.until(presence(true), 'bob online');
      await bob.client.publishAsync(
        topics.typing(event.conversation),
        JSON.stringify({ v: 1, type: 'typing', active: true }),
      );
      const typing = await alice.until(
        () => alice.other.find(([t]) => t === topics.typing(event.conversation)),
        'typing',
      );
      assert.deepEqual(typing[1].user, b.user);
      const before = alice.other.length;
      bob.drop();
      await alice.until(
        () => alice.other.slice(before).find(([t, p]) => t === topics.presence(b.user) && p.online === false),
        'bob gone',
      );
      const stranger = await connect(s);
      const denied = await stranger.client
        .subscribeAsync(topics.presence(b.user), { qos: 0 })
        .catch((e) => e);
      assert.match(String(denied), /128|Unspecified|not authorized/i);
    });

    it('goes on after the server was stopped and started', async () => {
      const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
      const alice = await connect(a);
      await alice.text({ user: b.user }, 'before');
      assert.equal(await server.stop(), 0);
      await server.start();
      const again = await connect(a);
      await again.text({ user: b.user }, 'after');
      const bob = await connect(b);
      await bob.until(() => bob.texts.length === 2, 'both messages');
      assert.deepEqual(bob.texts, ['before', 'after']);
    });
  });
}
