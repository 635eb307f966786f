/** docs/PUSH.md: every route is in it, its examples do what it says, and what comes is what it says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { PushTarget, pushRoutes } from '../protocol/http/push.ts';
import { Receiver } from '../services/webhooks/fixtures/receiver.ts';
import { register } from './harness/account.ts';
import { Server } from './harness/server.ts';

const page = readFileSync(new URL('../docs/PUSH.md', import.meta.url), 'utf8');
const examples = new Map(
  [...page.matchAll(/^```sh\n# ([^\n]*)\n(.*?)^```$/gms)].map(([, name, script]) => [name!, script!]),
);
const run = promisify(execFile);

describe('docs/PUSH.md', () => {
  let server: Server;
  let receiver: Receiver;
  let environment: Record<string, string>;
  before(async () => {
    receiver = await Receiver.listening();
    receiver.secrets.push('whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz');
    server = await Server.started({
      flags: ['--outbound.allowPrivate=127.0.0.1', `--outbound.ports=[${receiver.port}]`],
    });
    const alice = await register(server, 'alice');
    environment = {
      HOST: server.http,
      TOKEN: alice.accessToken,
      DEVICE: alice.device,
      RECEIVER: receiver.url,
    };
  });
  after(async () => {
    await receiver.close();
    await server.dispose();
  });

  const example = async (name: string) => {
    const env = { PATH: process.env.PATH, ...environment };
    return (await run('bash', ['-euc', examples.get(name)!], { env })).stdout;
  };

  it('has every route and every kind', () => {
    for (const { method, path } of Object.values(pushRoutes))
      assert.ok(page.includes(`| \`${method} ${path}\` |`), `${method} ${path}`);
    for (const { properties } of PushTarget.anyOf)
      assert.ok(page.includes(`| \`${properties.kind.const}\` |`), properties.kind.const);
  });

  it('registers, tests, and gets what it says', async () => {
    assert.deepEqual(
      JSON.parse(await example('register')).routes.map(({ kind }: { kind: string }) => kind),
      ['webhook'],
    );
    await example('test');
    await receiver.until(() => receiver.got.length === 1);
    const [{ told, signedBy }] = receiver.got as [(typeof receiver.got)[0]];
    assert.equal(signedBy.length, 1);
    for (const field of ['v', 'event', 'device', 'kind', 'conversation', 'seq', 'badge', 'title', 'body']) {
      assert.ok(field in told.data, field);
      assert.ok(page.includes(`\`${field}\``), field);
    }
    assert.equal(told.data.device, environment.DEVICE);
    assert.equal(told.data.kind, 'test');
  });
});
