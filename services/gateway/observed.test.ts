/** What operators see of requests, and what they must not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { defaultConfig } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/logging.ts';
import { PASSWORD, Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';
import { startMetricsServer } from './metrics-server.ts';

describe('logs and metrics of requests', () => {
  let stage: Stage;
  let anna: Person;
  before(async () => {
    stage = await gatewayStage();
    anna = await register(stage.app, 'anna');
  });
  after(() => stage.dispose());

  const logged = (id: unknown) =>
    stage.lines.map((line) => JSON.parse(line)).find(({ request }) => request === id);
  const page = async () => (await stage.metrics.page()).text;

  it('logs who asked what, by route and ids', async () => {
    const sent = await anna.ask('POST', '/messages/send', {
      to: { user: anna.id },
      content: { type: 'text', text: 'x' },
    });
    const line = logged(sent.headers['x-request-id']);
    assert.deepEqual(
      [line.method, line.route, line.status, line.user, line.device, line.command],
      ['POST', '/messages/send', 201, anna.id, anna.device, sent.body.id],
    );
    const refused = await anna.ask('GET', '/messages/not-an-id');
    assert.equal(logged(refused.headers['x-request-id']).code, 'bad_request');
  });

  it('logs no secret, no content, and nothing that was searched for', async () => {
    const secrets = [
      'cormorant',
      'a-secret-path',
      PASSWORD,
      anna.token!,
      anna.signIn.refresh_token,
      anna.signIn.device_token,
    ];
    await anna.ask('POST', '/messages/send', {
      to: { user: anna.id },
      content: { type: 'text', text: 'cormorant' },
    });
    await anna.ask('POST', '/messages/send', { to: { user: anna.id }, content: { type: 'cormorant!' } });
    await anna.ask('GET', '/search?query=cormorant');
    await anna.ask('GET', '/a-secret-path?query=cormorant');
    await anna.ask('POST', '/messages/send', '{"cormorant');
    await new Person(stage.app, null).ask('POST', '/login', { username: 'anna', password: PASSWORD });
    await new Person(stage.app, null).ask('POST', '/token/refresh', {
      refresh_token: anna.signIn.refresh_token,
    });
    const { queries } = stage.parts;
    const { answer } = queries;
    queries.answer = async () => {
      throw new Error('a mistake of ours');
    };
    const failed = await anna.ask('GET', '/search?query=cormorant');
    queries.answer = answer;
    assert.deepEqual([failed.status, failed.body.code], [500, 'internal']);
    assert.equal(failed.text.includes('mistake of ours'), false);
    const log = stage.lines.join('');
    assert.equal(log.includes('a mistake of ours'), true);
    for (const secret of secrets) assert.equal(log.includes(secret), false, secret);
    assert.equal((await page()).includes('cormorant'), false);
  });

  it('counts by route, and refusals and commands by their outcome, each once', async () => {
    const value = async (sample: string) =>
      Number(
        (await page())
          .split('\n')
          .find((line) => line.startsWith(sample))
          ?.split(' ')
          .at(-1) ?? 0,
      );
    const samples = [
      'dunlin_http_requests_total{route="/messages/{conversation}",status="404"}',
      'dunlin_http_requests_total{route="none",status="404"}',
      'dunlin_refusals_total{code="conversation_not_found"}',
      'dunlin_refusals_total{code="not_a_member"}',
      'dunlin_refusals_total{code="user_not_found"}',
      'dunlin_commands_total{type="messages.list",result="conversation_not_found"}',
      'dunlin_commands_total{type="contact.add",result="user_not_found"}',
      'dunlin_commands_total{type="privacy.get",result="answered"}',
    ];
    const before = await Promise.all(samples.map(value));
    const nobody = '01890000-0000-7000-8000-00000000dead';
    await anna.ask('GET', `/messages/${nobody}`);
    await anna.ask('GET', '/nothing/here');
    await anna.ask('PUT', `/contacts/${nobody}`);
    await anna.ask('GET', '/privacy');
    const changes = await Promise.all(samples.map(async (sample, i) => (await value(sample)) - before[i]!));
    assert.deepEqual(changes, [1, 1, 1, 0, 1, 1, 1, 1]);
  });

  it('gives every answer the headers that keep browsers from making something of it', async () => {
    for (const path of ['/', '/devices', '/nothing', '/openapi.json']) {
      const { headers } = await anna.ask('GET', path);
      assert.match(
        String(headers['content-security-policy']),
        /^default-src 'none'; .*frame-ancestors 'none'/,
        path,
      );
      assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['cache-control'], 'no-store', path);
    }
  });
});

describe('the page for people', () => {
  it('shows the public address as text, and allows its one style by hash', async () => {
    const stage = await gatewayStage((config) => {
      config.http.publicUrl = 'https://chat.example.org/<script>"';
    });
    try {
      const { text, headers } = await new Person(stage.app, null).ask('GET', '/');
      assert.equal(text.includes('<script'), false);
      assert.match(text, /chat\.example\.org\/&lt;script&gt;&quot;/);
      const style = /<style>(.*)<\/style>/s.exec(text)![1]!;
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
      assert.ok(String(headers['content-security-policy']).includes(Buffer.from(hash).toString('base64')));
      assert.match(String(headers['strict-transport-security']), /max-age/);
    } finally {
      await stage.dispose();
    }
  });
});

describe('the metrics server', () => {
  it('answers metrics and health, and nothing else', async () => {
    const state = { ready: false, reasons: ['starting'], degraded: [] as string[] };
    const config = defaultConfig();
    config.metrics.port = 0;
    let broken = false;
    const server = await startMetricsServer({
      config,
      ready: () => state,
      logger: createLogger('silent'),
      metrics: {
        page: async () => {
          if (broken) throw new Error('no metrics');
          return { type: 'text/plain; version=0.0.4', text: 'dunlin_x 1\n' };
        },
      },
    });
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
      return [response.status, await response.text()];
    };
    try {
      assert.deepEqual(await ask('/metrics'), [200, 'dunlin_x 1\n']);
      assert.deepEqual(await ask('/livez'), [200, '{"alive":true}']);
      assert.deepEqual(await ask('/readyz'), [503, '{"ready":false,"reasons":["starting"],"degraded":[]}']);
      state.ready = true;
      state.reasons = [];
      state.degraded = ['history'];
      assert.deepEqual(await ask('/readyz?x=1'), [200, '{"ready":true,"reasons":[],"degraded":["history"]}']);
      assert.deepEqual(await ask('/readyz', 'HEAD'), [200, '']);
      assert.equal((await ask('/constructor'))[0], 404);
      assert.equal((await ask('/metrics', 'POST'))[0], 405);
      broken = true;
      assert.deepEqual(await ask('/metrics'), [500, '{"code":"internal"}']);
    } finally {
      await server.close();
    }
    await assert.rejects(ask('/livez'));
  });
});
