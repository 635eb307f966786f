import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refused } from '../../protocol/errors.ts';
import type { Need } from '../../protocol/needs.ts';
import { fakeConnection } from '../fixtures/connection.ts';
import { BotGate } from './bot-gate.ts';

const bot = () => Object.assign(fakeConnection(), { bot: true });
const OPEN: Need = ['open'];

describe('the gate for bots', () => {
  it('lets people through, and asks nobody', () => {
    const gate = new BotGate({
      check: () => {
        throw new Refused('forbidden');
      },
    });
    const went: string[] = [];
    gate.take(
      fakeConnection(),
      () => {
        throw new Error('asked what a person needs');
      },
      () => went.push('in'),
      () => went.push('out'),
    );
    assert.deepEqual(went, ['in']);
  });

  it('answers at once where it is known', () => {
    const asked: Need[] = [];
    const gate = new BotGate({
      check(_bot, need) {
        asked.push(need);
        if (need === 'never') throw new Refused('forbidden');
      },
    });
    const went: string[] = [];
    for (const need of [OPEN, 'never'] as const)
      gate.take(
        bot(),
        () => need,
        () => went.push('in'),
        (error) => went.push((error as Refused).refusal.code),
      );
    assert.deepEqual(went, ['in', 'forbidden']);
    assert.deepEqual(asked, [OPEN, 'never']);
  });

  it('keeps the order of one bot while it has to ask, and holds up no other', async () => {
    const answers: ((error?: Error) => void)[] = [];
    let known = false;
    const gate = new BotGate({
      check: () => {
        if (known) return;
        return new Promise<void>((resolve, reject) =>
          answers.push((error) => (error ? reject(error) : resolve())),
        );
      },
    });
    const [one, other] = [bot(), bot()];
    const went: string[] = [];
    const take = (connection: ReturnType<typeof bot>, name: string) =>
      gate.take(
        connection,
        () => OPEN,
        () => went.push(name),
        () => went.push(`not ${name}`),
      );
    take(one, 'first');
    known = true;
    take(one, 'second');
    take(other, 'other');
    assert.deepEqual(went, ['other']);
    answers[0]!(new Refused('scope_missing'));
    await new Promise(setImmediate);
    assert.deepEqual(went, ['other', 'not first', 'second']);
    take(one, 'third');
    assert.equal(went.at(-1), 'third', 'it waits no more');
  });
});
