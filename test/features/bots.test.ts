/** Bots: made and looked after over HTTP by their owners, and devices as all others over MQTT, as far as their scopes go. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import { type Account, post, register, request } from '../harness/account.ts';
import { botAccount, makeBot } from '../harness/bot.ts';
import { Device, type Payload } from '../harness/device.ts';
import { dunlin } from '../harness/dunlin.ts';
import { Server } from '../harness/server.ts';

const EVENTS = topics.events('+');
const text = (value: string) => ({ type: 'text', text: value });

describe('bots', { timeout: 120_000 }, () => {
  let server: Server;
  let anna: Account;
  let phone: Device;
  const devices: Device[] = [];
  const connect = async (who: Account, subscribe = true): Promise<Device> => {
    const device = await Device.connect(server.mqtt, who, { subscribe });
    devices.push(device);
    return device;
  };
  /** A bot that has its own inbox and all its conversations, and not the inbox of its user. */
  const listen = async (who: Account): Promise<Device> => {
    const device = await connect(who, false);
    await device.client.subscribeAsync([topics.deviceInbox(who.user, who.device), EVENTS], { qos: 1 });
    return device;
  };
  const heard = (bot: Device, conversation: string) =>
    bot.other.filter(([topic]) => topic === topics.events(conversation)).map(([, event]) => event);
  const gone = (device: Device) =>
    new Promise<void>((resolve) => device.client.once('close', () => resolve()));
  const call = async (method: string, path: string, body: unknown, who: Account): Promise<Payload> => {
    const response = await request(server, method, path, body, who.accessToken);
    const answer = response.status === 204 ? {} : ((await response.json()) as Payload);
    return { status: response.status, ...answer };
  };
  const change = (bot: Account, body: object, by = anna) => call('PATCH', `/bots/${bot.user}`, body, by);

  before(async () => {
    server = await Server.started({
      flags: ['--limits.botsPerUser=12', '--limits.botCommandBurst=30', '--limits.registrationsPerHourIp=0'],
    });
    anna = await register(server, 'anna');
    phone = await connect(anna);
  });
  after(async () => {
    for (const device of devices) device.drop();
    await server.dispose();
  });

  it('get what is said in their conversations, also while they were away, and answer', async () => {
    const account = await makeBot(server, anna, ['messages.read', 'messages.send']);
    // Before it has ever been connected: its cursors began when it was made.
    const { conversation } = await phone.ask('message.send', {
      to: { user: account.user },
      content: text('one'),
    });
    const bot = await listen(account);
    await bot.until(() => heard(bot, conversation).length === 1, 'what was said before');
    bot.drop();
    await phone.text({ conversation }, 'two');
    await phone.text({ conversation }, 'three');
    const again = await listen(account);
    await again.until(() => heard(again, conversation).length === 2, 'what was said meanwhile');
    assert.deepEqual(
      heard(again, conversation).map(({ content }) => content.text),
      ['two', 'three'],
    );
    const answer = await again.send('message.send', {
      to: { conversation },
      content: text('four'),
      reply_to: 3,
    });
    const got = await phone.until(() => phone.inbox.find(({ id }) => id === answer), 'the answer');
    assert.equal(got.sender.user, account.user);
    assert.deepEqual(again.inbox, [], 'nothing comes to an inbox that is not subscribed to');
  });

  it('of groups get what follows their joining, once, and nothing after they are removed', async () => {
    const account = await makeBot(server, anna, ['messages.read'], { groups: true });
    const bot = await listen(account);
    const group = await phone.send('group.create', { name: 'Weather' });
    await phone.text({ conversation: group }, 'before');
    const add = () => phone.ask('group.add', { conversation: group, users: [account.user] });
    const joined = await add();
    await phone.text({ conversation: group }, 'within');
    await bot.client.subscribeAsync(topics.inbox(account.user), { qos: 1 });
    await phone.text({ conversation: group }, 'by the inbox');
    await bot.until(() => bot.inbox.some((p) => p.content?.text === 'by the inbox'), 'the inbox');
    const removed = await phone.ask('group.remove', { conversation: group, users: [account.user] });
    await phone.text({ conversation: group }, 'after');
    const back = await add();
    await bot.until(() => bot.inbox.some(({ id }) => id === back.id), 'that it is in it again');
    const all = [...heard(bot, group), ...bot.inbox.filter((p) => p.conversation === group && p.seq)];
    assert.deepEqual(
      all.map(({ seq }) => seq),
      [joined.seq, joined.seq + 1, joined.seq + 2, removed.seq, back.seq],
    );
  });

  it('are shown as bots', async () => {
    const account = await makeBot(server, anna, [], { groups: true, name: 'Weather' });
    const profile = await phone.ask('profile.get', { user: account.user });
    assert.equal(profile.result.bot, true);
    assert.equal(profile.result.name, 'Weather');
    assert.equal('bot' in (await phone.ask('profile.get', { user: anna.user })).result, false);
    const group = (await phone.ask('group.create', { name: 'Weather', members: [account.user] }))
      .conversation;
    const { members } = (await phone.ask('members.list', { conversation: group })).result;
    assert.deepEqual(
      new Map(members.map((m: Payload) => [m.user, m.bot])),
      new Map([
        [anna.user, undefined],
        [account.user, true],
      ]),
    );
  });

  it('do what their scopes say, over MQTT and HTTP, from the moment that they are given or taken', async () => {
    const account = await makeBot(server, anna, ['messages.send']);
    const bot = await connect(account, false);
    await bot.client.subscribeAsync(topics.deviceInbox(account.user, account.device), { qos: 1 });
    await bot.send('message.send', { to: { user: anna.user }, content: text('hello') });
    const { conversation } = await phone.until(
      () => phone.inbox.find((p) => p.content?.text === 'hello'),
      'what it sent',
    );
    const over = (path: string) => call('GET', path, undefined, account);
    const refused = await bot.ask('messages.list', { conversation });
    assert.equal(refused.error.code, 'scope_missing');
    assert.match(refused.error.detail, /messages\.read/);
    assert.equal((await over(`/messages/${conversation}`)).code, 'scope_missing');
    const subscribed = await bot.client.subscribeAsync(EVENTS, { qos: 1 }).then(
      ([one]) => one!.qos as number,
      () => 128,
    );
    assert.equal(subscribed, 128);
    const why = await bot.until(() => bot.own.find((p) => p.error?.detail?.includes(EVENTS)), 'why');
    assert.equal(why.error.code, 'scope_missing');

    const closed = gone(bot);
    const changed = await change(account, { scopes: ['messages.read'] });
    assert.deepEqual(changed.scopes, ['messages.read']);
    await closed;
    const reader = await listen(account);
    assert.equal((await over(`/messages/${conversation}`)).events.length, 1);
    assert.equal((await reader.ask('messages.list', { conversation })).result.events.length, 1);
    const silent = await reader.ask('message.send', { to: { user: anna.user }, content: text('x') });
    assert.equal(silent.error.code, 'scope_missing');

    // What it had subscribed to is judged anew when it comes back.
    const lost = gone(reader);
    await change(account, { scopes: ['messages.send'] });
    await lost;
    await phone.text({ conversation }, 'not for it');
    const back = await connect(account, false);
    await back.ask('messages.list', { conversation });
    assert.deepEqual(back.other, []);
  });

  it('that are paused cannot connect nor ask, and get what was sent meanwhile when they go on', async () => {
    const account = await makeBot(server, anna, ['messages.read', 'messages.send']);
    const bot = await listen(account);
    const { conversation } = await phone.ask('message.send', {
      to: { user: account.user },
      content: text('one'),
    });
    await bot.until(() => heard(bot, conversation).length === 1, 'the first');
    const closed = gone(bot);
    await change(account, { paused: true });
    await closed;
    await assert.rejects(connect(account));
    assert.equal((await call('GET', '/conversations', undefined, account)).code, 'bot_paused');
    await phone.text({ conversation }, 'two');
    await change(account, { paused: false });
    const again = await listen(account);
    await again.until(() => heard(again, conversation).some(({ seq }) => seq === 2), 'what waited');
  });

  it('get another token: the old one stops, and nothing is lost between the two', async () => {
    const account = await makeBot(server, anna, ['messages.read']);
    const bot = await listen(account);
    const { conversation } = await phone.ask('message.send', {
      to: { user: account.user },
      content: text('one'),
    });
    await bot.until(() => heard(bot, conversation).length === 1, 'the first');
    bot.drop();
    await phone.text({ conversation }, 'two');
    const rotated = await call('POST', `/bots/${account.user}/token`, undefined, anna);
    assert.equal(rotated.status, 201);
    await assert.rejects(connect(account));
    assert.equal((await call('GET', '/conversations', undefined, account)).code, 'device_revoked');
    await phone.text({ conversation }, 'three');
    const next = botAccount(rotated);
    assert.equal(next.user, account.user);
    assert.notEqual(next.device, account.device);
    const again = await listen(next);
    await again.until(() => heard(again, conversation).some(({ seq }) => seq === 3), 'the third');
    const [first] = heard(again, conversation);
    assert.ok(first.seq <= 2, 'what was said before the old token stopped');
  });

  it('have tokens beside one another, all of which end when one takes their place', async () => {
    const account = await makeBot(server, anna, ['messages.read', 'messages.send']);
    const path = `/bots/${account.user}/token`;
    const beside = botAccount(await call('POST', path, { beside: true }, anna));
    const [listener, sender] = [await listen(account), await listen(beside)];
    await sender.send('message.send', { to: { user: anna.user }, content: text('from beside') });
    const said = (device: Device) => device.other.some(([, p]) => p.content?.text === 'from beside');
    await listener.until(() => said(listener), 'what the other has sent');
    const closed = Promise.all([gone(listener), gone(sender)]);
    const rotated = await call('POST', path, {}, anna);
    await closed;
    assert.deepEqual(
      rotated.bot.devices.map((one: Payload) => one.device),
      [rotated.mqtt.client_id],
    );
    for (const old of [account, beside]) await assert.rejects(connect(old));
  });

  it('that are deleted are gone: for themselves, for groups, and for whoever writes to them', async () => {
    const account = await makeBot(server, anna, ['messages.read'], { groups: true });
    const bot = await listen(account);
    const group = await phone.send('group.create', { name: 'Weather', members: [account.user] });
    await bot.until(() => heard(bot, group).length === 1, 'the group');
    const closed = gone(bot);
    assert.equal((await call('DELETE', `/bots/${account.user}`, undefined, anna)).status, 204);
    await closed;
    await assert.rejects(connect(account));
    await phone.until(
      () => phone.inbox.find((p) => p.conversation === group && p.type === 'members.removed'),
      'that it has left',
    );
    const refused = await phone.ask('message.send', { to: { user: account.user }, content: text('x') });
    assert.equal(refused.error.code, 'user_not_found');
    assert.equal((await call('DELETE', `/bots/${account.user}`, undefined, anna)).code, 'not_found');
    const taken = await post(server, '/bots', { username: account.username }, anna.accessToken);
    assert.equal(taken.status, 409);
  });

  it('are listed for their owner, and nobody else’s to touch', async () => {
    const [mallory, ben] = [await register(server, 'mallory'), await register(server, 'ben')];
    const account = await makeBot(server, ben, ['open'], { name: 'Sensor' });
    const { bots } = await call('GET', '/bots', undefined, ben);
    assert.equal(bots.length, 1);
    const { id, owner, scopes, groups, paused, devices: tokens } = bots[0];
    assert.deepEqual(
      { id, owner, scopes, groups, paused, devices: tokens.map((one: Payload) => one.device) },
      {
        ...{ id: account.user, owner: ben.user, scopes: ['open'], groups: false, paused: false },
        devices: [account.device],
      },
    );
    for (const [method, path, body] of [
      ['PATCH', `/bots/${account.user}`, { paused: true }],
      ['POST', `/bots/${account.user}/token`, undefined],
      ['DELETE', `/bots/${account.user}`, undefined],
    ] as const)
      assert.equal((await call(method, path, body, mallory)).code, 'not_found', method);
    assert.equal((await call('GET', `/bots?owner=${ben.user}`, undefined, mallory)).code, 'forbidden');
    assert.equal((await change(account, { rate: 100 }, ben)).code, 'forbidden');
    assert.deepEqual((await call('GET', '/bots', undefined, mallory)).bots, []);
  });

  it('have a rate of their own, which an administrator can raise', async () => {
    const account = await makeBot(server, anna, ['messages.read']);
    const asked = async (many: number) => {
      const answers = Array.from({ length: many }, () => call('GET', '/contacts', undefined, account));
      return (await Promise.all(answers)).filter(({ code }) => code === 'rate_limited').length;
    };
    // What is refused for its scope is counted too.
    assert.ok((await asked(60)) > 10);
    const granted = ['admin', 'grant', anna.username, `--data.folder=${join(server.folder, 'data')}`];
    assert.equal((await dunlin(granted)).code, 0);
    assert.equal((await change(account, { rate: 1_000 })).rate, 1_000);
    assert.equal(await asked(60), 0);
  });

  it('are as many as the operator allows', async () => {
    const many = await register(server, 'many');
    for (let made = 0; made < 12; made++) await makeBot(server, many, []);
    const one = await post(server, '/bots', { username: 'one-too-many' }, many.accessToken);
    assert.equal(((await one.json()) as Payload).code, 'too_many_bots');
  });
});
