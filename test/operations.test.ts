/** What the one who runs it sees: first start, banner, configuration, health, metrics, logs, shutdown. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { definitions } from '../platform/metrics.ts';
import { directConversation } from '../services/conversations/direct.ts';
import { type Account, post, register, request } from './harness/account.ts';
import { Device, type Payload } from './harness/device.ts';
import { dunlin } from './harness/dunlin.ts';
import { unlimited } from './harness/flags.ts';
import { type Acknowledged, history, missing } from './harness/history.ts';
import { Server, type ServerOptions } from './harness/server.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('operations', { timeout: 120_000 }, () => {
  const undo: (() => unknown)[] = [];
  after(async () => {
    for (const step of undo.toReversed()) await step();
  });
  const started = async (options: ServerOptions = {}) => {
    const server = await Server.started({ ...options, flags: [...unlimited, ...(options.flags ?? [])] });
    undo.push(() => server.dispose());
    return server;
  };
  const connected = async (server: Server, account: Account) => {
    const device = await Device.connect(server.mqtt, account);
    undo.push(() => device.drop());
    return device;
  };
  const text = (value: string) => ({ type: 'text', text: value });
  const codeOf = async (response: Response) => ((await response.json()) as Payload).code;

  it('the first start makes keys that only its user can read, and says how to chat', async () => {
    const server = await started();
    const data = join(server.folder, 'data');
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    assert.equal(await mode(data), '700');
    const secrets = (await readdir(data)).filter((name) => /\.(pem|secret|sock)$/.test(name));
    assert.ok(secrets.includes('signing-key.pem') && secrets.includes('control.sock'), secrets.join());
    for (const name of secrets) assert.equal(await mode(join(data, name)), '600', name);
    await server.says(/--user bob/);
    for (const part of [`MQTT ${server.mqttPort}`, `${server.httpPort}`, 'npm run chat -- --user alice'])
      assert.ok(server.output.includes(part), `${part} is not in:\n${server.output}`);
    assert.doesNotMatch(server.output, /WARNING|invitation/);
  });

  it('bound wider: registration needs an invitation, the one printed makes the administrator, and TLS is missed', async () => {
    const server = await started({ flags: ['--listen.host=0.0.0.0'] });
    await server.says(/WARNING: .*without TLS/);
    const [, invitation] = await server.says(/shown once, makes the first administrator: (\S+)/);
    const join_ = (username: string, code?: string) =>
      post(server, '/register', {
        username,
        password: 'correct horse battery staple',
        ...(code === undefined ? {} : { invitation: code }),
      });
    assert.equal(await codeOf(await join_('nobody')), 'invitation_required');
    assert.equal(await codeOf(await join_('nobody', 'made-up')), 'invitation_invalid');
    const first = (await (await join_('admin', invitation)).json()) as Payload;
    assert.equal(first.user.admin, true);
    assert.equal(await codeOf(await join_('nobody', invitation)), 'invitation_invalid');

    const made = await request(server, 'POST', '/invitations', {}, first.access_token);
    assert.equal(made.status, 201);
    const { code } = (await made.json()) as Payload;
    const second = (await (await join_('second', code)).json()) as Payload;
    assert.equal(second.user.admin, false);
    assert.equal(
      await codeOf(await request(server, 'POST', '/invitations', {}, second.access_token)),
      'forbidden',
    );

    await server.stop();
    await server.start();
    // The banner of the second start is there, and holds no second one.
    await server.says(/(WARNING[\s\S]*){2}/);
    assert.equal(server.output.split('first administrator').length, 2);
  });

  it('administration from the command line: invite, invite --admin, grant', async () => {
    const server = await started({ flags: ['--registration.mode=invitation'] });
    const where = `--data.folder=${join(server.folder, 'data')}`;
    const invited = async (...args: string[]) => {
      const run = await dunlin(['admin', 'invite', ...args, where]);
      assert.equal(run.code, 0, run.stderr);
      const username = `user-${args.length}-${undo.length}`;
      undo.push(() => {});
      const password = 'correct horse battery staple';
      const response = await post(server, '/register', {
        username,
        password,
        invitation: run.stdout.trim(),
      });
      assert.equal(response.status, 201, await response.clone().text());
      return (await response.json()) as Payload;
    };
    const [plain, admin] = [await invited(), await invited('--admin')];
    assert.deepEqual([plain.user.admin, admin.user.admin], [false, true]);
    const invite = () => request(server, 'POST', '/invitations', {}, plain.access_token);
    assert.equal((await invite()).status, 403);
    const granted = await dunlin(['admin', 'grant', plain.user.username, where]);
    assert.equal(granted.code, 0, granted.stderr);
    assert.equal((await invite()).status, 201);
    const nobody = await dunlin(['admin', 'grant', 'nobody-of-this-name', where]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /user_not_found|no such user/i);
  });

  const wrong: [string[], Record<string, string>, RegExp[]][] = [
    [['--mqtt.port=99999'], {}, [/mqtt\.port/, /99999/, /0 to 65535/]],
    [['--log.level=loud'], {}, [/log\.level/, /loud/, /trace, debug, info/]],
    [['--limits.packetByte=1'], {}, [/limits\.packetByte/, /no such setting/]],
    [[], { DUNLIN_MQTT_PORT: 'many' }, [/mqtt\.port/, /many/, /whole number/, /environment/]],
    [['--mqtts.enabled=true'], {}, [/mqtts\.enabled/, /tls\.cert/]],
    [['--open.rules=nonsense'], {}, [/open\.rules/, /nonsense/, /JSON list/]],
  ];
  for (const [args, env, said] of wrong) {
    it(`does not start with ${[...args, ...Object.keys(env)].join(' ')}, and says what is allowed`, async () => {
      const folder = join(tmpdir(), `dunlin-never-${uuidv7()}`);
      const run = await dunlin(['serve', `--data.folder=${folder}`, '--http.port=0', ...args], env);
      assert.equal(run.code, 1);
      for (const part of said) assert.match(run.stderr, part);
      await assert.rejects(stat(folder), 'it left something behind');
    });
  }

  it('config print shows what is in force and where it is from, and no secret', async () => {
    const url = 'https://operator:hunter2hunter2@chat.example.org';
    const run = await dunlin(['config', 'print', '--mqtt.port=1999'], { DUNLIN_HTTP_PUBLIC_URL: url });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^mqtt\.port = 1999 +# flag$/m);
    assert.match(run.stdout, /^http\.publicUrl = .*chat\.example\.org.* +# environment$/m);
    assert.doesNotMatch(run.stdout, /hunter2/);
  });

  it('health and metrics: every documented metric is there, and health says what is so', async () => {
    const server = await started();
    const account = await register(server);
    await connected(server, account);
    for (const base of [server.metrics, server.http]) {
      assert.equal((await fetch(`${base}/livez`)).status, 200);
      const ready = await fetch(`${base}/readyz`);
      assert.deepEqual([ready.status, await ready.json()], [200, { ready: true, reasons: [], degraded: [] }]);
    }
    const page = await (await fetch(`${server.metrics}/metrics`)).text();
    for (const [name, { type }] of Object.entries(definitions))
      assert.ok(page.includes(`# TYPE dunlin_${name} ${type}\n`), name);
    assert.match(page, /^dunlin_connections\{transport="tcp"\} 1$/m);
    assert.equal((await fetch(`${server.http}/metrics`)).status, 404, 'metrics are not for everybody');
  });

  it('SIGTERM: not ready any more, but what is under way is answered; then it ends with 0', async () => {
    const server = await started();
    const account = await register(server);
    const body = JSON.stringify({ to: { user: account.user }, content: text('under way') });
    const socket = connect(server.httpPort, '127.0.0.1');
    undo.push(() => socket.destroy());
    await once(socket, 'connect');
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.write(
      `POST /messages/send HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${account.accessToken}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n${body.slice(0, 20)}`,
    );
    // RFC 9110 §10.1.1: with this the server says that the head has come.
    while (!answer.includes('100 Continue')) await once(socket, 'data');
    answer = '';
    const ending = server.stop();
    for (let n = 0; ; n++) {
      const ready = await fetch(`${server.metrics}/readyz`);
      if (ready.status === 503) {
        assert.deepEqual(await ready.json(), { ready: false, reasons: ['draining'], degraded: [] });
        break;
      }
      assert.ok(n < 200, 'ready for ever');
      await later(10);
    }
    assert.equal((await fetch(`${server.metrics}/livez`)).status, 200);
    await assert.rejects(Device.connect(server.mqtt, account), 'it takes new connections while it drains');
    socket.write(body.slice(20));
    await once(socket, 'close');
    assert.match(answer, /^\s*HTTP\/1\.1 201 /);
    assert.equal(await ending, 0);
    await server.start();
    const { conversation } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Payload;
    assert.equal((await history(server, account, conversation)).length, 1);
  });

  it('SIGTERM under load: ends with 0, and nothing that was accepted is lost', async () => {
    const server = await started();
    const accounts = [await register(server), await register(server), await register(server)] as const;
    const accepted: Acknowledged[] = [];
    const lanes: Promise<void>[] = [];
    for (const [i, account] of accounts.entries()) {
      const device = await connected(server, account);
      const to = { user: accounts[(i + 1) % 3]!.user };
      const conversation = directConversation(account.user, to.user);
      const gone = new Promise<null>((resolve) => device.client.once('close', () => resolve(null)));
      const lane = async () => {
        while (device.client.connected) {
          const sent = device.text(to, 'x'.repeat(500));
          const id = await Promise.race([sent, gone]).catch(() => null);
          if (id === null) return;
          accepted.push({ id, conversation, reader: account });
        }
      };
      lanes.push(lane(), lane(), lane());
    }
    while (accepted.length < 300) await later(10);
    assert.equal(await server.stop(), 0);
    await Promise.all(lanes);
    await server.start();
    const lost = await missing(server, accepted);
    assert.equal(lost.length, 0, `${lost.length} of ${accepted.length} are lost`);
  });

  it('logs hold no password, no token and nothing of what people write', async () => {
    const server = await started({ flags: ['--log.level=trace'] });
    const [a, b] = [await register(server, 'alice', { name: 'Marked-name' }), await register(server, 'bob')];
    const [alice, bob] = [await connected(server, a), await connected(server, b)];
    const mark = 'marked-content-4711';
    const { conversation } = await alice.ask('message.send', { to: { user: b.user }, content: text(mark) });
    await alice.ask('message.edit', { conversation, seq: 1, content: text(`${mark} edited`) });
    await alice.ask('message.send', { to: { user: b.user }, content: text(mark), nonsense: mark });
    await alice.ask('messages.search', { query: mark });
    await alice.ask('profile.update', { status: mark, phone: '+4915198765432' });
    await alice.client.publishAsync(`users/${a.user}/outbox`, `{"broken": "${mark}`, { qos: 1 });
    await bob.until(() => bob.texts.length === 1, 'the message');
    for (const [method, path, body] of [
      ['GET', `/search?query=${mark}`, undefined],
      ['POST', '/messages/send', { to: { user: b.user }, content: text(mark) }],
      ['POST', '/messages/send', { [mark]: mark }],
    ] as const)
      await request(server, method, path, body, a.accessToken);
    await post(server, '/login', { username: a.username, password: 'marked-wrong-password' });
    await post(server, '/token/refresh', { refresh_token: 'marked-refresh-token' });
    await post(server, '/token/refresh', { refresh_token: a.refreshToken });
    await request(server, 'GET', '/conversations', undefined, 'marked-bearer-token');
    await assert.rejects(Device.connect(server.mqtt, { ...b, deviceToken: 'marked-device-token' }));
    await server.stop();

    const { output } = server;
    assert.ok(output.includes(a.user), 'nothing at all was logged');
    const forbidden = { mark, ...a, name: 'Marked-name', phone: '4915198765432' };
    const secrets = [
      'accessToken',
      'refreshToken',
      'deviceToken',
      'mark',
      'password',
      'name',
      'phone',
    ] as const;
    for (const name of secrets) assert.equal(output.includes(forbidden[name]), false, `${name} was logged`);
    assert.doesNotMatch(output, /marked-/i);
  });
});
