/** Everything that waits for a device is bounded, or is state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from 'aedes';
import { Answers } from './answers.ts';
import { confineAedes } from './packet-ids.ts';
import { Sessions } from './sessions.ts';
import { type Deliverable, Tail } from './tail.ts';
import { Turns } from './turns.ts';

const answer = (bytes: number) => ({ topic: 't', payload: Buffer.alloc(bytes) });
const unfinished = (seq: number) => ({ packetId: 40_000 + seq, topic: 't', stream: 's', seq });
const event = (seq: number, bytes = 1): Deliverable => ({ seq, sender: 'u', payload: Buffer.alloc(bytes) });

describe('answers', () => {
  it('are bounded by number and by bytes, though one large one may wait', () => {
    const many = new Answers();
    let count = 0;
    while (many.push(answer(1))) count++;
    assert.equal(count, 1_024);
    const large = new Answers();
    assert.equal(large.push(answer(20 * 1024 * 1024)), true);
    assert.equal(large.push(answer(1)), false);
    large.shift();
    assert.equal(large.push(answer(1)), true);
  });

  it('let all who ask go on when none waits any more', async () => {
    const answers = new Answers();
    answers.push(answer(2 * 1024 * 1024));
    const asking = [answers.room(), answers.room(), answers.room()];
    assert.ok(asking.every((room) => room !== undefined));
    answers.shift();
    await Promise.all(asking);
    assert.equal(answers.room(), undefined);
  });
});

describe('sessions', () => {
  it('are forgotten, those that ended longest ago first, when there are too many or too large ones', () => {
    const few = new Sessions(2);
    for (const device of ['a', 'b', 'a', 'c']) few.keep(device, { unfinished: [unfinished(1)], notices: [] });
    assert.deepEqual(
      ['a', 'b', 'c'].map((device) => few.take(device) !== undefined),
      [true, false, true],
    );
    assert.equal(few.bytes, 0);
    const small = new Sessions(100, 10_000);
    for (const device of ['a', 'b', 'c'])
      small.keep(device, { unfinished: [{ packetId: 1, answer: answer(4_000) }], notices: [] });
    assert.ok(small.bytes <= 10_000);
    assert.deepEqual(
      ['a', 'b', 'c'].map((device) => small.take(device) !== undefined),
      [false, true, true],
    );
  });

  it('are given once, and what is new takes the place of what was', () => {
    const sessions = new Sessions();
    sessions.keep('a', { unfinished: [unfinished(1)], notices: [] });
    sessions.keep('a', { unfinished: [unfinished(2)], notices: [] });
    assert.deepEqual(sessions.take('a')?.unfinished, [unfinished(2)]);
    assert.equal(sessions.take('a'), undefined);
    sessions.keep('a', { unfinished: [unfinished(1)], notices: [] });
    sessions.keep('a', { unfinished: [], notices: [] });
    assert.equal(sessions.take('a'), undefined);
  });
});

describe('the tail', () => {
  it('has the newest events of a stream, and begins again after a gap', () => {
    const tail = new Tail(1_000_000);
    for (let seq = 5; seq <= 1_000; seq++) tail.push('s', event(seq));
    assert.equal(tail.get('s', 1_000)?.seq, 1_000);
    assert.equal(tail.get('s', 750)?.seq, 750);
    assert.deepEqual(
      [tail.get('s', 5), tail.get('s', 4), tail.get('s', 1_001)],
      [undefined, undefined, undefined],
    );
    tail.push('s', event(1_002));
    assert.equal(tail.get('s', 1_000), undefined);
    assert.equal(tail.get('s', 1_002)?.seq, 1_002);
    assert.equal(tail.bytes, 1);
    tail.forget('s');
    tail.push('s', event(1_003));
    assert.deepEqual([tail.get('s', 1_002), tail.get('s', 1_003)?.seq], [undefined, 1_003]);
  });

  it('is bounded in bytes: streams written to longest ago go first', () => {
    const tail = new Tail(250);
    for (const [i, stream] of ['a', 'b', 'a', 'c'].entries()) tail.push(stream, event(1 + (i >> 1), 100));
    assert.ok(tail.bytes <= 250);
    assert.equal(tail.get('b', 1), undefined);
    assert.equal(tail.get('c', 2)?.seq, 2);
  });

  it('keeps what it has when older events come again', () => {
    const tail = new Tail(1_000);
    for (const seq of [4, 5, 6, 4, 5, 2]) tail.push('s', event(seq, 10));
    assert.deepEqual(
      [2, 4, 5, 6].map((seq) => tail.get('s', seq)?.seq),
      [undefined, 4, 5, 6],
    );
    assert.equal(tail.bytes, 30);
  });
});

describe('turns', () => {
  it('run a bounded number at once, in order, whoever comes when one ends, and whatever fails', async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const job = (n: number) =>
      turns.run(async () => {
        order.push(n);
        most = Math.max(most, ++running);
        await nextTurn();
        running--;
        if (n % 3 === 0) throw new Error('failed');
      });
    const jobs: Promise<unknown>[] = [];
    for (let n = 1; n <= 20; n++) {
      // Each end lets one in and adds one, at the same moment.
      jobs.push(job(n).catch(() => {}));
      if (n > 5) await jobs[n - 6];
    }
    await Promise.all(jobs);
    assert.equal(most, 2);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.equal(order.length, 20);
  });
});

describe('packet identifiers of Aedes', () => {
  it('stay below ours, and never are 0', () => {
    class AedesClient {
      _nextId: number;
      constructor(first: number) {
        this._nextId = first;
      }
    }
    // The first one is there before its class is confined, the others begin confined.
    for (const first of [50_000, 0, 1, 32_767, 32_768, 65_535]) {
      const client = new AedesClient(first);
      confineAedes(client as unknown as Client);
      confineAedes(client as unknown as Client);
      const ids = new Set<number>();
      for (let i = 0; i < 70_000; i++) ids.add(client._nextId++);
      assert.equal(Math.min(...ids), 1);
      assert.equal(Math.max(...ids), 32_767);
      assert.equal(ids.size, 32_767);
    }
  });

  it('begin where Aedes begins, which is different for every connection', () => {
    class AedesClient {
      _nextId = 20_000;
    }
    confineAedes(new AedesClient() as unknown as Client);
    const client = new AedesClient();
    confineAedes(client as unknown as Client);
    assert.equal(client._nextId, 20_000);
  });
});
