import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Step, ViewChange } from '../host/contract.ts';
import { fakeConversation, fakeMessage } from './fixtures/fake-chat.ts';
import { MirrorView } from './mirror-view.ts';

const nothing: ViewChange = {
  ...{ conversation: null, receipts: {}, atStart: true, atEnd: true },
  ...{ entries: [], removed: [] },
};

function viewed(first: Partial<ViewChange>) {
  const steps: Step[] = [];
  const looks: object[] = [];
  const answers: Partial<ViewChange>[] = [first];
  const view = new MirrorView(
    { user: 'bob' },
    {},
    {
      look: async (where) => {
        looks.push(where);
        return { ...nothing, ...answers.shift() };
      },
      step: async (step) => {
        steps.push(step);
        return true;
      },
      leave: () => {},
    },
  );
  return { view, steps, looks, answers };
}
const keys = (view: MirrorView) => view.entries.peek().map(({ key }) => key);
const at = (seq: number) => fakeMessage({ key: `m${seq}`, seq });
const pending = (key: string) => fakeMessage({ key, seq: null, state: 'queued' });

describe('a view of the host’s window', () => {
  it('is in order, with what is on its way at the end, whatever order changes come in', async () => {
    const { view } = viewed({ entries: [at(3), at(4), pending('p1')] });
    await view.open();
    view.apply({ ...nothing, entries: [at(1), at(2), pending('p2')] });
    assert.deepEqual(keys(view), ['m1', 'm2', 'm3', 'm4', 'p1', 'p2']);
    view.apply({ ...nothing, entries: [fakeMessage({ key: 'p2', seq: 5 })], removed: ['m1'] });
    assert.deepEqual(keys(view), ['m2', 'm3', 'm4', 'p2', 'p1']);
  });

  it('keeps what has not changed, so that nothing is drawn again', async () => {
    const { view } = viewed({ entries: [at(1), at(2)], conversation: fakeConversation('c') });
    await view.open();
    const [first] = view.entries.peek();
    let told = 0;
    const off = view.conversation.subscribe(() => told++);
    view.apply({ ...nothing, conversation: fakeConversation('c'), entries: [at(3)] });
    assert.equal(view.entries.peek()[0], first);
    assert.equal(told, 1);
    view.apply({ ...nothing, conversation: fakeConversation('c', { unread: 1 }) });
    assert.equal(told, 2);
    off();
  });

  it('is at the same place with another host', async () => {
    const { view, steps, looks, answers } = viewed({
      ...{ conversation: fakeConversation('c'), atEnd: false },
      entries: [at(1), at(2), at(3)],
    });
    await view.open();
    answers.push({ conversation: fakeConversation('c'), entries: [at(8), at(9)] });
    await view.again();
    assert.deepEqual(looks.at(-1), { conversation: 'c' });
    assert.deepEqual(steps, [{ to: 'seq', seq: 2 }]);
    assert.deepEqual(keys(view), ['m8', 'm9']);
  });
});
