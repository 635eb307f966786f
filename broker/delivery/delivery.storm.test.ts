/** Many devices at once: what one needs does not hold the others up, and what waits is bounded. Counts, no times. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceCursor } from '../../services/messages/cursors.ts';
import { CursorFlush } from './cursor-flush.ts';
import { EndedCursors } from './ended-cursors.ts';
import type { FanOut } from './fan-out.ts';
import { oneNode, uuid } from './fixtures/one-node.ts';
import { Loading } from './loading.ts';
import { Position } from './position.ts';
import type { Pump } from './pump.ts';
import { Refreshing } from './refreshing.ts';
import { Turns } from './turns.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn();
}

function pumpOf(device: string, streams: number): Pump {
  const pump = { actor: { user: `user of ${device}`, device }, positions: new Map(), state: 'running' };
  Object.defineProperty(pump, 'closed', { get: () => pump.state === 'closed' });
  for (let n = 0; n < streams; n++) {
    const position = new Position(pump as unknown as Pump, `s${n}`, [{ from: 1, to: null }], 0);
    pump.positions.set(position.stream, position);
  }
  return pump as unknown as Pump;
}

function acknowledge(flush: CursorFlush, pump: Pump): void {
  for (const position of pump.positions.values()) {
    position.acknowledged++;
    flush.mark(position);
  }
}

describe('a storm of reconnects', () => {
  it('has a device with one stream behind wait for few of the reads of those with a thousand', async () => {
    const node = oneNode();
    const [many, one] = [uuid(1, 1), uuid(1, 2)];
    for (let n = 0; n < 1_000; n++) {
      node.memberships.join(many, uuid(4, n), 1);
      node.store(uuid(4, n), 'somebody', 'said');
    }
    const chat = uuid(3, 1);
    node.memberships.join(one, chat, 1);
    node.store(chat, 'somebody', 'said');
    // Twenty devices: more than there are reads at once.
    const busy = Array.from({ length: 20 }, (_, n) => node.connect(many, uuid(2, n)));
    // They are in the middle of it.
    while (!busy.every(({ received }) => received.length > 20)) await nextTurn();
    const device = node.connect(one, uuid(2, 100));
    const before = node.asked.history;
    while (device.received.length === 0) await nextTurn();
    const reads = node.asked.history - before;
    assert.ok(reads <= 120, `after ${reads} reads`);
    assert.ok(busy.every(({ received }) => received.length < 900));
    while (!busy.every(({ received }) => received.length === 1_000)) await nextTurn();
    await node.delivery.stop();
  });

  it('reads nothing for a device that is gone before its turn', async () => {
    const node = oneNode();
    for (let n = 0; n < 200; n++) {
      const device = node.connect(uuid(1, n), uuid(2, n));
      device.client.close();
    }
    await turns(200);
    // Those that had their turn at once.
    assert.equal(node.asked.directory, 16);
    await node.delivery.stop();
  });

  it('keeps nobody who is gone waiting for turns that do not end', async () => {
    const one = new Turns(1);
    const held = Promise.withResolvers<void>();
    const first = one.run(() => held.promise);
    let had = 0;
    const staying = one.runFor({ closed: false }, async () => ++had);
    for (let n = 0; n < 20_000; n++) {
      const who = { closed: false };
      void one.runFor(who, async () => ++had);
      who.closed = true;
    }
    assert.ok(one.waiting <= 1_001, `${one.waiting} wait`);
    held.resolve();
    await first;
    assert.equal(await staying, 1);
    await turns(5);
    assert.deepEqual([had, one.waiting], [1, 0]);
    assert.equal(await one.run(async () => 'free'), 'free');
  });
});

describe('while the cursors cannot be written', () => {
  it('one of each stream of each connected device waits, and of those that are gone a bounded number', async () => {
    let underWay = 0;
    let most = 0;
    let tries = 0;
    const cursors = {
      async save() {
        tries++;
        most = Math.max(most, ++underWay);
        await nextTurn();
        underWay--;
        throw new Error('the store does not answer');
      },
    };
    const flush = new CursorFlush({
      cursors: cursors as never,
      everyMs: 10,
      onFlushed() {},
      onError() {},
    });
    const staying = pumpOf('staying', 20);
    for (let n = 0; n < 3_000; n++) {
      acknowledge(flush, staying);
      // A device that comes back again and again, and one that does not.
      for (const device of ['returning', `once ${n}`]) {
        const pump = pumpOf(device, 2);
        for (let times = 0; times < 3; times++) acknowledge(flush, pump);
        pump.state = 'closed';
        flush.ended(pump);
      }
      void flush.flush();
      mock.timers.tick(10);
      if (n % 100 === 0) await turns(2);
    }
    // Those who stay, those who returned, those who are gone; and what is settled, as far as it is not passed over yet.
    const [atLeast, settled] = [20 + 2 + 2 * 3_000, 2_100];
    assert.ok(flush.waiting >= atLeast && flush.waiting <= atLeast + settled, `${flush.waiting} wait`);
    assert.equal(most, 1);
    assert.ok(tries <= 200, `${tries} tries`);
    assert.equal(flush.unwritten('returning')?.get('s0'), 3);
  });

  it('those of the device that left longest ago are dropped first', () => {
    const ended = new EndedCursors(4);
    const row = (device: string, stream: string, seq = 1): DeviceCursor => ({
      device,
      user: 'u',
      stream,
      seq,
      time: 1,
    });
    for (const device of ['a', 'b', 'c']) for (const stream of ['s', 't']) ended.put(row(device, stream));
    assert.equal(ended.count, 4);
    assert.deepEqual(
      ['a', 'b', 'c'].map((device) => ended.of(device)?.size),
      [undefined, 2, 2],
    );
    const some = ended.some(3);
    ended.put(row('b', 's', 5));
    ended.written(some);
    assert.deepEqual([...(ended.of('b') ?? [])], [['s', 5]]);
    assert.equal(ended.count, 2);
    ended.forget('b');
    assert.deepEqual([ended.count, ended.some(10).length], [1, 1]);
  });
});

describe('while the directory is away', () => {
  it('a device waits once, however many events are missing, and who is gone does not wait', async () => {
    const away = async () => {
      throw new Error('the directory does not answer');
    };
    const loading = new Loading({
      memberships: { delivered: away } as never,
      cursors: {} as never,
      history: { heads: away } as never,
      onError() {},
    });
    const fanOut = { place() {} } as unknown as FanOut;
    const refreshing = new Refreshing({ loading, fanOut, onError() {} });
    const pumps = Array.from({ length: 50 }, (_, n) => pumpOf(`d${n}`, 1));
    for (let seq = 1; seq <= 200; seq++) {
      for (const pump of pumps) refreshing.jumped(pump, 's0', seq);
      for (const pump of pumps) refreshing.everything(pump);
      mock.timers.tick(1_000);
      await turns(1);
    }
    await turns(10);
    assert.equal(refreshing.waiting, 50);
    for (const pump of pumps) {
      pump.state = 'closed';
      refreshing.forget(pump);
    }
    mock.timers.tick(60_000);
    await turns(10);
    assert.equal(refreshing.waiting, 0);
  });
});
