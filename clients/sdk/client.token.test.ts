import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { refusal } from '../../protocol/errors.ts';
import { BrokerStage, reaches, session, text, until } from './fixtures/broker-stage.ts';
import { RefusedError, type Session } from './session.ts';
import { MemoryStorage } from './storage.ts';

let stage: BrokerStage;
beforeEach(async () => {
  stage = new BrokerStage();
  await stage.listen();
});
afterEach(() => stage.end());

describe('a client with a token that is no longer good', () => {
  it('gets a new one, once, and connects with it', async () => {
    stage.password = 'new';
    let release!: (of: Session) => void;
    stage.refresh = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const alice = stage.client();
    let refused = 0;
    stage.broker.on('clientError', () => refused++);
    await alice.connect();
    await until(() => stage.refreshes === 1);
    // Connections go on failing while the answer takes its time: that is no reason to ask again.
    await until(() => refused >= 2);
    assert.equal(stage.refreshes, 1);
    release({ ...session, deviceToken: 'new', refreshToken: 'r2' });
    await reaches(alice, 'online');
  });

  it('goes on trying where nobody answers, or somebody who does not know', async () => {
    stage.password = 'new';
    const answers: (() => Promise<Session>)[] = [
      async () => {
        throw new Error('unreachable');
      },
      async () => {
        throw new RefusedError(refusal('rate_limited'));
      },
      async () => ({ ...session, deviceToken: 'new' }),
    ];
    stage.refresh = () => answers.shift()!();
    const alice = stage.client();
    alice.on('signedOut', () => assert.fail('signed out'));
    await alice.connect();
    await reaches(alice, 'online');
    assert.equal(stage.refreshes, 3);
  });

  for (const code of ['device_revoked', 'token_reused', 'token_expired', 'unauthenticated'] as const) {
    it(`is signed out by ${code}: forgets the session, keeps what was written`, async () => {
      stage.password = 'new';
      stage.refresh = async () => {
        throw new RefusedError(refusal(code));
      };
      const storage = new MemoryStorage();
      await storage.write([['session', 'x']]);
      const alice = stage.client(storage);
      const out = new Promise<void>((resolve) => alice.on('signedOut', () => resolve()));
      const change = await alice.change('message.send', text('hello'));
      const ended = assert.rejects(change.outcome, /closed/);
      await alice.connect();
      await out;
      await ended;
      assert.equal(alice.status, 'offline');
      assert.equal(await storage.get('session'), undefined);
      assert.equal((await storage.list('outbox/')).length, 1);
    });
  }
});
