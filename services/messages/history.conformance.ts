import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { amendmentConformance } from './history.amendments.conformance.ts';
import { modelConformance } from './history.model.conformance.ts';
import { pagingConformance } from './history.paging.conformance.ts';
import { searchConformance } from './history.search.conformance.ts';
import type { Appended, History, StoredEvent } from './history.ts';
import { draft, says } from './samples.ts';

export interface HistoryUnderTest {
  history: History;
  /** Removes what has been stored, for an adapter that what earlier tests left would only make slow: every test has streams of its own. */
  empty?(): Promise<void>;
  /** Releases everything, the stored data too. */
  dispose(): Promise<void>;
}

export const seqOf = (appended: Appended) => (appended.duplicate ? appended.event.seq : appended.seq);

/** What every adapter of the port History promises. `open` gives an empty one. */
export function historyConformance(adapter: string, open: () => Promise<HistoryUnderTest>): void {
  describe(`History conformance: ${adapter}`, () => {
    let under: HistoryUnderTest;
    let history: History;
    before(async () => {
      under = await open();
      history = under.history;
    });
    after(() => under.dispose());
    beforeEach(() => under.empty?.());

    it('numbers every stream from 1, in the order of the drafts', async () => {
      const [a, b] = [uuidv7(), uuidv7()];
      const appended = await history.append([a, b, a, a, b].map((stream) => draft({ stream })));
      assert.deepEqual(appended.map(seqOf), [1, 1, 2, 3, 2]);
      const more = await history.append([draft({ stream: b })]);
      assert.deepEqual(more, [{ duplicate: false, seq: 3 }]);
    });

    it('gives back what was stored', async () => {
      const stream = uuidv7();
      const made = says(stream, 'grüße 👋 \u0000 "', { time: 1_795_000_000_000, expires: 1_795_000_000_001 });
      const system = draft({ stream, type: 'members.added', sender: { user: uuidv7(), device: null } });
      await history.append([made, system]);
      const stored = (seq: number, from: typeof made): StoredEvent => {
        const { text: _, amends: __, ...event } = from;
        return { ...event, seq };
      };
      const expected = [stored(1, made), stored(2, system)];
      assert.deepEqual(await history.read(stream, 0, 10, 1e6), expected);
      assert.deepEqual(await history.get(stream, 1), { ...stored(1, made), fold: null });
      const asked = [made, { sender: { user: uuidv7() }, id: made.id }, system, made];
      const commands = asked.map(({ sender, id }) => ({ user: sender.user, id }));
      assert.deepEqual(await history.lookup(commands), [expected[0], null, expected[1], expected[0]]);
      assert.equal(await history.get(stream, 3), null);
      assert.equal(await history.get(uuidv7(), 1), null);
    });

    it('returns the first event for a repeated (user, id) and writes nothing', async () => {
      const [stream, other] = [uuidv7(), uuidv7()];
      const made = says(stream, 'once');
      await history.append([made]);
      const [first] = await history.read(stream, 0, 10, 1e6);
      const repeats = await history.append([
        { ...made, time: 9_999, body: '{"other":1}' },
        draft({ stream }),
        { ...made, stream: other },
      ]);
      assert.deepEqual(repeats, [
        { duplicate: true, event: first },
        { duplicate: false, seq: 2 },
        { duplicate: true, event: first },
      ]);
      assert.equal((await history.read(stream, 0, 10, 1e6)).length, 2);
      assert.deepEqual(await history.read(other, 0, 10, 1e6), []);
    });

    it('takes the same id from two users as two commands', async () => {
      const stream = uuidv7();
      const id = uuidv7();
      const appended = await history.append([draft({ stream, id }), draft({ stream, id })]);
      assert.deepEqual(appended.map(seqOf), [1, 2]);
      assert.deepEqual(
        appended.map((one) => one.duplicate),
        [false, false],
      );
    });

    it('takes a repetition within one call as a duplicate of the earlier', async () => {
      const stream = uuidv7();
      const made = draft({ stream });
      const [first, second, third] = await history.append([made, { ...made }, draft({ stream })]);
      assert.deepEqual(first, { duplicate: false, seq: 1 });
      assert.ok(second?.duplicate && second.event.seq === 1 && second.event.id === made.id);
      assert.deepEqual(third, { duplicate: false, seq: 2 });
    });

    it('stays gapless and keeps the order of each caller when calls overlap', async () => {
      const stream = uuidv7();
      const calls = Array.from({ length: 60 }, (_, i) =>
        history.append(Array.from({ length: 1 + (i % 7) }, () => draft({ stream, time: i }))),
      );
      const given = (await Promise.all(calls)).map((call) => call.map(seqOf));
      const all = given.flat();
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        all.map((_, i) => i + 1),
      );
      for (const call of given)
        assert.deepEqual(
          call,
          call.toSorted((a, b) => a - b),
        );
    });

    it('stores all drafts of a call or none', async () => {
      const [stream, fresh] = [uuidv7(), uuidv7()];
      await history.append([draft({ stream })]);
      const broken = { ...draft({ stream }), body: null as unknown as string };
      await assert.rejects(history.append([draft({ stream }), draft({ stream: fresh }), broken]));
      assert.equal((await history.read(stream, 0, 10, 1e6)).length, 1);
      assert.deepEqual(await history.read(fresh, 0, 10, 1e6), []);
      const after = [draft({ stream }), draft({ stream: fresh })];
      assert.deepEqual((await history.append(after)).map(seqOf), [2, 1]);
      const ids = async (of: string) => (await history.read(of, 0, 10, 1e6)).map((event) => event.id);
      assert.equal((await ids(stream))[1], after[0]!.id);
      assert.deepEqual(await ids(fresh), [after[1]!.id]);
    });

    it('sees in every read what was appended before', async () => {
      const stream = uuidv7();
      for (let seq = 1; seq <= 30; seq++) {
        await history.append([draft({ stream })]);
        assert.equal((await history.read(stream, seq - 1, 1, 1e6))[0]?.seq, seq);
      }
    });

    pagingConformance(() => history);
    amendmentConformance(() => history);
    searchConformance(() => history);
    modelConformance(
      () => history,
      async () => under.empty?.(),
    );
  });
}
