import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeftBehind, withDrafts } from './left-behind.ts';
import { Line } from './line.ts';

/** As a browser has it for all pages of an origin. */
function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    storage: {
      get length() {
        return kept.size;
      },
      key: (at: number) => [...kept.keys()][at] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage,
  };
}

/** A page whose host says nothing: what it asks waits. */
function page(on: Storage, device: string | null = 'd1') {
  const line = new Line(() => ({ post: () => {}, onMessage: () => {}, close: () => {} }));
  const left = new LeftBehind(line, on);
  const found = left.enter(device);
  return { line, left, found };
}

describe('what a page leaves behind', () => {
  it('is what people wrote and no host has answered, and is asked by the next page under the same id', () => {
    const { storage: on, kept } = storage();
    const going = page(on);
    void going.line.ask('send', { user: 'bob' }, 'hello', { id: 'm1' });
    void going.line.ask('query', 'devices.list', {});
    going.left.go();
    // As the composer does when it hears of it.
    void going.line.ask('setDraft', 'c1', 'half a');
    const next = page(on);
    const asked = next.line.unanswered(new Set(['send', 'setDraft', 'query']));
    assert.deepEqual(asked, [
      { method: 'send', given: [{ user: 'bob' }, 'hello', { id: 'm1' }] },
      { method: 'setDraft', given: ['c1', 'half a'] },
    ]);
    assert.equal(kept.size, 0);
    const shown = withDrafts(
      [
        { id: 'c1', draft: 'ha' },
        { id: 'c2', draft: 'other' },
      ],
      next.found,
    );
    assert.deepEqual(shown, [
      { id: 'c1', draft: 'half a' },
      { id: 'c2', draft: 'other' },
    ]);
  });

  it('is found by another page that is open, and not by the one that goes', () => {
    const { storage: on, kept } = storage();
    const [going, open] = [page(on), page(on)];
    void going.line.ask('send', { user: 'bob' }, 'hello', { id: 'm1' });
    going.left.go();
    going.left.found();
    assert.equal(kept.size, 1);
    open.left.found();
    assert.equal(open.line.unanswered(new Set(['send'])).length, 1);
    assert.equal(kept.size, 0);
  });

  it('is not lost when it is left while another page takes what was left before', () => {
    const { storage: on } = storage();
    const [going, open] = [page(on), page(on)];
    void going.line.ask('send', { user: 'bob' }, 'hello', { id: 'm1' });
    going.left.go();
    const { removeItem } = on;
    // The other page has read it; before it removes it, more is left.
    on.removeItem = (key) => {
      on.removeItem = removeItem;
      void going.line.ask('setDraft', 'c1', 'half a');
      on.removeItem(key);
    };
    open.left.found();
    open.left.found();
    assert.deepEqual(
      open.line.unanswered(new Set(['send', 'setDraft'])).map(({ method }) => method),
      ['send', 'setDraft'],
    );
  });

  it('is of nobody who signs in on another device, or out', () => {
    for (const device of ['d2', null]) {
      const { storage: on, kept } = storage();
      const going = page(on);
      void going.line.ask('send', { user: 'bob' }, 'a secret', { id: 'm1' });
      going.left.go();
      assert.equal(kept.size, 1);
      const next = page(on, device);
      assert.deepEqual(next.found, []);
      assert.deepEqual(next.line.unanswered(new Set(['send'])), []);
      assert.equal(kept.size, 0);
    }
  });

  it('does not stand in the way when it is damaged, or when there is no room', () => {
    const { storage: on, kept } = storage();
    for (const damaged of ['{', '"x"', '{"device":"d1"}', '[]']) {
      kept.set('dunlin-left-behind 1', damaged);
      assert.deepEqual(page(on).found, []);
      assert.equal(kept.size, 0);
    }
    const full = { ...on, length: 0, setItem: () => assert.fail('QuotaExceededError') };
    const going = page(full);
    void going.line.ask('setDraft', 'c1', 'half a');
    going.left.go();
    assert.deepEqual(going.line.unanswered(new Set(['setDraft'])), [
      { method: 'setDraft', given: ['c1', 'half a'] },
    ]);
  });
});
