/** While the directory is away, what is known of members serves for `engines.staleSeconds`, and then no longer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { post, request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import type { Server } from '../harness/server.ts';
import { missingEngines } from './cluster.ts';
import { eventually, inhabited } from './inhabited.ts';

const skip = (await missingEngines('redis')) ?? false;
/** The copies that a process has may be younger than the end of the directory; and who is slow is no failure. */
const LONG_MS = 120_000;

/** The process is asked for what it needs the directory for, until it knows that it is away. */
async function isMissed(server: Server, ask: () => Promise<unknown>): Promise<void> {
  await eventually(async () => {
    await ask();
    const { degraded } = (await (await fetch(`${server.metrics}/readyz`)).json()) as Payload;
    return degraded.includes('directory');
  }, 'that the directory is missed');
}

describe('a directory that stays away', { skip, timeout: 300_000 }, () => {
  const on = inhabited({
    log: 'redis',
    brokers: 1,
    messages: 1,
    gateways: 1,
    flags: ['--engines.staleSeconds=20', '--engines.deadlineMs=1500', '--log.level=warn'],
  });
  const { meet, at } = on;

  it('is done without for a bounded time: members are served at first, and refused as unavailable later', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(0, 'bob')];
    const { conversation } = await alice.does('group.create', { name: 'Members', members: [bob.user] });
    const { account } = bob.device;
    const accepted: string[] = [];
    /** Sends it as a member; null: it was accepted, and not refused when it was acknowledged. */
    const refusal = async (text: string): Promise<Payload | null> => {
      const id = await alice.device.text({ conversation }, text);
      const answer = alice.device.own.find((p) => p.command === id && p.type === 'refused');
      if (answer === undefined) accepted.push(text);
      return answer?.error ?? null;
    };
    const overHttp = async (text: string): Promise<{ status: number; body: Payload }> => {
      const message = { to: { conversation }, content: { type: 'text', text } };
      const response = await post(at(0), '/messages/send', message, account.accessToken);
      if (response.ok) accepted.push(text);
      return { status: response.status, body: (await response.json()) as Payload };
    };
    assert.equal(await refusal('before'), null);
    assert.equal((await overHttp('before, over HTTP')).status, 201);
    // Where a message is only passed on nobody asks who is in the conversation; where it is read, somebody does.
    await alice.does('receipt.read', { conversation, seq: 1 });
    const asRead = await post(at(0), `/conversations/${conversation}/read`, { seq: 1 }, account.accessToken);
    assert.equal(asRead.status, 204);

    await on.cluster.engines.postgres!.kill();
    try {
      const { brokers, gateways } = on.cluster;
      await isMissed(brokers[0]!, () => alice.device.ask('devices.list'));
      await isMissed(gateways[0]!, () => request(at(0), 'GET', '/devices', undefined, account.accessToken));
      assert.equal(await refusal('at first'), null);
      await bob.hears((p) => p.content?.text === 'at first', 'what a member says without the directory');
      const early = await overHttp('at first, over HTTP');
      assert.equal(early.status, 201, JSON.stringify(early.body));

      const refused = await eventually(() => refusal('later'), 'the end of what is known', LONG_MS);
      assert.deepEqual([refused.code, refused.retry], ['unavailable', true]);
      assert.ok(refused.retry_after_ms > 0);
      // The gateway’s copy may be younger; what it accepted without an outcome by then is not told from what it refused.
      const { status, body } = await eventually(
        async () => {
          const answer = await overHttp('later, over HTTP');
          return answer.status === 201 || answer.body.detail !== 'directory' ? null : answer;
        },
        'the end of what the gateway knows',
        LONG_MS,
      );
      assert.deepEqual([status, body.code, body.retry], [503, 'unavailable', true]);
    } finally {
      await on.cluster.engines.postgres!.start();
    }
    const last = await eventually(
      async () => ((await refusal('after')) === null ? 'after' : null),
      'that members are known again',
      LONG_MS,
    );
    await bob.device.until(() => bob.device.texts.includes(last), 'what is said afterwards', LONG_MS);
    const stored = (await history(at(0), account, conversation)).filter((e) => e.type === 'message');
    const texts: string[] = stored.map((e) => e.content.text);
    // Of those over HTTP that had no outcome in time some are there, as their senders were told.
    const certain = (all: string[]) => all.filter((text) => text !== 'later, over HTTP');
    assert.deepEqual(certain(texts), certain(accepted), 'what was accepted, and nothing that was refused');
  });
});
