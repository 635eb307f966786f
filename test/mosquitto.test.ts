/** Promise 3: mosquitto_pub and mosquitto_sub, and nothing else, are enough. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { type Account, login, register } from './harness/account.ts';
import type { Payload } from './harness/device.ts';
import { MosquittoSub, mosquittoMissing, mosquittoPub } from './harness/mosquitto.ts';
import { Server } from './harness/server.ts';

const skip = mosquittoMissing();

function command(type: string, fields: object): { id: string; text: string } {
  const id = uuidv7();
  return { id, text: JSON.stringify({ v: 1, id, type, ...fields }) };
}

describe('mosquitto-clients', { skip }, () => {
  let server: Server;
  const subs: MosquittoSub[] = [];
  const listen = (who: Account) => {
    const sub = new MosquittoSub(server, who, [
      topics.inbox(who.user),
      topics.deviceInbox(who.user, who.device),
    ]);
    subs.push(sub);
    return sub;
  };
  before(async () => {
    server = await Server.started();
  });
  after(async () => {
    for (const sub of subs) await sub.kill();
    await server.dispose();
  });

  it('receives what was sent while away, in a group and one-to-one, once, in order, and the sender gets receipts', async () => {
    const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
    // One device listens, another sends: mosquitto_pub is a connection of its own.
    const sender = await login(server, a);
    const publish = (c: { text: string }) => mosquittoPub(server, sender, topics.outbox(a.user), c.text);
    const alice = listen(a);

    const group = command('group.create', { name: 'Boats', members: [b.user] });
    await publish(group);
    const texts = ['one', 'two', 'three'];
    for (const text of texts)
      await publish(command('message.send', { to: { user: b.user }, content: { type: 'text', text } }));
    await publish(
      command('message.send', { to: { conversation: group.id }, content: { type: 'text', text: 'ahoy' } }),
    );
    await alice.until((p) => p.some((e) => e.content?.text === 'ahoy'), 'the own messages');

    const bob = listen(b);
    await bob.until((p) => p.filter((e) => e.type === 'message').length === 4, 'everything sent while away');
    const direct = bob.payloads.filter((e) => e.type === 'message' && e.kind === 'direct');
    assert.deepEqual(
      direct.map((e) => e.content.text),
      texts,
    );
    assert.deepEqual(
      direct.map((e) => e.seq),
      [1, 2, 3],
    );
    assert.deepEqual(
      bob.payloads.filter((e) => e.conversation === group.id && e.seq).map((e) => e.type),
      ['group.created', 'message'],
    );

    const arrived = (e: Payload) =>
      e.type === 'receipts' && e.receipts.some((r: Payload) => r.user === b.user && r.delivered === 3);
    await alice.until((p) => p.some(arrived), 'the delivery receipt');

    // Killed and back: nothing again, and what came meanwhile.
    await bob.kill();
    await publish(command('message.send', { to: { user: b.user }, content: { type: 'text', text: 'four' } }));
    const again = listen(b);
    await again.until((p) => p.some((e) => e.content?.text === 'four'), 'the message of the second absence');
    assert.equal(again.payloads.filter((e) => e.type === 'message' && e.kind === 'direct').length, 1);
  });

  it('answers a repeated command with the first result, and a bad one with its code', async () => {
    const [a, b] = [await register(server, 'alice'), await register(server, 'bob')];
    const sender = await login(server, a);
    const own = new MosquittoSub(server, a, [topics.inbox(a.user)]);
    subs.push(own);
    const send = command('message.send', { to: { user: b.user }, content: { type: 'text', text: 'once' } });
    for (let i = 0; i < 3; i++) await mosquittoPub(server, sender, topics.outbox(a.user), send.text);
    const bob = listen(b);
    await bob.until((p) => p.some((e) => e.id === send.id), 'the message');
    await mosquittoPub(
      server,
      sender,
      topics.outbox(a.user),
      command('message.send', { to: { user: b.user }, content: { type: 'text', text: 'end' } }).text,
    );
    await bob.until((p) => p.some((e) => e.content?.text === 'end'), 'the last message');
    assert.deepEqual(
      bob.payloads.filter((e) => e.type === 'message').map((e) => e.seq),
      [1, 2],
    );
  });
});
