/** A device that connects at another node takes its connection with it, and everything goes on where it stood. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { login } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import type { Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { closed, eventually, inhabited, numbers } from './inhabited.ts';

const skip = (await missingEngines('redis')) ?? false;

describe('a device at two nodes', { skip, timeout: 300_000 }, () => {
  const on = inhabited({ log: 'redis', messages: 1 });
  const { meet, moves, at } = on;
  const delivered = (sender: Person, conversation: string, seq: number) =>
    sender.hears(
      (p) =>
        p.type === 'receipts' &&
        p.conversation === conversation &&
        p.receipts.some((r: { delivered?: number }) => r.delivered === seq),
      `that ${seq} was delivered`,
    );

  it('is closed at the first, and gets at the second what follows, and nothing of it twice', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(0, 'bob')];
    const { conversation } = await alice.says({ user: bob.user }, '1');
    for (const n of [2, 3]) await alice.says({ conversation }, `${n}`);
    await delivered(alice, conversation, 3);
    const second = await moves(bob, 1);
    await closed(bob);
    await alice.says({ conversation }, '4');
    await second.hears((p) => p.conversation === conversation && p.seq === 4, 'the next');
    assert.deepEqual(numbers(bob, conversation), [1, 2, 3]);
    assert.deepEqual(numbers(second, conversation), [4]);
    // And back.
    const third = await moves(second, 0);
    await closed(second);
    await alice.says({ conversation }, '5');
    await third.hears((p) => p.conversation === conversation && p.seq === 5, 'the next');
    assert.deepEqual(numbers(third, conversation), [5]);
  });

  it('misses nothing of what is sent while it moves', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const { conversation } = await alice.says({ user: bob.user }, 'first');
    const MESSAGES = 200;
    const writing = (async () => {
      for (let n = 0; n < MESSAGES; n += 10)
        await Promise.all(Array.from({ length: 10 }, () => alice.says({ conversation }, 'more')));
    })();
    const connections = [bob];
    for (let n = 0; n < 6; n++) {
      const last = connections.at(-1)!;
      await last.hears((p) => p.conversation === conversation, 'something');
      connections.push(await moves(last, n));
      await closed(last);
    }
    await writing;
    const last = connections.at(-1)!;
    await last.hears((p) => p.conversation === conversation && p.seq === MESSAGES + 1, 'the last');
    let next = 1;
    for (const connection of connections) {
      const seqs = numbers(connection, conversation);
      if (seqs.length === 0) continue;
      // What it has not acknowledged in time is sent once more, to whoever it is then; never is anything left out.
      assert.ok(seqs[0]! <= next, `${seqs[0]} after ${next - 1}`);
      for (const [i, seq] of seqs.entries()) assert.equal(seq, seqs[0]! + i, 'a gap, or out of order');
      next = Math.max(next, seqs.at(-1)! + 1);
    }
    assert.equal(next, MESSAGES + 2);
  });

  it('that connects to both at once is at one of them in the end, each time', async () => {
    const [alice, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const { conversation } = await alice.says({ user: bob.user }, '1');
    await delivered(alice, conversation, 1);
    let devices: Device[] = [bob.device];
    for (let round = 2; round <= 21; round++) {
      const both = await Promise.allSettled(
        [0, 1].map((node) => Device.connect(at(node).mqtt, bob.device.account)),
      );
      devices.push(...both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
      // One that was refused as the other came may find that the other gave way too: then it comes again, as clients do.
      await eventually(async () => {
        devices = devices.filter(({ client }) => client.connected);
        if (devices.length === 0) devices.push(await Device.connect(at(round).mqtt, bob.device.account));
        return devices.length === 1;
      }, `one connection in round ${round}`);
      const { seq } = await alice.says({ conversation }, `${round}`);
      assert.equal(seq, round);
      const [survivor] = devices as [Device];
      await survivor.until(() => survivor.inbox.some((p) => p.seq === seq), `message ${round}`);
      assert.equal(survivor.client.connected, true);
    }
    devices[0]!.drop();
    for (const { output } of on.cluster.brokers) assert.doesNotMatch(output, /"level":(50|60)/);
  });

  it('is one of several of its user: only it is closed', async () => {
    const alice = await meet(0, 'alice');
    const tablet = await login(at(1), alice.device.account);
    const first = await Device.connect(at(0).mqtt, tablet);
    const second = await Device.connect(at(1).mqtt, tablet);
    await first.until(() => !first.client.connected, 'the end of the first');
    assert.equal(alice.device.client.connected, true);
    const note = await alice.says({ user: alice.user }, 'to both');
    await second.until(() => second.inbox.find((p) => p.id === note.id), 'the note');
    second.drop();
  });
});
