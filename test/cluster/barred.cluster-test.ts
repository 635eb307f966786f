/** What ends at one node has ended at every other: devices, blocks, memberships. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { login, post, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { overHttp, type Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { closed, eventually, get, inhabited, numbers, refusedGet } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;
const NODES = [0, 1];
const content = (text: string) => ({ type: 'text', text });

describe('what has ended', { skip, timeout: 300_000 }, () => {
  const on = inhabited({ gateways: 2 });
  const { meet, again, at, moves } = on;

  /** Nothing of the device is worth anything at any node. */
  async function isNothing({ device: { account } }: Person): Promise<void> {
    for (const node of NODES) {
      await assert.rejects(Device.connect(at(node).mqtt, account), `broker ${node}`);
      assert.equal(
        await refusedGet(at(node), '/conversations', account),
        'device_revoked',
        `gateway ${node}`,
      );
      const refreshed = await post(at(node), '/token/refresh', { refresh_token: account.refreshToken });
      assert.equal(refreshed.status, 401);
    }
  }

  const endings: [string, (phone: Person, tablet: Person) => Promise<unknown>][] = [
    [
      'revoked over MQTT',
      (phone, tablet) => phone.does('device.revoke', { device: tablet.device.account.device }),
    ],
    [
      'revoked over HTTP',
      (phone, tablet) =>
        overHttp(
          at(0),
          phone.device.account,
          'device.revoke',
          { device: tablet.device.account.device },
          uuidv7(),
        ),
    ],
    [
      'signed out',
      async (_, tablet) => {
        const { accessToken } = tablet.device.account;
        assert.equal((await request(at(0), 'POST', '/logout', undefined, accessToken)).status, 204);
      },
    ],
    [
      'signed out by a new password',
      async (phone) => {
        const { password, accessToken } = phone.device.account;
        const change = { current_password: password, new_password: 'another horse, another staple' };
        assert.equal((await post(at(0), '/password', change, accessToken)).status, 204);
      },
    ],
  ];
  for (const [how, end] of endings)
    it(`a device that was ${how} is disconnected at the other node, and may do nothing anywhere`, async () => {
      const phone = await meet(0, 'alice');
      const tablet = await again(phone, 1);
      // So that everybody knows it.
      for (const node of NODES) await get(at(node), '/conversations', tablet.device.account);
      await tablet.says({ user: phone.user }, 'I am here');
      await end(phone, tablet);
      await closed(tablet);
      // Gateways hear of it as the brokers do, each in its own time.
      for (const node of NODES)
        await eventually(
          async () => (await refusedGet(at(node), '/conversations', tablet.device.account)) !== null,
          `the end at gateway ${node}`,
        );
      await isNothing(tablet);
      assert.equal(phone.device.client.connected, true);
      await phone.says({ user: phone.user }, 'it goes on here');
      for (const node of NODES) await get(at(node), '/conversations', phone.device.account);
    });

  it('a block made at one node holds at the others, at the gateways too, and ends everywhere', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const { conversation } = await alice.says({ user: bob.user }, 'hello');
    await bob.says({ conversation }, 'hello');
    await alice.does('block.add', { user: bob.user });
    const tries = [
      () => bob.isRefused('message.send', { to: { conversation }, content: content('x') }),
      () => bob.isRefused('message.send', { to: { user: alice.user }, content: content('x') }),
      ...NODES.map((node) => async () => {
        const answer = await overHttp(
          at(node),
          bob.device.account,
          'message.send',
          { to: { conversation }, content: content('x') },
          uuidv7(),
        );
        return answer.error?.code;
      }),
    ];
    for (const attempt of tries) await eventually(async () => (await attempt()) === 'blocked', 'the block');
    const last = numbers(alice, conversation).length;
    for (const attempt of tries) assert.equal(await attempt(), 'blocked');
    await alice.hasNotHeard((p) => p.conversation === conversation && p.seq > last, 'something from bob');
    await alice.does('block.remove', { user: bob.user });
    for (const node of NODES)
      await eventually(async () => {
        const fields = { to: { conversation }, content: content('friends again') };
        const sent = await overHttp(at(node), bob.device.account, 'message.send', fields, uuidv7());
        return sent.type === 'message';
      }, 'the end of the block');
  });

  it('who was removed from a group gets nothing more, and may do nothing in it, at any node', async () => {
    const [alice, bob, carol] = [await meet(0, 'alice'), await meet(1, 'bob'), await meet(1, 'carol')];
    const tablet = await again(bob, 0);
    const { conversation } = await alice.does('group.create', {
      name: 'Without Bob',
      members: [bob.user, carol.user],
    });
    for (const device of [bob, tablet])
      await device.device.client.subscribeAsync([topics.events(conversation), topics.typing(conversation)], {
        qos: 1,
      });
    await bob.says({ conversation }, 'I am in it');
    await tablet.hears((p) => p.conversation === conversation && p.type === 'message', 'the message');
    const removed = await alice.does('group.remove', { conversation, users: [bob.user] });
    const secret = await alice.says({ conversation }, 'now that he is gone');
    await carol.hears((p) => p.id === secret.id, 'what comes after');
    for (const device of [bob, tablet]) {
      await device.hasNotHeard((p) => p.id === secret.id, 'what came after the removal');
      assert.ok(!device.device.other.some(([, p]) => p.id === secret.id), 'on the topic of the conversation');
      assert.equal(
        numbers(device, conversation).at(-1),
        removed.seq,
        'the removal is the last that is heard',
      );
    }
    for (const device of [bob, tablet]) {
      const codes = /^(not_a_member|conversation_not_found)$/;
      await eventually(
        async () =>
          codes.test(await device.isRefused('message.send', { to: { conversation }, content: content('x') })),
        'a refusal',
      );
      for (const topic of [topics.events(conversation), topics.typing(conversation)])
        await assert.rejects(device.device.client.subscribeAsync(topic, { qos: 1 }), topic);
    }
    for (const node of NODES) {
      const { account } = bob.device;
      const sent = await overHttp(
        at(node),
        account,
        'message.send',
        { to: { conversation }, content: content('x') },
        uuidv7(),
      );
      assert.equal(sent.type, 'refused', `gateway ${node}`);
      const path = `/messages/${conversation}?limit=100`;
      const response = await request(at(node), 'GET', path, undefined, account.accessToken);
      const page = (await response.json()) as Payload;
      const shown = (page.events ?? []).map((e: Payload) => e.seq);
      assert.ok(!shown.includes(secret.seq), 'history shows what came after');
    }
    // A typing notice of somebody who is not in it goes to nobody.
    await bob.device.client.publishAsync(
      topics.typing(conversation),
      JSON.stringify({ v: 1, type: 'typing', active: true }),
    );
    // Also after coming back at the other node.
    const back = await moves(bob, 0);
    await alice.says({ conversation }, 'still without him');
    await back.hasNotHeard((p) => p.conversation === conversation && p.seq > removed.seq, 'something more');
    assert.deepEqual(
      (await get(at(1), `/messages/${conversation}?limit=100`, alice.device.account)).events
        .filter((e: Payload) => e.type === 'message' && e.sender.user === bob.user)
        .map((e: Payload) => e.content.text),
      ['I am in it'],
    );
  });

  it('who was added at one node has everything from then on at the other', async () => {
    const [alice, bob, dora] = [await meet(0, 'alice'), await meet(1, 'bob'), await meet(1, 'dora')];
    const { conversation } = await alice.does('group.create', { name: 'With Dora', members: [bob.user] });
    const before = await alice.says({ conversation }, 'before her');
    assert.match(
      await dora.isRefused('message.send', { to: { conversation }, content: content('x') }),
      /not_a_member|conversation_not_found/,
    );
    const added = await alice.does('group.add', { conversation, users: [dora.user] });
    const after = await bob.says({ conversation }, 'welcome');
    await dora.hears((p) => p.id === after.id, 'what follows');
    assert.deepEqual(numbers(dora, conversation), [added.seq, after.seq]);
    assert.ok(!dora.device.inbox.some((p) => p.id === before.id));
    const first = await eventually(async () => {
      const answer = await dora.device.ask('message.send', {
        to: { conversation },
        content: content('thank you'),
      });
      return answer.type === 'message' ? answer : null;
    }, 'that dora may write');
    for (const who of [alice, bob]) await who.hears((p) => p.id === first.id, 'what dora says');
    const overGateway = await login(at(0), dora.device.account);
    assert.equal((await get(at(0), `/conversations/${conversation}`, overGateway)).id, conversation);
  });
});
