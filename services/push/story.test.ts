/** Members who are away are notified: the services behind the gateway, on a fake vendor. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import nacl from 'tweetnacl';
import type { House } from '../webhooks/fixtures/house.ts';
import { markIn, pushHouse, reach, statusOf } from './fixtures/away.ts';
import type { FakeVendor } from './fixtures/fake-vendor.ts';

describe('members who are away', () => {
  let home: House;
  let vendor: FakeVendor;
  let pushing: { stop(): Promise<void> };
  let waiting: { stop(): Promise<void> }[];
  beforeEach(async () => {
    home = await pushHouse();
    vendor = home.stage.vendor;
    pushing = await home.stage.push();
    waiting = [pushing];
  });
  afterEach(async () => {
    for (const one of waiting) await one.stop();
    await home.dispose();
  });

  const mark = () => markIn(home);

  it('are told of a message, once, with who says what, and its sender sees it', async () => {
    const { owner, member, admin } = home;
    await reach(member);
    const said = await home.say(owner, home.group, 'Dinner  at\neight?');
    await vendor.until(() => vendor.sent.length === 1);
    const [{ notification, target }] = vendor.sent as [FakeVendor['sent'][0]];
    assert.equal(target.kind, 'webpush');
    const { ttlSeconds, ...rest } = notification;
    assert.ok(ttlSeconds > 80_000 && ttlSeconds <= 86_400);
    assert.deepEqual(rest, {
      ...{ event: `${member.device}.${home.group}.${said.seq}`, device: member.device, collapse: home.group },
      ...{ title: 'Harbour', body: 'owner: Dinner at eight?', sealed: null, urgent: true },
      // The greeting of the house is unread too.
      ...{ badge: 2, conversation: home.group, seq: said.seq, kind: 'message' },
    });
    await mark();
    assert.equal(vendor.to(member.device).length, 1);
    assert.equal(vendor.to(owner.device).length, 0);
    const status = await statusOf(owner, said.id, member);
    assert.deepEqual([status.delivered, status.push.outcome, status.push.via], [false, 'pushed', 'webpush']);
    assert.equal((await statusOf(owner, said.id, admin)).push, undefined);
    const { body } = await member.ask('GET', `/devices/${member.device}/push`);
    assert.deepEqual(
      body.routes.map(({ kind }: { kind: string }) => kind),
      ['webpush'],
    );
    assert.deepEqual([body.last.outcome, body.last.seq], ['pushed', said.seq]);
  });

  it('are not told while they are connected, of what they muted, of whom they blocked', async () => {
    const { owner, member, stage } = home;
    await reach(member);
    stage.online.add(member.id);
    await home.say(owner, home.group, 'connected');
    // Each has been looked at before what it is looked at by is another.
    await mark();
    stage.online.delete(member.id);
    await member.ask('PATCH', `/conversations/${home.group}/preferences`, { muted_until: 9_000_000_000_000 });
    const muted = await home.say(owner, home.group, 'muted');
    await mark();
    await member.ask('PATCH', `/conversations/${home.group}/preferences`, { muted_until: null });
    await member.ask('PUT', `/blocks/${owner.id}`);
    await home.say(owner, home.group, 'blocked');
    await mark();
    assert.deepEqual(vendor.to(member.device), []);
    assert.equal((await statusOf(owner, muted.id, member)).push, undefined);
  });

  it('are told in spite of it when they are mentioned or answered, unless they do not want that', async () => {
    const { owner, member } = home;
    await reach(member);
    await member.ask('PATCH', `/conversations/${home.group}/preferences`, { muted_until: 9_000_000_000_000 });
    const own = await home.say(member, home.group, 'mine');
    const send = (more: object) =>
      owner.ask('POST', '/messages/send', {
        to: { conversation: home.group },
        content: { type: 'text', text: 'hey' },
        ...more,
      });
    const mention = (await send({ mentions: [member.id] })).body;
    await vendor.until(() => vendor.to(member.device).length === 1);
    const answered = (await send({ reply_to: own.seq })).body;
    await vendor.until(() => vendor.to(member.device).length === 2);
    assert.deepEqual(
      vendor.to(member.device).map(({ seq, kind }) => [seq, kind]),
      [
        [mention.seq, 'mention'],
        [answered.seq, 'mention'],
      ],
    );
    await member.ask('PATCH', '/notifications', { mentions_override: false });
    await send({ mentions: [member.id] });
    await mark();
    assert.equal(vendor.to(member.device).length, 2);
  });

  it('are told in quiet hours when these are over, of the newest; of a mention at once', async () => {
    const { owner, member, clock } = home;
    await reach(member);
    const now = new Date(clock.now());
    const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16);
    const quiet = { from: at(-60), to: at(90), zone: 'UTC' };
    await member.ask('PATCH', '/notifications', { quiet });
    const first = await home.say(owner, home.group, 'one');
    const last = await home.say(owner, home.group, 'two');
    const mention = await owner.ask('POST', '/messages/send', {
      ...{ to: { conversation: home.group }, content: { type: 'text', text: 'now' }, mentions: [member.id] },
    });
    await vendor.until(() => vendor.to(member.device).length === 1);
    assert.equal(vendor.to(member.device)[0]!.seq, mention.body.seq);
    const third = await home.say(owner, home.group, 'three');
    await mark();
    assert.equal(vendor.to(member.device).length, 1);
    for (const { id } of [first, last, third])
      assert.ok(['waiting', 'pushed'].includes((await statusOf(owner, id, member)).push.outcome));
    clock.forward(91 * 60_000);
    await vendor.until(() => vendor.to(member.device).length === 2);
    assert.equal(vendor.to(member.device)[1]!.seq, third.seq);
    await mark();
    assert.equal(vendor.to(member.device).length, 2);
  });

  it('see as much as they want on a screen that others see', async () => {
    const { owner, member } = home;
    await reach(member);
    const told = async (show: string, to: object) => {
      await member.ask('PATCH', '/notifications', { show });
      const { body } = await owner.ask('POST', '/messages/send', {
        to,
        content: { type: 'text', text: 'secret' },
      });
      await vendor.until(() =>
        vendor
          .to(member.device)
          .some(({ seq, conversation }) => seq === body.seq && conversation === body.conversation),
      );
      const { title, body: text } = vendor.to(member.device).at(-1)!;
      return [title, text];
    };
    assert.deepEqual(await told('content', { user: member.id }), ['owner', 'secret']);
    assert.deepEqual(await told('sender', { user: member.id }), ['owner', 'New message']);
    assert.deepEqual(await told('sender', { conversation: home.group }), ['Harbour', 'owner: New message']);
    assert.deepEqual(await told('nothing', { user: member.id }), ['New message', null]);
    await member.ask('PATCH', '/notifications', { show: 'content' });
    await owner.ask('POST', '/messages/send', {
      to: { user: member.id },
      content: { type: 'chat.encrypted', ciphertext: 'x', text: 'not this' },
    });
    await vendor.until(() => vendor.sent.length === 5);
    assert.equal(vendor.to(member.device).at(-1)!.body, 'New message');
  });

  it('are told sealed to their device, and nobody else reads it', async () => {
    const { owner, member } = home;
    const keys = nacl.box.keyPair();
    await reach(member, { key: Buffer.from(keys.publicKey).toString('base64') });
    const said = await home.say(owner, home.group, 'only you');
    await vendor.until(() => vendor.sent.length === 1);
    const [{ notification }] = vendor.sent as [FakeVendor['sent'][0]];
    assert.deepEqual([notification.title, notification.body], [null, null]);
    assert.ok(!JSON.stringify(vendor.sent).includes('only you'));
    const sealed = Buffer.from(notification.sealed!, 'base64');
    const opened = nacl.box.open(
      new Uint8Array(sealed.subarray(56)),
      new Uint8Array(sealed.subarray(32, 56)),
      new Uint8Array(sealed.subarray(0, 32)),
      keys.secretKey,
    );
    assert.deepEqual(JSON.parse(Buffer.from(opened!).toString()), {
      ...{ v: 1, title: 'Harbour', body: 'owner: only you', conversation: home.group, seq: said.seq },
      ...{ kind: 'message', badge: 2 },
    });
  });

  it('are told that they were added to a group', async () => {
    const { owner, stranger } = home;
    await reach(stranger);
    await owner.ask('POST', `/groups/${home.group}/add`, { users: [stranger.id] });
    await vendor.until(() => vendor.sent.length === 1);
    const [{ title, body, kind }] = vendor.to(stranger.device) as [FakeVendor['sent'][0]['notification']];
    assert.deepEqual([title, body, kind], ['Harbour', 'owner added you', 'added']);
  });

  it('are not told of what was deleted, read, hidden or received before it was their turn', async () => {
    const { owner, member, admin, stage, clock } = home;
    await reach(member);
    await reach(admin);
    vendor.answer = () => ({ outcome: 'retry', afterMs: 60_000, reason: 'busy' });
    const gone = await home.say(owner, home.direct, 'gone');
    await vendor.until(() => vendor.sent.length === 1);
    const group = await home.say(owner, home.group, 'for two');
    await vendor.until(() => vendor.sent.length === 3);
    const other = await owner.ask('POST', '/groups/create', { name: 'Quay', members: [member.id] });
    await vendor.until(() => vendor.sent.length === 4);
    const quay: string = other.body.conversation;
    const read = await home.say(owner, quay, 'read');
    await vendor.until(() => vendor.sent.length === 5);

    await owner.ask('DELETE', `/messages/${home.direct}/${gone.seq}`);
    await member.ask('DELETE', `/messages/${home.group}/${group.seq}?for=me`);
    await stage.cursors.save([
      { device: admin.device, user: admin.id, stream: home.group, seq: group.seq, time: clock.now() },
    ]);
    await member.ask('POST', `/conversations/${quay}/read`, { seq: read.seq });
    vendor.answer = () => ({ outcome: 'accepted' });
    clock.forward(70_000);
    await mark();
    assert.equal(vendor.sent.length, 6, 'the five before, and the mark');
    assert.equal((await statusOf(owner, group.id, member)).push, undefined);
  });

  it('are told after a while though they seemed connected, when nothing was acknowledged', async () => {
    const { owner, member, admin, clock, stage } = home;
    await reach(member);
    await reach(admin);
    for (const who of [member, admin]) stage.online.add(who.id);
    const said = await home.say(owner, home.group, 'there?');
    await stage.cursors.save([
      { device: admin.device, user: admin.id, stream: home.group, seq: said.seq, time: clock.now() },
    ]);
    clock.forward(19_000);
    assert.equal(vendor.sent.length, 0);
    clock.forward(2_000);
    await vendor.until(() => vendor.sent.length > 0);
    stage.online.delete(admin.id);
    await mark();
    assert.deepEqual(
      vendor.sent
        .filter(({ notification }) => notification.conversation === home.group)
        .map(({ notification }) => notification.device),
      [member.device],
    );
  });

  it('are watched over a stop: what is not acknowledged by then is told by whoever works next', async () => {
    const { owner, member, clock, stage } = home;
    await reach(member);
    stage.online.add(member.id);
    await home.say(owner, home.group, 'there?');
    await pushing.stop();
    waiting = [await stage.push()];
    clock.forward(21_000);
    await vendor.until(() => vendor.to(member.device).length === 1);
  });
});
