/** What people have of one another when they are at different nodes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { post, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import { overHttp, type Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { eventually, get, inhabited, numbers } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;
const content = (text: string) => ({ type: 'text', text });

describe('people at different nodes', { skip, timeout: 300_000 }, () => {
  const on = inhabited({ gateways: 2, flags: ['--presence.graceSeconds=0', '--messages.sweepSeconds=1'] });
  const { meet, again, at } = on;
  /** What the viewer was told last of somebody. */
  const toldOf = (viewer: Person, user: string): Payload =>
    viewer.device.other.findLast(([topic]) => topic === topics.presence(user))?.[1];
  const receiptOf = (viewer: Person, conversation: string, user: string, fits: (r: Payload) => boolean) =>
    viewer.hears(
      (p) =>
        p.type === 'receipts' &&
        p.conversation === conversation &&
        p.receipts.some((r: Payload) => r.user === user && fits(r)),
      'a receipt',
    );

  it('what is written through three doors at once has one order for everybody', async () => {
    const [alice, bob, carol] = [
      await meet(0, 'alice'),
      await meet(1, 'bob'),
      await meet(1, 'carol', 'http'),
    ];
    const { conversation } = await alice.does('group.create', {
      name: 'Choir',
      members: [bob.user, carol.user],
    });
    const EACH = 30;
    const all = [alice, bob, carol];
    const sent = await Promise.all(
      all.flatMap((who) => Array.from({ length: EACH }, (_, n) => who.says({ conversation }, `${n}`))),
    );
    const expected = Array.from({ length: all.length * EACH + 1 }, (_, i) => i + 1);
    const order = (await history(at(0), alice.device.account, conversation)).map((e) => [e.seq, e.id]);
    assert.deepEqual(
      order.map(([seq]) => seq),
      expected,
    );
    const told = new Map(sent.map((event) => [event.seq, event.id]));
    assert.equal(told.size, sent.length, 'two were told the same number');
    assert.deepEqual(
      order.slice(1),
      [...told].sort(([a], [b]) => a - b),
    );
    for (const who of all) {
      await who.device.until(() => numbers(who, conversation).length >= expected.length, 'everything');
      const heard = who.device.inbox.filter((p) => p.conversation === conversation && p.seq !== undefined);
      assert.deepEqual(
        heard.map((p) => [p.seq, p.id]),
        order,
      );
    }
  });

  it('a command that comes again, anywhere, makes nothing and is answered with the first event', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const id = uuidv7();
    const fields = { to: { user: bob.user }, content: content('once') };
    const first = await alice.does('message.send', fields, id);
    const tablet = await again(alice, 1);
    assert.deepEqual(await tablet.does('message.send', fields, id), first);
    const overGateways = await Promise.all(
      [0, 1, 0, 1].map((node) => overHttp(at(node), alice.device.account, 'message.send', fields, id)),
    );
    for (const answer of overGateways) assert.deepEqual(answer, first);
    assert.equal((await history(at(1), bob.device.account, first.conversation)).length, 1);

    // All of them at once: the first of them is one of these.
    const racing = uuidv7();
    const answers = await Promise.all([
      alice.does('message.send', fields, racing),
      tablet.does('message.send', fields, racing),
      ...[0, 1].map((node) => overHttp(at(node), alice.device.account, 'message.send', fields, racing)),
    ]);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0].seq, 2);
    await bob.says({ conversation: first.conversation }, 'twice?');
    assert.deepEqual(
      (await history(at(0), bob.device.account, first.conversation)).map((e) => e.content.text),
      ['once', 'once', 'twice?'],
    );
  });

  it('a gateway answers a change with its event, and refuses with the code of the one who decides', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    for (const node of [0, 1]) {
      const body = { id: uuidv7(), to: { user: bob.user }, content: content('over HTTP') };
      const sent = await post(at(node), '/messages/send', body, alice.device.account.accessToken);
      assert.equal(sent.status, 201);
      const event = (await sent.json()) as Payload;
      assert.deepEqual([event.id, event.seq, event.sender.user], [body.id, node + 1, alice.user]);
      await bob.hears((p) => p.id === body.id, 'what was sent over HTTP');
      const twice = { id: uuidv7(), conversation: event.conversation, seq: 9_999, emoji: '👍' };
      const refused = await overHttp(
        at(node),
        alice.device.account,
        'message.react',
        { conversation: event.conversation, seq: twice.seq, emoji: '👍' },
        twice.id,
      );
      assert.deepEqual([refused.type, refused.error.code], ['refused', 'message_not_found']);
    }
  });

  it('devices of one user at different nodes have the same, and read together', async () => {
    const [phone, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const tablet = await again(phone, 1);
    const sent = await phone.says({ user: bob.user }, 'from the phone');
    const { conversation } = sent;
    assert.deepEqual(await tablet.hears((p) => p.id === sent.id, 'what the phone sent'), sent);
    const reply = await bob.says({ conversation }, 'read me');
    for (const device of [phone, tablet]) await device.hears((p) => p.id === reply.id, 'the reply');
    await phone.does('receipt.read', { conversation, seq: reply.seq });
    await receiptOf(tablet, conversation, phone.user, (r) => r.read === reply.seq);
  });

  for (const way of ['mqtt', 'http'] as const)
    it(`receipts cross nodes: delivered by acknowledgement, read over ${way}, direct and in a group`, async () => {
      const [alice, bob, carol] = [
        await meet(0, 'alice'),
        await meet(1, 'bob', way),
        await meet(1, 'carol', way),
      ];
      const direct = (await alice.says({ user: bob.user }, 'one')).conversation;
      const group = (await alice.does('group.create', { name: 'Receipts', members: [bob.user, carol.user] }))
        .conversation;
      const readers = [
        [direct, [bob]],
        [group, [bob, carol]],
      ] as const;
      for (const [conversation, members] of readers) {
        const { seq } = await alice.says({ conversation }, 'read this');
        for (const member of members) {
          await receiptOf(alice, conversation, member.user, (r) => r.delivered === seq);
          await member.does('receipt.read', { conversation, seq });
          await receiptOf(alice, conversation, member.user, (r) => r.read === seq);
        }
        for (const node of [0, 1]) {
          const { receipts } = await eventually(async () => {
            const path = `/conversations/${conversation}/receipts`;
            const answer = await get(at(node), path, alice.device.account);
            const of = (user: string) => answer.receipts.find((r: Payload) => r.user === user);
            return members.every((m) => of(m.user)?.read === seq) ? answer : null;
          }, `the receipts at gateway ${node}`);
          for (const { user } of members)
            assert.equal(receipts.find((r: Payload) => r.user === user).delivered, seq);
        }
      }
    });

  it('typing is seen at the other node, by members only', async () => {
    const [alice, bob, eve] = [await meet(0, 'alice'), await meet(1, 'bob'), await meet(1, 'eve')];
    const { conversation } = await alice.says({ user: bob.user }, 'hello');
    const topic = topics.typing(conversation);
    await bob.device.client.subscribeAsync(topic, { qos: 0 });
    await assert.rejects(eve.device.client.subscribeAsync(topic, { qos: 0 }));
    const heard = () => bob.device.other.find(([t]) => t === topic)?.[1];
    // What is ephemeral may be lost while the nodes hear of the subscription.
    const seen = await eventually(async () => {
      await alice.device.client.publishAsync(topic, JSON.stringify({ v: 1, type: 'typing', active: true }));
      return heard();
    }, 'typing');
    assert.deepEqual([seen.type, seen.user, seen.active], ['typing', alice.user, true]);
    assert.equal(eve.device.other.length, 0);
  });

  it('presence is the same everywhere, and hidden everywhere from whoever may not see it', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    await alice.says({ user: bob.user }, 'hello');
    await bob.device.client.subscribeAsync(topics.presence(alice.user), { qos: 0 });
    await bob.device.until(() => toldOf(bob, alice.user)?.online === true, 'that alice is there');
    const path = `/users/${alice.user}/presence`;
    // What may not be seen is refused: its body has no `online`.
    const shown = async (node: number): Promise<Payload> =>
      (await request(at(node), 'GET', path, undefined, bob.device.account.accessToken)).json();
    for (const node of [0, 1])
      await eventually(async () => (await shown(node)).online === true, `alice online at gateway ${node}`);

    const tablet = await again(alice, 1);
    await alice.device.close();
    const note = await tablet.says({ user: bob.user }, 'still here');
    await bob.hears((p) => p.id === note.id, 'the tablet');
    assert.equal(toldOf(bob, alice.user).online, true);
    tablet.drop();
    await bob.device.until(() => toldOf(bob, alice.user).online === false, 'that alice is gone');
    assert.ok(toldOf(bob, alice.user).last_seen > 0);
    for (const node of [0, 1])
      await eventually(async () => (await shown(node)).online === false, `alice offline at gateway ${node}`);

    const back = await on.moves(alice, 0);
    await bob.device.until(() => toldOf(bob, alice.user).online === true, 'that alice is back');
    await back.does('privacy.update', { presence: 'nobody', last_seen: 'nobody' });
    for (const node of [0, 1])
      await eventually(async () => (await shown(node)).online === undefined, `hidden at gateway ${node}`);
    await bob.hasNotHeard(() => false, 'a mark');
    const before = bob.device.other.length;
    await back.device.close();
    const once = await on.moves(alice, 0);
    const word = await once.says({ user: bob.user }, 'you do not see me');
    await bob.hears((p) => p.id === word.id, 'the message');
    assert.deepEqual(
      bob.device.other.slice(before).filter(([, p]) => p.online === true),
      [],
    );
  });

  it('what is changed at one node is known at the others: profile, privacy, name, role', async () => {
    const [alice, bob, carol] = [
      await meet(0, 'alice'),
      await meet(1, 'bob'),
      await meet(1, 'carol', 'http'),
    ];
    const { conversation } = await alice.does('group.create', {
      name: 'Before',
      members: [bob.user, carol.user],
    });
    // So that every cache has what is old.
    for (const who of [bob, carol]) {
      assert.equal((await who.does('profile.get', { user: alice.user })).status ?? null, null);
      assert.equal(await who.isRefused('group.update', { conversation, name: 'Mine' }), 'not_an_admin');
    }
    await alice.does('profile.update', { status: 'at the other node' });
    await alice.does('group.role', { conversation, user: bob.user, role: 'admin' });
    await alice.does('group.role', { conversation, user: carol.user, role: 'admin' });
    for (const who of [bob, carol]) {
      await eventually(
        async () => (await who.does('profile.get', { user: alice.user })).status === 'at the other node',
        `the profile for ${who.way}`,
      );
      const name = `by ${who.way}`;
      await eventually(
        async () => (await who.does('group.update', { conversation, name })).name === name,
        `the new role of ${who.way}`,
      );
      await alice.hears((p) => p.type === 'group.updated' && p.name === name, 'the name');
    }
    await alice.does('group.role', { conversation, user: bob.user, role: 'member' });
    await eventually(
      async () => (await bob.isRefused('group.update', { conversation, name: 'Mine' })) === 'not_an_admin',
      'the end of the role',
    );
  });

  it('a WebSocket at any broker is as good; a gateway says that it has none', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const tablet = await again(bob, 0);
    await tablet.device.close();
    const device = await Device.connect(at(1).ws, tablet.device.account);
    const sent = await alice.says({ user: bob.user }, 'over a WebSocket');
    await device.until(() => device.inbox.find((p) => p.id === sent.id), 'the message');
    device.drop();
    const gateway = on.cluster.gateways[0]!;
    const upgrade = await fetch(`${gateway.http}/ws`, {
      headers: { 'sec-websocket-protocol': 'mqtt' },
    });
    assert.equal(upgrade.status >= 400, true);
    await assert.rejects(Device.connect(gateway.ws, tablet.device.account));
  });

  it('what has disappeared is gone at every node, also from what brokers keep in memory', async () => {
    const [alice, bob, carol] = [await meet(0, 'alice'), await meet(1, 'bob'), await meet(1, 'carol')];
    const { conversation } = await alice.does('group.create', {
      name: 'Short',
      members: [bob.user, carol.user],
    });
    await bob.hears((p) => p.conversation === conversation, 'the group');
    const spares: Person[] = [];
    while (spares.length < 8) spares.push(await again(bob, 1));
    for (const device of [bob, ...spares]) await device.device.close();
    const sent = await alice.says({ conversation }, 'not for long', { ttl: 1 });
    const stays = await alice.says({ conversation }, 'for ever');
    await carol.hears((p) => p.id === stays.id, 'both');
    for (const node of [0, 1])
      await eventually(async () => {
        const { events } = await get(at(node), `/messages/${conversation}?limit=10`, carol.device.account);
        return events.find((e: Payload) => e.seq === sent.seq).expired === true;
      }, 'that it is gone from history');
    // The brokers hear of it a moment later: whoever comes then must not be sent it any more.
    const placeFor = async (device: Person) => {
      const back = await on.moves(device, 1);
      const place = await back.hears(
        (p) => p.conversation === conversation && p.seq === sent.seq,
        'its place',
      );
      await back.hears((p) => p.id === stays.id, 'what stays');
      await back.device.close();
      return place;
    };
    await eventually(
      async () => (await placeFor(spares.shift()!)).content === undefined,
      'that it is gone from the memory of brokers',
    );
    for (const device of [bob, spares.pop()!]) {
      const place = await placeFor(device);
      assert.deepEqual([place.content, place.expired], [undefined, true]);
    }
  });
});
