import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dunlinWire } from '../systems/dunlin.wire.ts';
import { plainWire, plainWorld } from '../systems/plain.wire.ts';
import type { Target, Wire } from '../systems/system.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { Tally } from './tally.ts';

const target: Target = {
  wire: 'plain',
  processes: [{ name: 'broker', pid: process.pid, ours: true }],
  ports: [0],
  collectsAtSignal: false,
  ...plainWorld(2, 0),
};

/** A receiver that is given messages of sender 3 (or `from`) with these sequence numbers. */
function receive(wire: Wire, wrap: (text: string) => string, seqs: number[], from = 3): Tally {
  const tally = new Tally(target.processes);
  const sender = new Sender(3, target, wire, 0, wire.direct(target, 0, 1), tally, { window: 1 });
  const receiver = new Receiver(target, wire, 1, sender, tally);
  for (const seq of seqs) {
    const text = `bench:${String(from).padStart(5, '0')}:${String(seq).padStart(8, '0')}:xxx`;
    const payload = Buffer.from(`....${wrap(text)}....`);
    receiver.publish(payload, 4, payload.length - 4);
  }
  return tally;
}

const plain = (text: string) => text;
const event = (text: string) => `{"seq":1,"v":1,"type":"message","content":{"type":"text","text":"${text}"}}`;

for (const [name, wire, wrap] of [
  ['plain', plainWire, plain],
  ['Dunlin', dunlinWire, event],
] as const) {
  test(`${name}: every message counts once`, () => {
    const tally = receive(wire, wrap, [0, 1, 2]);
    assert.deepEqual([tally.delivered, tally.duplicates, tally.misordered, tally.notices], [3, 0, 0, 0]);
  });

  test(`${name}: what comes twice, early or to the wrong one is noticed`, () => {
    const tally = receive(wire, wrap, [0, 0, 2, 2, 1, 1, 3]);
    assert.deepEqual([tally.delivered, tally.duplicates, tally.misordered], [4, 3, 1]);
    assert.equal(receive(wire, wrap, [0], 4).strays, 1);
  });
}

test('what is no message counts as something else', () => {
  const receipts = () => '{"v":1,"type":"receipts","receipts":[]}';
  assert.deepEqual(
    [receive(dunlinWire, receipts, [0]).notices, receive(dunlinWire, receipts, [0]).delivered],
    [1, 0],
  );
});

test('a refusal is told by its code', () => {
  const refused = {
    v: 1,
    type: 'refused',
    command: null,
    error: { code: 'too_fast', message: '', retry: true },
  };
  assert.equal(dunlinWire.refusal(Buffer.from(JSON.stringify(refused))), 'too_fast');
  assert.equal(dunlinWire.refusal(Buffer.from('{"v":1,"type":"result"}')), null);
});
