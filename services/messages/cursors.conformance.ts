import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import type { Cursors, DeviceCursor } from './cursors.ts';

export interface CursorsUnderTest {
  cursors: Cursors;
  /** Releases everything, the stored data too. */
  dispose(): Promise<void>;
}

/** What every adapter of the port Cursors promises. `open` gives an empty one. */
export function cursorsConformance(adapter: string, open: () => Promise<CursorsUnderTest>): void {
  describe(`Cursors conformance: ${adapter}`, () => {
    let under: CursorsUnderTest;
    let cursors: Cursors;
    before(async () => {
      under = await open();
      cursors = under.cursors;
    });
    after(() => under.dispose());

    const at = (seq: number, time: number, fields: Partial<DeviceCursor> = {}): DeviceCursor => ({
      device: uuidv7(),
      user: uuidv7(),
      stream: uuidv7(),
      seq,
      time,
      ...fields,
    });
    const receiptsOf = async (stream: string) => (await cursors.receipts([stream])).get(stream) ?? [];

    it('keeps a cursor a device and stream', async () => {
      const device = uuidv7();
      const [a, b, other] = [at(3, 1, { device }), at(7, 1, { device }), at(9, 1)];
      await cursors.save([a, b, other]);
      assert.deepEqual(
        await cursors.ofDevice(device),
        new Map([
          [a.stream, 3],
          [b.stream, 7],
        ]),
      );
      assert.deepEqual(await cursors.ofDevice(uuidv7()), new Map());
      await cursors.save([]);
    });

    it('only moves forward, within a call too', async () => {
      const one = at(5, 50);
      await cursors.save([one, { ...one, seq: 9, time: 90 }, { ...one, seq: 7, time: 95 }]);
      await cursors.save([{ ...one, seq: 8, time: 99 }]);
      assert.deepEqual(await cursors.ofDevice(one.device), new Map([[one.stream, 9]]));
      assert.deepEqual(await receiptsOf(one.stream), [
        { user: one.user, delivered: 9, deliveredAt: 90, read: 0, readAt: null },
      ]);
    });

    it('reports the furthest of a user’s devices, and when it got there', async () => {
      const phone = at(5, 50);
      const laptop = { ...phone, device: uuidv7(), seq: 8, time: 60 };
      await cursors.save([phone, laptop]);
      await cursors.save([{ ...phone, seq: 8, time: 70 }]);
      assert.deepEqual(await receiptsOf(phone.stream), [
        { user: phone.user, delivered: 8, deliveredAt: 60, read: 0, readAt: null },
      ]);
    });

    it('takes where a new device begins for no receipt', async () => {
      const phone = at(3, 50);
      const begins = { ...phone, device: uuidv7(), seq: 9, time: null };
      await cursors.save([begins, phone]);
      assert.deepEqual(await cursors.ofDevice(begins.device), new Map([[phone.stream, 9]]));
      assert.deepEqual(await receiptsOf(phone.stream), [
        { user: phone.user, delivered: 3, deliveredAt: 50, read: 0, readAt: null },
      ]);
    });

    it('keeps what a forgotten device had received', async () => {
      const one = at(5, 50);
      const other = { ...one, device: uuidv7(), seq: 2, time: 10 };
      await cursors.save([one, other]);
      await cursors.forgetDevice(one.device);
      assert.deepEqual(await cursors.ofDevice(one.device), new Map());
      assert.deepEqual(await cursors.ofDevice(other.device), new Map([[one.stream, 2]]));
      assert.equal((await receiptsOf(one.stream))[0]?.delivered, 5);
      await cursors.save([{ ...other, seq: 4, time: 80 }]);
      assert.equal((await receiptsOf(one.stream))[0]?.delivered, 5);
      await cursors.forgetDevice(uuidv7());
    });

    it('says whether a read cursor moved', async () => {
      const [user, stream] = [uuidv7(), uuidv7()];
      assert.equal(await cursors.read(user, stream, 4, 40), true);
      assert.equal(await cursors.read(user, stream, 4, 41), false);
      assert.equal(await cursors.read(user, stream, 3, 42), false);
      assert.equal(await cursors.read(user, stream, 6, 60), true);
      assert.deepEqual(await cursors.readsOf(user), new Map([[stream, 6]]));
      assert.deepEqual(await cursors.readsOf(uuidv7()), new Map());
      assert.deepEqual(await receiptsOf(stream), [
        { user, delivered: 0, deliveredAt: null, read: 6, readAt: 60 },
      ]);
    });

    it('moves once when the same read cursor is sent many times at once', async () => {
      const [user, stream] = [uuidv7(), uuidv7()];
      const moved = await Promise.all(Array.from({ length: 20 }, () => cursors.read(user, stream, 4, 40)));
      assert.equal(moved.filter(Boolean).length, 1);
    });

    it('does not list as read what was only delivered', async () => {
      const one = at(5, 50);
      await cursors.save([one]);
      assert.deepEqual(await cursors.readsOf(one.user), new Map());
    });

    it('gives the receipts of some users in a stream, and only theirs', async () => {
      const stream = uuidv7();
      const [ann, ben, cay] = [at(3, 30, { stream }), at(4, 40, { stream }), at(5, 50, { stream })];
      await cursors.save([ann, ben, cay, at(9, 90, { user: ann.user })]);
      await cursors.read(ben.user, stream, 2, 45);
      const asked = [ann.user, ben.user, uuidv7(), ...Array.from({ length: 1_500 }, () => uuidv7())];
      assert.deepEqual(
        await cursors.receiptsOf(stream, asked),
        new Map([
          [ann.user, { user: ann.user, delivered: 3, deliveredAt: 30, read: 0, readAt: null }],
          [ben.user, { user: ben.user, delivered: 4, deliveredAt: 40, read: 2, readAt: 45 }],
        ]),
      );
      assert.deepEqual(await cursors.receiptsOf(uuidv7(), [ann.user]), new Map());
      assert.deepEqual(await cursors.receiptsOf(stream, []), new Map());
    });

    it('gives the receipts of many streams at once, and only theirs', async () => {
      const streams = [uuidv7(), uuidv7(), uuidv7()];
      await cursors.save(
        streams.slice(0, 2).flatMap((stream) => [at(1, 1, { stream }), at(2, 2, { stream })]),
      );
      const receipts = await cursors.receipts([...streams, streams[0]!]);
      assert.deepEqual([...receipts.keys()].sort(), streams.slice(0, 2).sort());
      for (const of of receipts.values()) assert.deepEqual(of.map((one) => one.delivered).sort(), [1, 2]);
      assert.equal((await cursors.receipts([])).size, 0);
    });

    it('ends at the highest of every order of saving', async () => {
      const moves = fc.array(
        fc.record({ device: fc.nat(2), stream: fc.nat(1), seq: fc.integer({ min: 1, max: 50 }) }),
        {
          minLength: 1,
        },
      );
      const property = fc.asyncProperty(moves, fc.integer({ min: 1, max: 5 }), async (plan, chunk) => {
        const user = uuidv7();
        const [devices, streams] = [
          [uuidv7(), uuidv7(), uuidv7()],
          [uuidv7(), uuidv7()],
        ];
        const all = plan.map(({ device, stream, seq }, time) =>
          at(seq, time, { user, device: devices[device]!, stream: streams[stream]! }),
        );
        for (let i = 0; i < all.length; i += chunk) await cursors.save(all.slice(i, i + chunk));
        for (const device of devices) {
          const best = new Map<string, number>();
          for (const one of all.filter((cursor) => cursor.device === device)) {
            best.set(one.stream, Math.max(best.get(one.stream) ?? 0, one.seq));
          }
          assert.deepEqual(await cursors.ofDevice(device), best);
        }
        for (const stream of streams) {
          const seqs = all.filter((cursor) => cursor.stream === stream).map((cursor) => cursor.seq);
          if (seqs.length === 0) continue;
          const [receipt] = await receiptsOf(stream);
          assert.equal(receipt?.delivered, Math.max(...seqs));
          const reached = all.find((cursor) => cursor.stream === stream && cursor.seq === receipt?.delivered);
          assert.equal(receipt?.deliveredAt, reached?.time);
        }
      });
      await fc.assert(property, { numRuns: 40 });
    });
  });
}
