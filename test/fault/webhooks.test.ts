/**
 * `kill -9` of the real process while receivers are told, at any moment: nothing of what was accepted is missing, what is told twice has the
 * same id, and of each conversation everything comes in order.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { type Delivery, Receiver } from '../../services/webhooks/fixtures/receiver.ts';
import { type Account, post, register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';

const KILLS = 5;
const GROUPS = 3;

describe('webhooks of a server that is killed', () => {
  let server: Server;
  let receiver: Receiver;
  let alice: Account;
  before(async () => {
    receiver = await Receiver.listening();
    server = await Server.started({
      flags: [
        '--outbound.allowPrivate=127.0.0.1',
        `--outbound.ports=[${receiver.port}]`,
        '--webhooks.retryMinSeconds=1',
        '--webhooks.retryMaxSeconds=1',
        '--limits.commandsPerSecondUser=0',
        '--limits.httpRequestsPerMinuteIp=0',
      ],
    });
    alice = await register(server, 'alice');
  });
  after(async () => {
    await receiver.close();
    await server.dispose();
  });

  /** Retries until it is accepted: with the same id it is the same message. */
  async function send(conversation: string, text: string): Promise<{ seq: number; id: string }> {
    const id = uuidv7();
    for (;;) {
      const body = { id, to: { conversation }, content: { type: 'text', text } };
      const answer = await post(server, '/messages/send', body, alice.accessToken).catch(() => null);
      if (answer?.status === 201) return (await answer.json()) as { seq: number; id: string };
      if (answer !== null && answer.status < 500) throw new Error(await answer.text());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('are told of everything, in order', async () => {
    const groups: string[] = [];
    for (let i = 0; i < GROUPS; i++) {
      const made = await post(server, '/groups/create', { name: `g${i}`, members: [] }, alice.accessToken);
      groups.push(((await made.json()) as { conversation: string }).conversation);
      const hook = { url: receiver.url, conversation: groups[i] };
      const answer = await post(server, '/webhooks', hook, alice.accessToken);
      assert.equal(answer.status, 201);
      receiver.secrets.push(((await answer.json()) as { secret: string }).secret);
    }
    const taken: Delivery[] = [];
    let kill: PromiseWithResolvers<void> | null = null;
    receiver.answer = async (delivery) => {
      // Some while it is asked, so that a kill finds them under way.
      if (receiver.got.length % 5 === 0) kill?.resolve();
      if (receiver.got.length % 31 === 0) return { status: 503 };
      taken.push(delivery);
      return { status: 200 };
    };

    const sent = new Map<string, { seq: number; id: string }[]>(groups.map((group) => [group, []]));
    let stopped = false;
    const senders = groups.map(async (group) => {
      for (let n = 0; !stopped; n++) {
        sent.get(group)!.push(await send(group, `${n}`));
        // No more than can be told meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    for (let i = 0; i < KILLS; i++) {
      kill = Promise.withResolvers();
      await kill.promise;
      await server.kill9();
      await server.start();
    }
    kill = null;
    stopped = true;
    await Promise.all(senders);

    const missing = () =>
      groups.flatMap((group) => {
        const came = new Set(taken.map(({ told }) => told.data.id));
        return sent.get(group)!.filter(({ id }) => !came.has(id));
      });
    await receiver.until(() => missing().length === 0);
    for (const group of groups) {
      const first = new Map<string, number>();
      for (const { id, told, signedBy } of taken.filter((one) => one.told.data.conversation === group)) {
        assert.equal(signedBy.length, 1);
        if (!first.has(id)) first.set(id, told.data.seq);
      }
      const seqs = [...first.values()];
      assert.deepEqual(
        seqs,
        seqs.toSorted((a, b) => a - b),
      );
      // One id for each event, and as many as there are messages: the same again has the same id.
      assert.equal(seqs.length, new Set(sent.get(group)!.map(({ seq }) => seq)).size);
    }
  });
});
