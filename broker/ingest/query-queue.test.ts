import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Query } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import { RawJson } from '../../services/queries.ts';
import { fakeConnection, settled } from '../fixtures/connection.ts';
import { QueryQueue } from './query-queue.ts';

const query = (): Query => ({ v: 1, id: uuidv7(), type: 'contacts.list' });

function stage() {
  const running: { query: Query; resolve(answer: unknown): void; reject(error: unknown): void }[] = [];
  const sent: string[] = [];
  const refused: [string, unknown][] = [];
  let room: Promise<void> = Promise.resolve();
  const queue = new QueryQueue({
    queries: {
      answer: (_actor, asked) =>
        new Promise((resolve, reject) => running.push({ query: asked as Query, resolve, reject })),
    },
    answers: { send: (_connection, payload) => void sent.push(payload), room: () => room },
    onAnswered: () => {},
    onRefused: (_connection, { id }, error) => refused.push([id, error]),
  });
  const noRoom = () => {
    let open!: () => void;
    room = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  };
  return { queue, running, sent, refused, noRoom };
}

describe('queries', () => {
  it('are answered under their ids, JSON text as it is', async () => {
    const { queue, running, sent } = stage();
    const [first, second] = [query(), query()];
    const device = fakeConnection();
    queue.add(device, first);
    queue.add(device, second);
    await settled();
    running[1]!.resolve(new RawJson('{"n":1.0}'));
    await settled();
    running[0]!.resolve([1]);
    await settled();
    assert.deepEqual(sent, [
      `{"v":1,"type":"result","command":"${second.id}","result":{"n":1.0}}`,
      `{"v":1,"type":"result","command":"${first.id}","result":[1]}`,
    ]);
  });

  it('of one device run a few at a time, and many are refused', async () => {
    const { queue, running } = stage();
    const [device, other] = [fakeConnection(), fakeConnection()];
    for (let n = 0; n < 256; n++) queue.add(device, query());
    await settled();
    assert.equal(running.length, 4);
    for (let n = 0; n < 4; n++) queue.add(device, query());
    assert.throws(
      () => queue.add(device, query()),
      (error) => error instanceof Refused && error.refusal.code === 'rate_limited',
    );
    queue.add(other, query());
    await settled();
    assert.equal(running.length, 5, 'another device waits for this one');
    running[0]!.resolve(null);
    await settled();
    assert.equal(running.length, 6);
    queue.add(device, query());
  });

  it('that are refused are told, and those behind them go on', async () => {
    const { queue, running, refused, sent } = stage();
    const device = fakeConnection();
    const asked = Array.from({ length: 5 }, query);
    for (const one of asked) queue.add(device, one);
    await settled();
    const error = new Refused('user_not_found');
    for (const { reject } of running.slice(0, 4)) reject(error);
    await settled();
    running[4]!.resolve(1);
    await settled();
    assert.deepEqual(
      refused,
      asked.slice(0, 4).map(({ id }) => [id, error]),
    );
    assert.equal(sent.length, 1);
  });

  it('are not run while the device takes no answers, nor when it has gone', async () => {
    const { queue, running, noRoom } = stage();
    const device = fakeConnection();
    const open = noRoom();
    queue.add(device, query());
    await settled();
    assert.equal(running.length, 0);
    device.close();
    open();
    await settled();
    assert.equal(running.length, 0);
  });
});
