/**
 * Promises 4 and 5: what must not be done is not done, whoever asks and by whatever way; the one who asked learns why, by a
 * code of the one table; and nobody else notices.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { scopeNames } from '../../protocol/scopes.ts';
import { topics } from '../../protocol/topics.ts';
import { type Account, login, register, request } from '../harness/account.ts';
import { makeBot } from '../harness/bot.ts';
import { Device, type Payload } from '../harness/device.ts';
import { Server } from '../harness/server.ts';
import { botFilters, bots } from './bots.table.ts';
import { groupsAndPeople } from './groups.table.ts';
import { messages } from './messages.table.ts';
import { requests } from './requests.table.ts';
import { type Codes, type Stage, text } from './stage.ts';
import { filters, payloads, publishes } from './topics.table.ts';

const among = (codes: Codes, code: string, what: string) => {
  const allowed: readonly string[] = Array.isArray(codes) ? codes : [codes];
  assert.ok(allowed.includes(code), `${what}: ${code}, expected ${allowed.join(' or ')}`);
};

describe('forbidden', () => {
  let s: Stage;
  const refusals = (device: Device) => device.own.filter((p) => p.type === 'refused');

  before(async () => {
    const server = await Server.started({
      flags: [
        '--limits.registrationsPerHourIp=0',
        '--limits.commandsPerSecondDevice=1000',
        '--limits.commandBurstDevice=10000',
        '--limits.commandsPerSecondUser=1000',
        '--limits.commandBurstUser=10000',
      ],
    });
    const make = async (name: string) => Device.connect(server.mqtt, await register(server, name));
    const [alice, bob, carl, mallory, dave] = [
      await make('alice'),
      await make('bob'),
      await make('carl'),
      await make('mallory'),
      await make('dave'),
    ];
    const keen = await Device.connect(
      server.mqtt,
      await makeBot(server, mallory.account, scopeNames, { groups: true }),
    );
    const silent = await makeBot(server, alice.account, [], { groups: true });
    const mute = await Device.connect(server.mqtt, silent, { subscribe: false });
    await mute.client.subscribeAsync(topics.deviceInbox(silent.user, silent.device), { qos: 1 });
    const shy = await makeBot(server, alice.account, ['messages.read']);
    const group = await alice.send('group.create', {
      name: 'Sailing',
      members: [bob.account.user, carl.account.user, silent.user],
    });
    await alice.ask('group.role', { conversation: group, user: bob.account.user, role: 'admin' });
    const direct = (
      await alice.ask('message.send', { to: { user: bob.account.user }, content: text('a secret') })
    ).conversation;
    const byAlice = (await alice.ask('message.send', { to: { conversation: group }, content: text('mine') }))
      .seq;
    const byCarl = (await carl.ask('message.send', { to: { conversation: group }, content: text('carl’s') }))
      .seq;
    const deleted = (await carl.ask('message.send', { to: { conversation: group }, content: text('oops') }))
      .seq;
    await carl.ask('message.delete', { conversation: group, seq: deleted });
    await alice.ask('block.add', { user: dave.account.user });
    s = { server, alice, bob, carl, mallory, dave, keen, mute, shy, group, direct, byAlice, byCarl, deleted };
  });

  after(async () => {
    for (const device of [s?.alice, s?.bob, s?.carl, s?.mallory, s?.dave, s?.keen, s?.mute]) device?.drop();
    await s?.server.dispose();
  });

  it('changes nothing for anybody', async () => {
    const witnesses = [s.alice, s.bob, s.carl];
    const streams = () => witnesses.map((w) => w.inbox.filter((p) => p.seq !== undefined).length);
    const before = streams();

    for (const [what, who, type, fields, codes] of [...messages, ...groupsAndPeople, ...bots]) {
      const answer = await s[who].ask(type, fields(s));
      assert.equal(answer.type, 'refused', `${who} could ${what}: ${JSON.stringify(answer).slice(0, 300)}`);
      among(codes, answer.error.code, what);
    }
    for (const [what, payload, codes] of payloads) {
      const known = refusals(s.mallory).length;
      await s.mallory.client.publishAsync(topics.outbox(s.mallory.account.user), payload, { qos: 1 });
      const answer = await s.mallory.until(() => refusals(s.mallory)[known], `a refusal of ${what}`);
      among(codes, answer.error.code, what);
    }
    for (const [what, topic, codes] of publishes) {
      const known = refusals(s.mallory).length;
      await s.mallory.client.publishAsync(topic(s), JSON.stringify({ v: 1, type: 'typing', active: true }), {
        qos: what.startsWith('typing') ? 0 : 1,
      });
      const answer = await s.mallory.until(
        () => refusals(s.mallory)[known],
        `a refusal to publish to ${what}`,
      );
      among(codes, answer.error.code, what);
    }
    for (const [device, table] of [
      [s.mallory, filters],
      [s.mute, botFilters],
    ] as const) {
      for (const [what, filter] of table) {
        const granted = await device.client.subscribeAsync(filter(s), { qos: 1 }).then(
          (g) => g.map((one) => one.qos as number),
          () => [128],
        );
        assert.deepEqual(granted, [128], `${device.account.username} could subscribe to ${what}`);
      }
    }
    for (const device of [s.keen, s.mute]) {
      const known = refusals(device).length;
      const topic = topics.typing(s.group);
      await device.client.publishAsync(topic, '{"v":1,"type":"typing","active":true}', { qos: 0 });
      const { error } = await device.until(() => refusals(device)[known], 'a refusal to type');
      among(device === s.mute ? 'scope_missing' : 'not_a_member', error.code, 'type as a bot');
    }
    for (const [what, who, method, path, body, status, codes] of requests) {
      const response = await request(s.server, method, path(s), body?.(s), tokenOf(s, who));
      const problem = (await response.json()) as Payload;
      among(codes, problem.code, what);
      if (typeof codes === 'string') assert.equal(response.status, status, what);
      assert.match(response.headers.get('content-type') ?? '', /problem\+json/, what);
    }

    // Nobody else noticed: the next thing that reaches the witnesses is the next thing that was allowed.
    const end = await s.alice.text({ conversation: s.group }, 'all is well');
    for (const witness of witnesses) {
      await witness.until(() => witness.inbox.find((p) => p.id === end), 'the next message');
      assert.equal(witness.client.connected, true);
    }
    assert.deepEqual(
      streams(),
      before.map((n) => n + 1),
    );
    assert.equal(s.mallory.inbox.filter((p) => p.type === 'message').length, 0);
    assert.equal(s.keen.inbox.filter((p) => p.type === 'message').length, 0);
    assert.deepEqual([...s.mute.inbox, ...s.mute.other], [], 'a bot without a scope gets nothing');
    assert.deepEqual(s.mallory.other, []);
  });

  const connects: [string, (s: Stage, a: Account) => object][] = [
    ['a wrong token', () => ({ password: 'no.such.token' })],
    ['the token of another', (st) => ({ password: st.alice.account.deviceToken })],
    ['the refresh token', (_, a) => ({ password: a.refreshToken })],
    ['another client id', () => ({ clientId: uuidv7() })],
    ['the device of another', (st) => ({ clientId: st.alice.account.device })],
    ['a name of Object as client id', () => ({ clientId: '__proto__' })],
    ['another user name', (st) => ({ username: st.alice.account.user })],
    ['no credentials', () => ({ username: undefined, password: undefined })],
    [
      'a will on the topic of another',
      (st) => ({
        will: {
          topic: topics.inbox(st.alice.account.user),
          payload: Buffer.from('x'),
          qos: 1,
          retain: false,
        },
      }),
    ],
  ];
  for (const [what, change] of connects) {
    it(`does not let in who comes with ${what}`, async () => {
      const account = await login(s.server, s.mallory.account);
      await assert.rejects(
        Device.connect(s.server.mqtt, account, { ...change(s, account), subscribe: false }),
      );
    });
  }

  it('does not let a revoked device in, and closes its connection', async () => {
    const account = await login(s.server, s.carl.account);
    const tablet = await Device.connect(s.server.mqtt, account);
    const closed = new Promise<void>((resolve) => tablet.client.once('close', () => resolve()));
    await s.carl.ask('device.revoke', { device: account.device });
    await closed;
    await assert.rejects(Device.connect(s.server.mqtt, account));
    const response = await request(s.server, 'GET', '/conversations', undefined, account.accessToken);
    assert.equal(((await response.json()) as Payload).code, 'device_revoked');
  });

  it('signs a device out whose refresh token is used twice', async () => {
    const account = await login(s.server, s.carl.account);
    const refresh = () =>
      request(s.server, 'POST', '/token/refresh', { refresh_token: account.refreshToken });
    assert.equal((await refresh()).status, 200);
    const second = await refresh();
    assert.equal(((await second.json()) as Payload).code, 'token_reused');
    await assert.rejects(Device.connect(s.server.mqtt, account));
  });
});

function tokenOf(s: Stage, who: (typeof requests)[number][1]): string | undefined {
  if (who === null) return undefined;
  return who === 'phone' ? s.alice.account.deviceToken : s[who].account.accessToken;
}
