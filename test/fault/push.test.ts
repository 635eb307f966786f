/**
 * `kill -9` of the real process at every step of a notification: when its message has just been accepted, while the vendor is asked, and when it has
 * answered. No device is told of an event twice, and of what it was not told of the sender sees that.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Delivery, Receiver } from '../../services/webhooks/fixtures/receiver.ts';
import { type Account, post, register, request } from '../harness/account.ts';
import { Server } from '../harness/server.ts';

const ROUNDS = 2;
const GROUPS = 4;
const STEPS = ['accepted', 'asked', 'answered'] as const;

describe('notifications of a server that is killed', () => {
  let server: Server;
  let vendor: Receiver;
  let alice: Account;
  let bob: Account;
  const groups: string[] = [];
  before(async () => {
    vendor = await Receiver.listening();
    server = await Server.started({
      flags: [
        '--outbound.allowPrivate=127.0.0.1',
        `--outbound.ports=[${vendor.port}]`,
        '--push.retryMinSeconds=1',
        '--limits.commandsPerSecondUser=0',
        '--limits.httpRequestsPerMinuteIp=0',
      ],
    });
    alice = await register(server, 'alice');
    bob = await register(server, 'bob');
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const routes = [{ kind: 'webhook', endpoint: vendor.url, secret }];
    const put = await request(server, 'PUT', `/devices/${bob.device}/push`, { routes }, bob.accessToken);
    assert.equal(put.status, 200, await put.text());
    for (let i = 0; i < GROUPS; i++) {
      const asked = { name: `g${i}`, members: [bob.user] };
      const made = await post(server, '/groups/create', asked, alice.accessToken);
      groups.push(((await made.json()) as { conversation: string }).conversation);
    }
    await vendor.until(() => vendor.got.length === GROUPS);
  });
  after(async () => {
    await vendor.close();
    await server.dispose();
  });

  async function send(conversation: string, text: string): Promise<{ id: string; seq: number }> {
    const body = { to: { conversation }, content: { type: 'text', text } };
    const answer = await post(server, '/messages/send', body, alice.accessToken);
    assert.equal(answer.status, 201, await answer.clone().text());
    return (await answer.json()) as { id: string; seq: number };
  }

  async function outcomeOf(message: string): Promise<string | undefined> {
    const answer = await request(server, 'GET', `/messages/${message}/status`, undefined, alice.accessToken);
    const { members } = (await answer.json()) as { members: { push?: { outcome: string } }[] };
    return members[0]!.push?.outcome;
  }

  it('reach each device once, or it is said that nobody knows', async () => {
    const sent: { id: string; event: string }[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const step of STEPS) {
        const reached = Promise.withResolvers<void>();
        let asked = 0;
        vendor.answer = async () => {
          asked++;
          // Of several that are under way the second, so that one has been answered.
          if (step === 'asked' && asked === 2) {
            reached.resolve();
            return 'hang';
          }
          if (step === 'answered' && asked === 2) setImmediate(() => reached.resolve());
          return { status: 204 };
        };
        const some = await Promise.all(groups.map((group) => send(group, `${step} ${round}`)));
        sent.push(...some.map(({ id, seq }, i) => ({ id, event: `${bob.device}.${groups[i]}.${seq}` })));
        if (step !== 'accepted') await reached.promise;
        await server.kill9();
        vendor.answer = () => ({ status: 204 });
        await server.start();
        for (const { id } of some)
          await until(async () => !['waiting', undefined].includes(await outcomeOf(id)));
      }

    const counts = new Map<string, number>();
    for (const { told } of vendor.got as Delivery[])
      counts.set(told.data.event, (counts.get(told.data.event) ?? 0) + 1);
    const outcomes = new Map<string, number>();
    for (const { id, event } of sent) {
      const outcome = (await outcomeOf(id))!;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const count = counts.get(event) ?? 0;
      if (outcome === 'pushed') assert.equal(count, 1, event);
      else {
        assert.equal(outcome, 'unknown');
        assert.ok(count <= 1, event);
      }
    }
    for (const [event, count] of counts) assert.equal(count, 1, event);
    // The kills found some at work, and not all.
    assert.ok((outcomes.get('unknown') ?? 0) >= ROUNDS, JSON.stringify([...outcomes]));
    assert.ok((outcomes.get('pushed') ?? 0) >= ROUNDS * GROUPS, JSON.stringify([...outcomes]));
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
