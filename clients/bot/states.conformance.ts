import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Commit, StateStore } from './states.ts';

export interface StatesUnderTest {
  states: StateStore;
  /** Writes entries where the bot keeps its own. */
  commit: Commit;
  dispose(): Promise<void>;
}

/** What every adapter of the port StateStore promises. `open` gives an empty one. */
export function stateStoreConformance(adapter: string, open: () => Promise<StatesUnderTest>): void {
  describe(`StateStore conformance: ${adapter}`, () => {
    let under: StatesUnderTest;
    before(async () => {
      under = await open();
    });
    after(() => under.dispose());
    const save = (conversation: string, state: Record<string, unknown>) =>
      under.states.save(conversation, state, under.commit);

    it('remembers of each conversation what was saved last', async () => {
      await save('a', { count: 1, names: ['é', '"'], nested: { none: null } });
      await save('b', { count: 2 });
      assert.deepEqual(await under.states.load('a'), { count: 1, names: ['é', '"'], nested: { none: null } });
      await save('a', { other: true });
      assert.deepEqual(await under.states.load('a'), { other: true });
      assert.deepEqual(await under.states.load('b'), { count: 2 });
    });

    it('knows nothing of what was never saved, or saved as empty', async () => {
      assert.deepEqual(await under.states.load('never'), {});
      await save('c', { count: 1 });
      await save('c', {});
      assert.deepEqual(await under.states.load('c'), {});
    });

    it('gives something of one’s own: what is done to it is not saved by itself', async () => {
      await save('d', { list: [1] });
      const state = await under.states.load('d');
      (state.list as number[]).push(2);
      assert.deepEqual(await under.states.load('d'), { list: [1] });
      const saved = { list: [1, 2, 3] };
      await save('d', saved);
      saved.list.push(4);
      assert.deepEqual(await under.states.load('d'), { list: [1, 2, 3] });
    });

    it('commits once, and not before it is sure to remember', async () => {
      let commits = 0;
      await under.states.save('e', { count: 1 }, async (entries) => {
        commits++;
        await under.commit(entries);
      });
      assert.equal(commits, 1);
      const failing = under.states.save('e', { count: 2 }, async () => {
        throw new Error('no room');
      });
      await assert.rejects(failing, /no room/);
    });

    it('remembers what it did before when it could not commit in one with it', async () => {
      await save('f', { count: 1 });
      const failing = async () => {
        throw new Error('no room');
      };
      await assert.rejects(under.states.save('f', { count: 2 }, failing));
      assert.deepEqual(await under.states.load('f'), { count: 1 });
    });
  });
}
