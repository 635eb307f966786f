import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Report, ReportStore } from './store.ts';

const sample = (time: number, more: Partial<Report> = {}): Report => ({
  id: uuidv7(),
  reporter: uuidv7(),
  user: uuidv7(),
  reason: 'spam',
  text: null,
  conversation: null,
  messages: [],
  time,
  closedAt: null,
  ...more,
});

/** What every adapter of the port ReportStore promises. `open` gives an empty one. */
export function reportStoreConformance(
  adapter: string,
  open: () => Promise<{ store: ReportStore; dispose(): Promise<void> }>,
): void {
  describe(`ReportStore conformance: ${adapter}`, () => {
    let under: Awaited<ReturnType<typeof open>>;
    before(async () => {
      under = await open();
    });
    after(() => under.dispose());

    it('gives them back newest first, in pages, without repeating those of one moment', async () => {
      const { store } = under;
      const reports = [
        sample(1_000),
        sample(2_000, { conversation: uuidv7(), messages: [3, 7], text: 'again and again', reason: 'other' }),
        sample(2_000),
        sample(3_000),
      ];
      for (const report of reports) await store.add(report);
      await store.add({ ...reports[0]!, text: 'not kept: it is there already' });
      const sorted = reports.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
      const first = await store.page({ open: false, before: null, limit: 2 });
      const second = await store.page({ open: false, before: first.at(-1)!, limit: 2 });
      const third = await store.page({ open: false, before: second.at(-1)!, limit: 2 });
      assert.deepEqual([...first, ...second, ...third], sorted);
      assert.deepEqual(await store.get(reports[1]!.id), reports[1]);
      assert.equal(await store.get(uuidv7()), null);
    });

    it('closes once, and leaves closed ones out of those that are open', async () => {
      const { store } = under;
      const report = sample(9_000);
      await store.add(report);
      assert.equal(await store.close(report.id, 9_500), true);
      assert.equal(await store.close(report.id, 9_900), true);
      assert.equal(await store.close(uuidv7(), 9_900), false);
      const [newest] = await store.page({ open: false, before: null, limit: 1 });
      assert.deepEqual(newest, { ...report, closedAt: 9_500 });
      const open = await store.page({ open: true, before: null, limit: 100 });
      assert.equal(
        open.some(({ id }) => id === report.id),
        false,
      );
      assert.ok(open.length > 0);
    });
  });
}
