/** docs/WEBHOOKS.md: every route is in it, and its examples do what it says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { hookRoutes } from '../protocol/http/hooks.ts';
import { webhookRoutes } from '../protocol/http/webhooks.ts';
import { type Delivery, Receiver } from '../services/webhooks/fixtures/receiver.ts';
import { type Account, post, register, request } from './harness/account.ts';
import { Server } from './harness/server.ts';

const page = readFileSync(new URL('../docs/WEBHOOKS.md', import.meta.url), 'utf8');
const examples = new Map(
  [...page.matchAll(/^```sh\n# ([^\n]*)\n(.*?)^```$/gms)].map(([, name, script]) => [name!, script!]),
);
const [, verifier] = /^```js\n(.*?)^```$/ms.exec(page)!;
const run = promisify(execFile);

describe('docs/WEBHOOKS.md', () => {
  let server: Server;
  let receiver: Receiver;
  let alice: Account;
  let group: string;
  const environment: Record<string, string> = {};
  before(async () => {
    receiver = await Receiver.listening();
    server = await Server.started({
      flags: ['--outbound.allowPrivate=127.0.0.1', `--outbound.ports=[${receiver.port}]`],
    });
    alice = await register(server, 'alice');
    const made = await post(server, '/groups/create', { name: 'Harbour', members: [] }, alice.accessToken);
    group = ((await made.json()) as { conversation: string }).conversation;
    Object.assign(environment, { HOST: server.http, TOKEN: alice.accessToken, GROUP: group });
    environment.RECEIVER = receiver.url;
  });
  after(async () => {
    await receiver.close();
    await server.dispose();
  });

  const example = async (name: string) => {
    const script = examples.get(name);
    assert.ok(script !== undefined, `there is no example ${name}`);
    const env = { PATH: process.env.PATH, ...environment };
    const { stdout } = await run('bash', ['-euc', script], { env });
    return stdout;
  };

  it('has every route', () => {
    for (const { method, path } of Object.values({ ...hookRoutes, ...webhookRoutes })) {
      const shown = path.replace('{conversation}', '{id}').replace('{webhook}', '{id}');
      assert.ok(page.includes(`| \`${method} ${shown}\` |`), `${method} ${shown}`);
    }
  });

  it('makes a hook and posts, once under one key', async () => {
    const hook = JSON.parse(await example('make a hook'));
    environment.HOOK = hook.url;
    const first = JSON.parse(await example('post a message'));
    assert.deepEqual(JSON.parse(await example('post a message')), first);
    const { events } = (await (
      await request(server, 'GET', `/messages/${group}`, undefined, alice.accessToken)
    ).json()) as { events: { seq: number; content?: { text: string } }[] };
    const posted = events.filter(({ content }) => content?.text === 'Build 4711 is green');
    assert.deepEqual(
      posted.map(({ seq }) => seq),
      [first.seq],
    );
  });

  it('is told, and what it is told is genuine', async () => {
    const webhook = JSON.parse(await example('be told'));
    environment.WEBHOOK = webhook.id;
    const sent = await post(
      server,
      '/messages/send',
      { to: { conversation: group }, content: { type: 'text', text: 'Dinner at eight?' } },
      alice.accessToken,
    );
    const event = await sent.json();
    await receiver.until(() => receiver.got.length === 1);
    const [told] = receiver.got as [Delivery];
    assert.deepEqual(told.told.data, event);
    const { isGenuine } = await import(`data:text/javascript,${encodeURIComponent(verifier!)}`);
    assert.equal(isGenuine(webhook.secret, told.headers, told.body), true);
    assert.equal(isGenuine(webhook.secret, told.headers, `${told.body} `), false);
    const old = { ...told.headers, 'webhook-timestamp': '1735214400' };
    assert.equal(isGenuine(webhook.secret, old, told.body), false);
  });

  it('lists what was given up, and replays', async () => {
    const lines = await example('what was given up, and once more');
    assert.equal(lines, '{"failures":[],"next":null}{"replaying":0}');
  });
});
