import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { BrokerStage, conversation, device, message, session, text, until } from './fixtures/broker-stage.ts';
import { RefusedError } from './session.ts';
import { MemoryStorage } from './storage.ts';

let stage: BrokerStage;
beforeEach(async () => {
  stage = new BrokerStage();
  await stage.listen();
});
afterEach(() => stage.end());

describe('a client that sends and asks', () => {
  it('sends what was written offline, in order, also by a later process', async () => {
    const storage = new MemoryStorage();
    const before = stage.client(storage);
    for (const words of ['one', 'two', 'three']) await before.change('message.send', text(words));
    assert.equal(before.pending.length, 3);
    await before.close();

    const after = await stage.online(storage);
    await until(() => after.pending.length === 0);
    assert.deepEqual(stage.sent(), ['one', 'two', 'three']);
  });

  it('sends everything once in order over a connection that goes away and comes back', async () => {
    const alice = await stage.online();
    const seen: string[] = [];
    let lost = false;
    stage.handle = async (command) => {
      if (command.type !== 'message.send') return true;
      if (!seen.includes(command.id)) seen.push(command.id);
      // Taken, but the connection is gone before the PUBACK of the third.
      if (!lost && seen.length === 3) {
        lost = true;
        for (const socket of stage.sockets) socket.destroy();
        return false;
      }
      return true;
    };
    const made: string[] = [];
    for (let i = 0; i < 30; i++) made.push((await alice.change('message.send', text(`${i}`))).id);
    await until(() => alice.pending.length === 0);
    assert.deepEqual(seen, made);
  });

  it('tells who waits: accepted at the PUBACK, and what came of it by the event', async () => {
    const alice = await stage.online();
    const change = await alice.change('message.send', text('hello'));
    await change.accepted;
    await stage.toUser(message(1, change.id));
    assert.equal((await change.outcome).seq, 1);
  });

  it('takes the first result of a command that was repeated as what came of it', async () => {
    const alice = await stage.online();
    const change = await alice.change('message.send', text('hello'));
    await stage.toDevice({ v: 1, type: 'result', command: change.id, result: message(7, change.id) });
    assert.equal((await change.outcome).seq, 7);
  });

  it('rejects what was refused for good, and says so by an event as well', async () => {
    const alice = await stage.online();
    const told: string[] = [];
    alice.on('refused', ({ error }) => told.push(error.refusal.code));
    stage.handle = async (command) => {
      await stage.toDevice({ v: 1, type: 'refused', command: command.id, error: refusal('blocked') });
      return true;
    };
    const change = await alice.change('message.send', text('hello'));
    const isBlocked = (error: unknown) => error instanceof RefusedError && error.refusal.code === 'blocked';
    await assert.rejects(change.outcome, isBlocked);
    await assert.rejects(change.accepted, isBlocked);
    assert.deepEqual(told, ['blocked']);
    assert.deepEqual(alice.pending, []);
  });

  it('rejects what was refused after its PUBACK', async () => {
    const alice = await stage.online();
    const change = await alice.change('message.send', text('hello'));
    await change.accepted;
    const refused = { ...message(1), type: 'refused', conversation: device, command: change.id };
    await stage.toDevice({ ...refused, error: refusal('not_a_member') });
    await assert.rejects(change.outcome, RefusedError);
  });

  it('sends again what was refused for the time being, and troubles nobody with it', async () => {
    const alice = await stage.online();
    alice.on('refused', () => assert.fail('told'));
    let busy = 2;
    stage.handle = async (command) => {
      if (command.type !== 'message.send') return true;
      if (busy-- > 0)
        await stage.toDevice({
          v: 1,
          type: 'refused',
          command: command.id,
          error: refusal('rate_limited', undefined, 1),
        });
      else await stage.toUser(message(1, command.id));
      return true;
    };
    const change = await alice.change('message.send', text('hello'));
    await change.outcome;
    assert.deepEqual(stage.sent(), ['hello', 'hello', 'hello']);
  });

  it('refuses what no server takes before it stands in the way of the rest', async () => {
    const alice = stage.client();
    const tooLarge = (error: unknown) => (error as RefusedError).refusal?.code === 'too_large';
    await assert.rejects(alice.change('message.send', text('x'.repeat(65_536))), tooLarge);
    await assert.rejects(alice.change('group.update', { conversation, name: 'x'.repeat(96_000) }), tooLarge);
    assert.deepEqual(alice.pending, []);
    await alice.change('message.send', text('x'.repeat(65_536 - 27)));
    assert.equal(alice.pending.length, 1);
  });

  it('asks and is answered, or refused', async () => {
    const alice = await stage.online();
    stage.handle = async ({ id, type }) => {
      if (type === 'privacy.get')
        void stage.toDevice({ v: 1, type: 'result', command: id, result: { presence: 'nobody' } });
      else void stage.toDevice({ v: 1, type: 'refused', command: id, error: refusal('user_not_found') });
      return true;
    };
    assert.deepEqual(await alice.query('privacy.get', {}), { presence: 'nobody' });
    await assert.rejects(alice.query('profile.get', { user: session.user }), RefusedError);
  });

  it('is answered also where the PUBACK of the question never comes', async () => {
    const alice = await stage.online();
    stage.handle = async ({ id }) => {
      void stage.toDevice({ v: 1, type: 'result', command: id, result: 'yes' });
      return false;
    };
    assert.equal(await alice.query('privacy.get', {}), 'yes');
  });
});
