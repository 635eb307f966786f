import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { BrokerStage, conversation, message, text, until } from './fixtures/broker-stage.ts';

let stage: BrokerStage;
beforeEach(async () => {
  stage = new BrokerStage();
  await stage.listen();
});
afterEach(() => stage.end());

describe('a client that receives', () => {
  it('does not take another user’s event for its own, whatever its id', async () => {
    const alice = await stage.online();
    const change = await alice.change('message.send', text('hello'));
    await stage.toUser(message(1, change.id, '01940000-0000-7000-8000-000000000b0b'));
    await stage.toUser(message(2, change.id));
    assert.equal((await change.outcome).seq, 2);
  });

  it('fetches what is missing between two events, hidden pages included, and hands everything out in order', async () => {
    const alice = await stage.online();
    const pages: Record<number, { last: number; more: boolean; seqs: number[] }> = {
      1: { last: 2, more: true, seqs: [2] },
      2: { last: 4, more: true, seqs: [] },
      4: { last: 6, more: false, seqs: [5, 6] },
    };
    stage.handle = async ({ id, type, after }) => {
      if (type !== 'messages.list') return true;
      const { last, more, seqs } = pages[after!]!;
      const result = {
        conversation,
        first: seqs[0] ?? 0,
        last,
        more,
        events: seqs.map((seq) => message(seq)),
      };
      void stage.toDevice({ v: 1, type: 'result', command: id, result });
      return true;
    };
    const seqs: number[] = [];
    alice.on('event', ({ seq }) => seqs.push(seq));
    for (const seq of [1, 6, 7, 6]) await stage.toUser(message(seq));
    await until(() => seqs.includes(7));
    assert.deepEqual(seqs, [1, 2, 5, 6, 7]);
  });

  it('is not disturbed by what is not of the contract', async () => {
    const alice = await stage.online();
    const seqs: number[] = [];
    alice.on('event', ({ seq }) => seqs.push(seq));
    let acknowledged = 0;
    stage.broker.on('ack', () => acknowledged++);
    for (const odd of [
      '',
      'null',
      '7',
      '"x"',
      '[]',
      '{',
      '{}',
      '{"type":"of.tomorrow"}',
      '{"type":"result"}',
    ])
      await stage.toDevice(odd);
    await stage.toUser('null');
    await stage.toUser(message(1));
    await until(() => seqs.length === 1);
    // What is not acknowledged would come again at every connection, and take room in the server's window.
    await until(() => acknowledged >= 11);
  });
});
