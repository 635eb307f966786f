/** Every limit refuses with its code, is counted, and disturbs nobody but the one who goes over it. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { type Account, login, register, request } from './harness/account.ts';
import { Device, type Payload } from './harness/device.ts';
import { unlimited } from './harness/flags.ts';
import { requestFrom } from './harness/from.ts';
import { metric } from './harness/metrics.ts';
import { RawDevice, signIn } from './harness/raw.ts';
import { Server } from './harness/server.ts';
import { Witnesses } from './harness/witnesses.ts';

const OTHER_ADDRESS = '127.0.0.2';

describe('limits', { timeout: 120_000 }, () => {
  const undo: (() => unknown)[] = [];
  after(async () => {
    for (const step of undo.toReversed()) await step();
  });
  /** The flags come after those that switch limits off. */
  const started = async (...flags: string[]) => {
    const server = await Server.started({ flags: [...unlimited, ...flags] });
    undo.push(() => server.dispose());
    return server;
  };
  const connect = async (server: Server, account: Account) => {
    const device = await Device.connect(server.mqtt, account);
    undo.push(() => device.drop());
    return device;
  };
  const raw = (server: Server, from?: string) => {
    const device = new RawDevice(server.mqttPort, from);
    undo.push(() => device.destroy());
    return device;
  };
  const witnesses = async (server: Server) => {
    const both = await Witnesses.of(server);
    undo.push(() => both.drop());
    return () => both.goOn();
  };
  const sends = (to: Account, text = 'x') => ({ to: { user: to.user }, content: { type: 'text', text } });

  it('a packet that is too large closes the connection, by what it declares alone', async () => {
    const server = await started('--limits.packetBytes=4096');
    const others = await witnesses(server);
    const account = await register(server);
    const device = raw(server);
    device.write(signIn(account));
    await device.until((p) => p.cmd === 'connack', 'CONNACK');
    // Fixed header of a PUBLISH of 256 MiB, and nothing after it.
    device.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
    await device.ended('a packet of 256 MiB');
    const unknown = raw(server);
    unknown.write(Buffer.from([0x10, 0xff, 0xff, 0x7f]));
    await unknown.ended('a CONNECT of 2 MiB');
    assert.ok((await metric(server, 'dunlin_refusals_total', { code: 'too_large' })) >= 1);
    const tooLarge = await request(
      server,
      'POST',
      '/messages/send',
      sends(account, 'x'.repeat(5_000)),
      account.accessToken,
    );
    assert.equal(tooLarge.status, 413);
    assert.equal(((await tooLarge.json()) as Payload).code, 'too_large');
    await others();
  });

  it('connections of one address a minute', async () => {
    const server = await started('--limits.connectsPerMinuteIp=10');
    const others = await witnesses(server);
    const account = await register(server);
    const tries = Array.from({ length: 30 }, () => raw(server));
    const code = { code: 'rate_limited' };
    const closed = () => tries.filter((device) => device.closed).length;
    for (let n = 0; n < 200 && closed() < 15; n++) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.ok(closed() >= 15, `${closed()} of 30 were refused`);
    assert.ok((await metric(server, 'dunlin_connects_refused_total', code)) >= 15);
    await others();
    const elsewhere = raw(server, OTHER_ADDRESS);
    elsewhere.write(signIn(account));
    await elsewhere.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK from another address');
  });

  it('connections in all', async () => {
    const server = await started('--limits.connections=4');
    const others = await witnesses(server);
    const tries = Array.from({ length: 6 }, () => raw(server));
    for (let n = 0; n < 200 && tries.filter((t) => t.closed).length < 4; n++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    assert.equal(tries.filter((t) => t.closed).length, 4);
    assert.equal(await metric(server, 'dunlin_connects_refused_total', { code: 'too_many_connections' }), 4);
    await others();
  });

  it('connections of one user', async () => {
    const server = await started('--limits.connectionsPerUser=2');
    const others = await witnesses(server);
    const account = await register(server);
    const devices = [account, await login(server, account), await login(server, account)] as const;
    const [first] = [await connect(server, devices[0]), await connect(server, devices[1])];
    await assert.rejects(Device.connect(server.mqtt, devices[2]));
    assert.equal(await metric(server, 'dunlin_connects_refused_total', { code: 'too_many_connections' }), 1);
    // Those that are there stay, and one of them may be taken over by itself.
    assert.equal(first.client.connected, true);
    await connect(server, devices[1]);
    await first.close();
    await connect(server, devices[2]);
    await others();
  });

  it('subscriptions of one device', async () => {
    const server = await started('--limits.subscriptionsPerDevice=4');
    const others = await witnesses(server);
    const account = await register(server);
    const device = await connect(server, account);
    const { conversation } = await device.ask('message.send', sends(account));
    const filters = [topics.events(conversation), topics.typing(conversation), topics.presence(account.user)];
    const granted: number[] = [];
    for (const filter of filters) {
      const [grant] = await device.client
        .subscribeAsync(filter, { qos: 0 })
        .catch(() => [{ qos: 128 as number }]);
      granted.push(grant!.qos);
    }
    assert.deepEqual(granted, [0, 0, 128]);
    const refusal = await device.until(() => device.own.find((p) => p.type === 'refused'), 'the refusal');
    assert.equal(refusal.error.code, 'too_many_subscriptions');
    assert.equal(await metric(server, 'dunlin_refusals_total', { code: 'too_many_subscriptions' }), 1);
    await device.client.unsubscribeAsync(filters[0]!);
    const [again] = await device.client.subscribeAsync(filters[2]!, { qos: 0 });
    assert.equal(again!.qos, 0);
    await others();
  });

  it('commands of one device, and of all devices of one user; the same command succeeds later', async () => {
    const server = await started(
      '--limits.commandsPerSecondDevice=2',
      '--limits.commandBurstDevice=10',
      '--limits.commandsPerSecondUser=1',
      '--limits.commandBurstUser=12',
    );
    const others = await witnesses(server);
    const [a, b] = [await register(server), await register(server)];
    const [phone, tablet] = [await connect(server, a), await connect(server, await login(server, a))];
    const refused = (device: Device) => device.own.filter((p) => p.type === 'refused');

    const ids = Array.from({ length: 30 }, () => uuidv7());
    await Promise.all(ids.map((id) => phone.send('message.send', sends(b), id)));
    await phone.until(() => ids.every((id) => phone.answerTo(id)), 'all answers');
    assert.ok(refused(phone).length >= 10, `${refused(phone).length} of 30 were refused`);
    for (const { error } of refused(phone)) {
      assert.deepEqual([error.code, error.retry], ['rate_limited', true]);
      assert.ok(error.retry_after_ms > 0);
    }
    // The tablet has sent nothing, but its user has.
    const more = Array.from({ length: 8 }, () => uuidv7());
    await Promise.all(more.map((id) => tablet.send('message.send', sends(b), id)));
    await tablet.until(() => more.every((id) => tablet.answerTo(id)), 'all answers');
    assert.ok(refused(tablet).length >= 1, 'the user’s limit does not hold on another device');
    const overHttp = await Promise.all(
      Array.from({ length: 20 }, () => request(server, 'POST', '/messages/send', sends(b), a.accessToken)),
    );
    const tooMany = overHttp.find((response) => response.status === 429);
    assert.ok(tooMany !== undefined, 'the user’s limit does not hold over HTTP');
    assert.ok(Number(tooMany.headers.get('retry-after')) > 0);
    assert.ok((await metric(server, 'dunlin_refusals_total', { code: 'rate_limited' })) >= 12);
    await others();

    const { command, error } = refused(phone)[0]!;
    for (let wait = error.retry_after_ms; ; wait = refused(phone)[0]!.error.retry_after_ms) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      phone.own.length = 0;
      const answer = await phone.ask('message.send', sends(b), command);
      if (answer.type === 'message') break;
      assert.equal(answer.error.code, 'rate_limited');
    }
  });

  it('typing notices of one device are dropped, not delivered', async () => {
    const server = await started('--limits.typingPerSecond=1');
    const [a, b] = [await register(server), await register(server)];
    const [alice, bob] = [await connect(server, a), await connect(server, b)];
    const { conversation } = await alice.ask('message.send', sends(b));
    await bob.client.subscribeAsync(topics.typing(conversation), { qos: 0 });
    const notice = JSON.stringify({ v: 1, type: 'typing', active: true });
    for (let n = 0; n < 50; n++) await alice.client.publishAsync(topics.typing(conversation), notice);
    const end = await alice.text({ user: b.user }, 'end');
    await bob.until(() => bob.inbox.find((p) => p.id === end), 'what came after');
    const arrived = bob.other.filter(([topic]) => topic === topics.typing(conversation)).length;
    assert.ok(arrived >= 1 && arrived < 25, `${arrived} of 50 arrived`);
  });

  it('the longest keep-alive: who asks for more, or for none, and is silent, is gone', async () => {
    const server = await started('--limits.keepAliveMaxSeconds=1');
    const account = await register(server);
    for (const keepalive of [0, 600]) {
      const device = raw(server);
      device.write(signIn(account, { keepalive }));
      await device.until((p) => p.cmd === 'connack', 'CONNACK');
      await device.ended(`silence with a keep-alive of ${keepalive}`);
    }
  });

  it('HTTP requests of one address', async () => {
    const server = await started('--limits.httpRequestsPerMinuteIp=30');
    const ask = (from: string) => requestFrom(server, from, 'GET', '/conversations');
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    for (let n = 0; n < 45; n++) answers.push(await ask('127.0.0.1'));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 5, `${refused.length} of 45 were refused`);
    assert.equal(refused[0]!.body.code, 'rate_limited');
    assert.ok(Number(refused[0]!.headers['retry-after']) > 0 && refused[0]!.body.retry_after_ms > 0);
    assert.ok((await metric(server, 'dunlin_refusals_total', { code: 'rate_limited' })) >= 5);
    assert.equal((await ask(OTHER_ADDRESS)).status, 401);
    assert.equal((await requestFrom(server, '127.0.0.1', 'GET', '/livez')).status, 200);
  });

  it('failed logins of one account, and of one address; registrations of one address', async () => {
    const server = await started(
      '--limits.loginFailuresPerAccount=3',
      '--limits.loginFailuresPerIp=8',
      '--limits.registrationsPerHourIp=4',
    );
    const accounts = [await register(server), await register(server), await register(server)] as const;
    const tries = (from: string, { username }: Account, password = 'not the password') =>
      requestFrom(server, from, 'POST', '/login', { username, password });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push((await tries('127.0.0.1', accounts[0])).status);
    assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
    // Also the right password waits, from there; its owner elsewhere does not.
    const waiting = await tries('127.0.0.1', accounts[0], accounts[0].password);
    assert.equal(waiting.status, 429);
    assert.equal(waiting.body.code, 'rate_limited');
    assert.ok(waiting.body.retry_after_ms > 0 && Number(waiting.headers['retry-after']) > 0);
    assert.equal((await tries(OTHER_ADDRESS, accounts[0], accounts[0].password)).status, 200);
    assert.equal((await tries('127.0.0.1', accounts[1], accounts[1].password)).status, 200);

    // Many accounts from one address.
    for (let n = 0; n < 10; n++)
      await requestFrom(server, '127.0.0.1', 'POST', '/login', {
        username: `nobody-${n}`,
        password: 'not the password',
      });
    assert.equal((await tries('127.0.0.1', accounts[2], accounts[2].password)).status, 429);
    assert.equal((await tries(OTHER_ADDRESS, accounts[2], accounts[2].password)).status, 200);

    const registers = (from: string, n: number) =>
      requestFrom(server, from, 'POST', '/register', {
        username: `newcomer-${n}`,
        password: 'a long enough one, is it not',
      });
    assert.equal((await registers('127.0.0.1', 1)).status, 201);
    const fifth = await registers('127.0.0.1', 2);
    assert.deepEqual([fifth.status, fifth.body.code], [429, 'rate_limited']);
    assert.equal((await registers(OTHER_ADDRESS, 3)).status, 201);
    assert.ok((await metric(server, 'dunlin_refusals_total', { code: 'rate_limited' })) >= 4);
  });
});
