import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { CreateFailureCounts } from './failure-counts.ts';

/** What every adapter of the port does. `create` is called in a test. */
export function failureCountsConformance(name: string, create: () => CreateFailureCounts): void {
  describe(`failure counts: ${name}`, () => {
    const counts = (seconds = 60) => create()('account', seconds);

    it('counts each key by itself, and says when its window ends', async () => {
      const failures = counts();
      assert.equal((await failures.add('a')).count, 1);
      const { count, msLeft } = await failures.add('a');
      assert.equal(count, 2);
      assert.ok(msLeft > 0 && msLeft <= 60_000, `${msLeft} ms`);
      assert.equal((await failures.add('b')).count, 1);
    });

    it('counts each thing by itself', async () => {
      const both = create();
      await both('account', 60).add('things');
      assert.equal((await both('ip', 60).add('things')).count, 1);
    });

    it('counts what comes at the same time one after the other', async () => {
      const failures = counts();
      const all = await Promise.all(Array.from({ length: 20 }, () => failures.add('same time')));
      assert.deepEqual(
        all.map(({ count }) => count).toSorted((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
    });

    it('takes back one, and forgets all', async () => {
      const failures = counts();
      await failures.add('back');
      await failures.add('back');
      await (await failures.add('back')).takeBack();
      assert.equal((await failures.add('back')).count, 3);
      await failures.forget('back');
      assert.equal((await failures.add('back')).count, 1);
    });

    it('gives nothing for what is taken back after it was forgotten', async () => {
      const failures = counts();
      const [first, second] = [await failures.add('late'), await failures.add('late')];
      await failures.forget('late');
      await first.takeBack();
      assert.equal((await failures.add('late')).count, 1);
      await first.takeBack();
      await second.takeBack();
      assert.equal((await failures.add('late')).count, 1);
    });

    it('ends a window whatever came in it', async () => {
      const failures = counts(1);
      await failures.add('window');
      await pause(600);
      const late = await failures.add('window');
      assert.equal(late.count, 2);
      await pause(600);
      await late.takeBack();
      assert.equal((await failures.add('window')).count, 1);
    });

    it('takes keys of any length and kind', async () => {
      const failures = counts();
      for (const key of ['', ' \r\n*{}', 'x'.repeat(100_000), '🦆'])
        assert.equal((await failures.add(key)).count, 1);
    });
  });
}
