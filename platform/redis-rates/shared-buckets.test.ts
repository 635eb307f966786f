import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TokenBuckets } from '../token-bucket.ts';
import { CommonBuckets, VirtualTime } from './fixtures/common-buckets.ts';
import { SharedBuckets } from './shared-buckets.ts';

const RATE = 100;
const BURST = 400;
/** Tokens told of together. */
const STEP = 13;

function scene(processes: number, rate = RATE, burst = BURST) {
  const time = new VirtualTime();
  const common = new CommonBuckets(rate, burst, time);
  const all = Array.from({ length: processes }, () => new SharedBuckets(rate, burst, common, time));
  return { time, common, all };
}

/** Each process is asked as often as it can be, for so long: how many were let through. */
async function flood(
  { time, all }: Pick<ReturnType<typeof scene>, 'time' | 'all'>,
  ms: number,
): Promise<number> {
  let passed = 0;
  for (let t = 0; t < ms; t += 5) {
    for (const one of all) while (one.take('u') === 0) passed++;
    await time.go(5);
  }
  return passed;
}

describe('buckets shared by processes', () => {
  it('let through what one would give, whichever processes a flood comes by', async () => {
    const { time, common, all } = scene(3);
    const [first] = all;
    const burst = await flood({ time, all: [first!] }, 1_000);
    assert.ok(burst >= BURST + RATE - 1 && burst <= BURST + RATE + STEP, `${burst} at first`);
    // Whoever floods the others too has a burst from each, and pays it back.
    await flood({ time, all }, 20_000);
    const passed = await flood({ time, all }, 60_000);
    assert.ok(passed <= 60 * RATE * 1.05 && passed >= 60 * RATE * 0.95, `${passed} in a minute`);
    assert.ok(common.calls < (81 * RATE * 3) / 5, `${common.calls} questions`);
  });

  it('let a burst through at once, without an answer from anywhere', () => {
    const { all } = scene(1);
    for (let i = 0; i < BURST; i++) assert.equal(all[0]!.take('u'), 0);
    assert.ok(all[0]!.take('u') > 0);
  });

  it('know what was spent elsewhere, and say when to come again', async () => {
    const { time, all } = scene(2);
    const [here, there] = all;
    for (let i = 0; i < BURST; i++) there!.take('u');
    await time.go(10);
    // A process learns of it with what is told of first; the rest of the burst is not given.
    for (let i = 0; i < STEP; i++) assert.equal(here!.take('u'), 0);
    await time.go(10);
    const wait = here!.take('u');
    assert.ok(wait > 0 && wait < 1_000, `${wait} ms`);
    await time.go(wait);
    assert.equal(here!.take('u'), 0);
  });

  it('cost the others nothing for somebody quiet', async () => {
    const { time, common, all } = scene(3);
    for (let i = 0; i < 100; i++) {
      for (const one of all) {
        assert.equal(one.take('u'), 0);
        assert.equal(one.take('u'), 0);
      }
      await time.go(2_000);
    }
    assert.equal(common.calls, 0);
  });

  it('tell of whoever is not quiet, however evenly it is spent', async () => {
    const { time, common, all } = scene(3);
    let refused = 0;
    for (let i = 0; i < 2_000; i++) {
      for (const one of all) if (one.take('u') > 0) refused++;
      await time.go(11);
    }
    // Each alone is within the rate; together they are at almost three times it.
    assert.ok(refused > 3_000, `${refused} refused`);
    assert.ok(common.calls > 0);
  });

  it('go by themselves while the common ones are away, ask once a second, and are brought in line after', async () => {
    const { time, common, all } = scene(2);
    common.away = true;
    const alone = all.map(() => new TokenBuckets(RATE, BURST, time));
    for (let t = 0; t < 10_000; t += 5) {
      for (const [i, one] of all.entries())
        for (let n = 0; n < 3; n++) assert.equal(one.take('u'), alone[i]!.take('u'));
      await time.go(5);
    }
    assert.ok(common.calls <= 2 * 11, `${common.calls} questions`);
    common.away = false;
    await flood({ time, all }, 20_000);
    const passed = await flood({ time, all }, 30_000);
    assert.ok(passed <= 30 * RATE * 1.05, `${passed} in half a minute`);
  });

  it('refuse nobody for an answer that is slow', async () => {
    const { time, common, all } = scene(1);
    const plain = new TokenBuckets(RATE, BURST, time);
    let late = 400;
    common.latency = () => late;
    for (let i = 0; i < 4_000; i++) {
      if (i === 2_000) late = 1;
      // 83 a second.
      assert.equal(plain.take('u'), 0);
      assert.equal(all[0]!.take('u'), 0);
      await time.go(12);
    }
  });

  it('give a burst once, also while an answer is under way', async () => {
    const { time, all } = scene(1);
    for (let i = 0; i < BURST; i++) all[0]!.take('u');
    await time.go(3);
    assert.ok(all[0]!.take('u') > 0);
  });

  it('give what fills up while an answer is under way', async () => {
    const { time, common, all } = scene(1);
    common.latency = () => 300;
    for (let i = 0; i < BURST - 40; i++) assert.equal(all[0]!.take('u'), 0);
    for (let i = 0; i < 500; i++) {
      assert.equal(all[0]!.take('u'), 0);
      await time.go(10.5);
    }
  });

  it('charge nobody for what was within the rate while the common ones were away', async () => {
    const { time, common, all } = scene(1);
    common.away = true;
    for (let i = 0; i < 1_500; i++) {
      assert.equal(all[0]!.take('u'), 0);
      await time.go(20);
    }
    common.away = false;
    for (const before = common.calls; common.calls === before; await time.go(20)) all[0]!.take('u');
    for (let i = 0; i < BURST - STEP; i++) assert.equal(all[0]!.take('u'), 0);
  });

  it('count whoever spends little in very many places', async () => {
    const { time, all } = scene(20);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      for (const one of all) if (one.take('u') > 0) refused++;
      await time.go(90);
    }
    // 222 a second in all.
    assert.ok(refused > 2_000, `${refused} refused`);
  });

  it('have no limit where there is none, and keep the keys apart', () => {
    const [none, one] = [scene(1, 0).all[0]!, scene(1, 1, 1).all[0]!];
    for (let i = 0; i < 1_000; i++) assert.equal(none.take('u'), 0);
    assert.equal(one.take('a'), 0);
    assert.equal(one.take('b'), 0);
    assert.equal(one.take('a'), 1_000);
  });

  it('keep no more than their bound, and forget who was quiet', async () => {
    const time = new VirtualTime();
    const buckets = new SharedBuckets(1, 5, new CommonBuckets(1, 5, time), time, 100);
    for (let i = 0; i < 1_000; i++) buckets.take(`k${i}`);
    assert.equal(buckets.size, 100);
    await time.go(60_000);
    buckets.take('z');
    assert.equal(buckets.size, 1);
  });

  it('never refuse who is within the rate, and never let through much more than it, whatever is asked where and when', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.array(
          fc.record({
            where: fc.nat(2),
            count: fc.integer({ min: 1, max: 60 }),
            ms: fc.integer({ min: 0, max: 900 }),
          }),
          { maxLength: 120 },
        ),
        fc.integer({ min: 1, max: 20 }),
        async (processes, within, steps, latency) => {
          const { time, common, all } = scene(processes);
          common.latency = () => latency;
          // What may be told late: a step a process, and what was spent while an answer was on its way.
          const margin = processes * (STEP + (3 * latency * RATE) / 1_000);
          const reference = new TokenBuckets(RATE, BURST - margin, time);
          const start = time.now();
          let passed = 0;
          for (const { where, count, ms } of steps) {
            const one = all[where % processes]!;
            for (let i = 0; i < count; i++) {
              if (within && reference.take('u') > 0) break;
              const wait = one.take('u');
              if (within) assert.equal(wait, 0, 'refused although within the rate');
              if (wait === 0) passed++;
            }
            const most = (processes + 1) * BURST + ((time.now() - start) * RATE) / 1_000 + margin;
            assert.ok(passed <= most, `${passed} of ${most}`);
            await time.go(ms);
          }
        },
      ),
      { numRuns: 200 },
    ));
});
