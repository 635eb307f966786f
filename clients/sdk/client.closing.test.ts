import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { BrokerStage, reaches, text, until } from './fixtures/broker-stage.ts';
import { MemoryStorage } from './storage.ts';

let stage: BrokerStage;
beforeEach(async () => {
  stage = new BrokerStage();
  await stage.listen();
});
afterEach(() => stage.end());

describe('a client that is closed', () => {
  it('ends what waits, and keeps what was not sent', async () => {
    const storage = new MemoryStorage();
    const alice = await stage.online(storage);
    stage.handle = () => false;
    const change = await alice.change('message.send', text('hello'));
    const query = alice.query('privacy.get', {});
    await until(() => stage.arrived.some((c) => c.type === 'privacy.get'));
    const ends = Promise.all([
      assert.rejects(change.outcome, /closed/),
      assert.rejects(change.accepted, /closed/),
      assert.rejects(query, /closed/),
    ]);
    await alice.close();
    await ends;
    assert.equal(alice.status, 'offline');
    assert.equal((await storage.list('outbox/')).length, 1);
  });

  it('does not hang on a server that went away with something on its way', async () => {
    const alice = await stage.online();
    stage.handle = () => false;
    const change = await alice.change('message.send', text('hello'));
    change.outcome.catch(() => {});
    await until(() => stage.sent().length === 1);
    await stage.stop();
    await reaches(alice, 'connecting');
    await alice.close();
    assert.equal(alice.status, 'offline');
    await stage.listen();
  });

  it('does not come online afterwards, and can be opened again', async () => {
    const alice = stage.client();
    const opening = alice.connect();
    await alice.close();
    await opening;
    await alice.connect();
    const closing = alice.close();
    await closing;
    const seen: string[] = [];
    alice.on('status', (status) => seen.push(status));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(seen, []);

    await alice.change('message.send', text('hello'));
    await alice.connect();
    await until(() => alice.pending.length === 0);
    assert.deepEqual(stage.sent(), ['hello']);
  });
});
