import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refused } from '../../protocol/errors.ts';
import { ConversationCache } from './cache.ts';
import { member, sampleGroup } from './store.samples.ts';
import type { Conversation, Member } from './store.ts';

/** A store whose answers come when the test says so. */
class SlowStore {
  readonly groups = new Map<string, { conversation: Conversation; members: Member[] }>();
  /** Conversations read from it, in order. */
  readonly reads: string[] = [];
  held: (() => void)[] | null = null;
  failing = false;

  put(id: string, ...users: string[]): void {
    this.groups.set(id, { conversation: sampleGroup({ id }), members: users.map((user) => member(user)) });
  }
  /** From now on answers wait for {@link release}. What they say is what is true when they are asked. */
  hold(): void {
    this.held = [];
  }
  async release(): Promise<void> {
    const held = this.held ?? [];
    this.held = null;
    for (const go of held) go();
    await settled();
  }

  async get(id: string): Promise<Conversation | null> {
    this.reads.push(id);
    if (this.failing) throw new Refused('unavailable');
    return this.groups.get(id)?.conversation ?? null;
  }
  async members(id: string): Promise<Member[]> {
    const members = this.groups.get(id)!.members;
    if (this.held !== null) await new Promise<void>((go) => this.held!.push(go));
    return members;
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const names = async (entry: ReturnType<ConversationCache['get']>) => [...(await entry)!.members.keys()];

describe('the cache of conversations', () => {
  it('asks once, also when several ask at the same time', async () => {
    const store = new SlowStore();
    store.put('g', 'a', 'b');
    const cache = new ConversationCache(store);
    const both = await Promise.all([cache.get('g'), cache.get('g')]);
    assert.equal(both[0], both[1]);
    assert.ok(!(cache.get('g') instanceof Promise));
    assert.deepEqual(await names(cache.get('g')), ['a', 'b']);
    assert.deepEqual(store.reads, ['g']);
  });

  it('keeps nothing of what is not there: it may come', async () => {
    const store = new SlowStore();
    const cache = new ConversationCache(store);
    assert.equal(await cache.get('g'), null);
    store.put('g', 'a');
    assert.deepEqual(await names(cache.get('g')), ['a']);
  });

  it('gives nobody what was read before a change that was forgotten after', async () => {
    const store = new SlowStore();
    store.put('g', 'old');
    const cache = new ConversationCache(store);
    store.hold();
    const asked = cache.get('g');
    await settled();
    store.put('g', 'new');
    cache.forget('g');
    const askedAfter = cache.get('g');
    await store.release();
    assert.deepEqual(await names(asked), ['new']);
    assert.deepEqual(await names(askedAfter), ['new']);
    assert.deepEqual(await names(cache.get('g')), ['new']);
  });

  it('keeps what is read after a change, when the read before it ends later', async () => {
    const store = new SlowStore();
    store.put('g', 'old');
    const cache = new ConversationCache(store);
    store.hold();
    const slow = cache.get('g');
    await settled();
    const held = store.held!;
    store.held = null;
    store.put('g', 'new');
    cache.forget('g');
    assert.deepEqual(await names(cache.get('g')), ['new']);
    for (const go of held) go();
    assert.deepEqual(await names(slow), ['new']);
    assert.deepEqual(await names(cache.peek('g')!), ['new']);
    assert.equal(store.reads.length, 2);
  });

  it('asks again after a failure, and a failure of before a change does not stop what is read after it', async () => {
    const store = new SlowStore();
    store.put('g', 'a');
    const cache = new ConversationCache(store);
    store.failing = true;
    const failed = cache.get('g');
    cache.forget('g');
    store.failing = false;
    store.hold();
    const second = cache.get('g');
    await assert.rejects(async () => failed);
    await store.release();
    assert.deepEqual(await names(second), ['a']);
    assert.ok(cache.peek('g') !== null, 'it was kept');
    assert.equal(store.reads.length, 2);
  });

  it('has the longest unused go first when there are too many conversations', async () => {
    const store = new SlowStore();
    const cache = new ConversationCache(store, { conversations: 2, members: 100 });
    for (const id of ['a', 'b', 'c']) store.put(id, 'x');
    await cache.get('a');
    await cache.get('b');
    await cache.get('a');
    await cache.get('c');
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => cache.peek(id) !== null),
      [true, false, true],
    );
  });

  it('counts members, so that few large groups are as bounded as many small ones', async () => {
    const store = new SlowStore();
    const cache = new ConversationCache(store, { conversations: 100, members: 5 });
    store.put('large', 'a', 'b', 'c');
    store.put('small', 'a', 'b');
    store.put('other', 'a', 'b');
    store.put('huge', 'a', 'b', 'c', 'd', 'e', 'f');
    const kept = () => [...store.groups.keys()].filter((id) => cache.peek(id) !== null);
    await cache.get('large');
    await cache.get('small');
    assert.deepEqual(kept(), ['large', 'small']);
    await cache.get('other');
    assert.deepEqual(kept(), ['small', 'other']);
    // What was forgotten counts no more.
    cache.forget('small');
    await cache.get('large');
    assert.deepEqual(kept(), ['large', 'other']);
    // Larger than all that is allowed: it is kept alone.
    await cache.get('huge');
    assert.deepEqual(kept(), ['huge']);
  });

  it('serves for a while when the store is away, and never somebody whose removal is known', async () => {
    const store = new SlowStore();
    store.put('g', 'a', 'b');
    store.put('h', 'a', 'b');
    let now = 0;
    const age = { maxAgeMs: 60_000, staleMs: 300_000, now: () => now };
    const cache = new ConversationCache(store, undefined, age);
    await cache.get('g');
    await cache.get('h');
    store.failing = true;
    now = 299_999;
    assert.deepEqual(await names(cache.get('g')), ['a', 'b']);
    // The removal of b was told of; what it left cannot be read.
    cache.forget('g');
    await assert.rejects(async () => cache.get('g'));
    assert.deepEqual(await names(cache.get('h')), ['a', 'b']);
    now = 300_000;
    await assert.rejects(async () => cache.get('h'));
    cache.forgetAll();
    store.failing = false;
    store.put('g', 'a');
    assert.deepEqual(await names(cache.get('g')), ['a']);
  });
});
