import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStorage } from '../storage.ts';
import { emptyConversation } from './conversations.ts';
import type { Message, StoredMessage } from './entries.ts';
import type { Pending } from './pending.ts';
import { Shelf } from './shelf.ts';
import { Told } from './window-told.ts';

const said = (seq: number, sender = 'me') =>
  ({
    type: 'message',
    key: `k${seq}`,
    seq,
    sender,
    content: { type: 'text', text: `${seq}` },
  }) as StoredMessage;

function opened() {
  const shelf = new Shelf(new MemoryStorage(), 'me');
  const kept = emptyConversation('c');
  const shown = { ...kept.shown, peer: 'bob' };
  shelf.conversations.set('c', { ...kept, shown });
  const told = new Told(shelf, { user: 'me', device: 'd' });
  const tell = (numbered: StoredMessage[], following = true) =>
    told.tell({ id: 'c', user: null, conversation: shown, numbered, following });
  const receipt = (delivered: number, read: number) =>
    shelf.receipts.set('c', { bob: { delivered, read, deliveredAt: null, readAt: null } });
  return { shelf, told, tell, receipt };
}
const states = (entries: readonly unknown[]) => (entries as Message[]).map(({ key, state }) => [key, state]);

describe('what a window tells', () => {
  it('is what is different; the rest stay the same objects, also when they were read again', () => {
    const { told, tell } = opened();
    assert.equal(tell([said(1), said(2)])?.entries.length, 2);
    const before = told.entries;
    assert.equal(tell([said(1), said(2)]), null);
    assert.equal(told.entries[0], before[0]);
    const change = tell([said(2), { ...said(3), sender: 'bob' }]);
    assert.deepEqual([states(change!.entries), change!.removed], [[['k3', null]], ['k1']]);
    assert.equal(told.entries[0], before[1]);
  });

  it('is how far messages have come, though they are the same', () => {
    const { told, tell, receipt } = opened();
    const numbered = [said(1), said(2)];
    tell(numbered);
    receipt(2, 1);
    assert.deepEqual(states(tell(numbered)!.entries), [
      ['k1', 'read'],
      ['k2', 'delivered'],
    ]);
    receipt(2, 2);
    assert.deepEqual(states(tell(numbered)!.entries), [['k2', 'read']]);
    assert.deepEqual(states(told.entries), [
      ['k1', 'read'],
      ['k2', 'read'],
    ]);
  });

  it('has what is on its way at the end, once, and as numbered when it is both', () => {
    const { shelf, told, tell } = opened();
    const pending = {
      id: 'k2',
      to: { conversation: 'c' },
      content: { type: 'text', text: '2' },
      options: {},
      number: 1,
      begun: 0,
      state: 'queued',
      refusal: null,
    } as Pending;
    shelf.pendings.set('k2', pending);
    tell([said(1)]);
    assert.deepEqual(states(told.entries), [
      ['k1', 'accepted'],
      ['k2', 'queued'],
    ]);
    tell([said(1), said(2)]);
    assert.deepEqual(states(told.entries), [
      ['k1', 'accepted'],
      ['k2', 'accepted'],
    ]);
    assert.deepEqual(tell([said(1)], false)?.removed, ['k2']);
  });
});
