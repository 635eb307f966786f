import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { refusal } from '../../protocol/errors.ts';
import type { Answered, Feed, FeedReader, Tidings } from './feed.ts';
import { sampleEvent as event } from './fixtures/sample-event.ts';
import type { StreamedEvent } from './history.ts';

export interface FeedUnderTest {
  feed: Feed;
  /** The same event stream as another process has it; where there is only one process, the same feed. */
  other: Feed;
  /** Releases everything, what was written too. */
  dispose(): Promise<void>;
}

const answer = (): Answered => ({
  to: { user: uuidv7(), device: uuidv7() },
  command: uuidv7(),
  outcome: { ok: false, error: refusal('not_found', 'conversation') },
});

/** A reader that keeps what it gets, and can wait for it. */
class Listener implements FeedReader {
  readonly events: StreamedEvent[] = [];
  readonly answers: Answered[] = [];
  readonly erased: string[] = [];
  gaps = 0;
  readonly #wanted: (stream: string) => boolean;
  #waiting: { holds: () => boolean; resolve: () => void }[] = [];

  constructor(wanted: (stream: string) => boolean = () => true) {
    this.#wanted = wanted;
  }

  wants(stream: string): boolean {
    return this.#wanted(stream);
  }

  read({ events = [], answers = [], erased = [] }: Tidings): void {
    this.events.push(...events);
    this.answers.push(...answers);
    this.erased.push(...erased);
    this.#waiting = this.#waiting.filter(({ holds, resolve }) => !holds() || resolve());
  }

  onGap(): void {
    this.gaps++;
  }

  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }));
  }

  of(stream: string): number[] {
    return this.events.filter((one) => one.stream === stream).map((one) => one.seq);
  }
}

/** What every adapter of the port Feed promises. `open` gives one that nobody else writes to. */
export function feedConformance(adapter: string, open: () => Promise<FeedUnderTest>): void {
  describe(`Feed conformance: ${adapter}`, () => {
    let under: FeedUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.dispose());

    it('brings everything whole', async () => {
      const listener = new Listener();
      await under.other.follow(listener);
      const stream = uuidv7();
      const events = [
        event(stream),
        event(stream, { body: '{"text":"two\\nlines, \u2028 and \u{1F426}"}', expires: 99 }),
        event(stream, { type: 'member.added', joined: [uuidv7(), uuidv7()], left: [uuidv7()] }),
        event(stream, { sender: { user: uuidv7(), device: null } }),
        event(stream, { type: 'message.deleted', erased: 1, actor: { user: uuidv7(), device: uuidv7() } }),
        event(stream, { body: '' }),
      ];
      const answers = [answer(), answer()];
      const erased = [uuidv7(), uuidv7()];
      await under.feed.write({ events, answers, erased });
      const { events: gotten, answers: told, erased: gone } = listener;
      await listener.until(() => gotten.length === 6 && told.length === 2 && gone.length === 2);
      assert.deepEqual(gotten, events);
      const sorted = (list: Answered[]) => list.toSorted((a, b) => (a.command < b.command ? -1 : 1));
      assert.deepEqual(sorted(told), sorted(answers));
      assert.deepEqual(gone.toSorted(), erased.toSorted());
      assert.equal(listener.gaps, 0);
    });

    it('keeps the order within each stream, whoever waits for whom', async () => {
      const listener = new Listener();
      await under.other.follow(listener);
      const streams = Array.from({ length: 5 }, () => uuidv7());
      const writes: Promise<void>[] = [];
      const written: StreamedEvent[] = [];
      for (let round = 0; round < 40; round++) {
        const events = streams.flatMap((stream) => [event(stream), event(stream)]);
        written.push(...events);
        writes.push(under.feed.write({ events }));
        if (round % 10 === 0) await new Promise(setImmediate);
      }
      await Promise.all(writes);
      await listener.until(() => listener.events.length >= written.length);
      for (const stream of streams)
        assert.deepEqual(
          listener.of(stream),
          written.filter((one) => one.stream === stream).map((one) => one.seq),
        );
      assert.equal(listener.events.length, written.length);
    });

    it('brings what is written from when follow has resolved on, and nothing from before', async () => {
      const stream = uuidv7();
      await under.feed.write({ events: [event(stream)] });
      const listener = new Listener();
      await under.other.follow(listener);
      // Nothing has been awaited since: what comes now must not be missed.
      const later = Array.from({ length: 3 }, () => event(stream));
      for (const one of later) await under.feed.write({ events: [one] });
      await listener.until(() => listener.events.length >= later.length);
      assert.deepEqual(listener.events, later);
    });

    it('brings to one who cares for no stream what everybody has to know', async () => {
      const listener = new Listener(() => false);
      await under.other.follow(listener);
      const stream = uuidv7();
      const joined = event(stream, { type: 'member.added', joined: [uuidv7()] });
      const left = event(stream, { type: 'member.removed', left: [uuidv7()] });
      const deletion = event(stream, { type: 'message.deleted', erased: 3 });
      const profile = event(uuidv7(), { type: 'profile.changed' });
      const told = answer();
      const gone = uuidv7();
      await under.feed.write({ events: [event(stream), joined, event(stream), left, deletion] });
      await under.feed.write({ events: [profile], answers: [told], erased: [gone] });
      const has = (one: StreamedEvent) => listener.events.some(({ id }) => id === one.id);
      await listener.until(
        () =>
          [joined, left, deletion, profile].every(has) &&
          listener.answers.length > 0 &&
          listener.erased.length > 0,
      );
      const structural = new Set([joined.seq, left.seq, deletion.seq]);
      assert.deepEqual(
        listener.of(stream).filter((seq) => structural.has(seq)),
        [...structural],
      );
      assert.deepEqual(listener.answers, [told]);
      assert.deepEqual(listener.erased, [gone]);
    });

    it('asks anew for each event whether somebody cares', async () => {
      const stream = uuidv7();
      let cares = false;
      const listener = new Listener(() => cares);
      await under.other.follow(listener);
      const mark = () => event(uuidv7(), { type: 'profile.changed' });
      const first = mark();
      await under.feed.write({ events: [event(stream), first] });
      await listener.until(() => listener.events.some(({ id }) => id === first.id));
      cares = true;
      const wanted = event(stream);
      await under.feed.write({ events: [wanted] });
      await listener.until(() => listener.events.some(({ id }) => id === wanted.id));
      assert.equal(listener.of(stream).at(-1), wanted.seq);
    });

    it('brings everything to every reader, until that one stops', async () => {
      const listeners = [new Listener(), new Listener(), new Listener()] as const;
      const [here, stopped, there] = listeners;
      await under.feed.follow(here);
      const following = await under.other.follow(stopped);
      await under.other.follow(there);
      const stream = uuidv7();
      const first = event(stream);
      await under.feed.write({ events: [first] });
      for (const one of listeners) await one.until(() => one.events.length > 0);
      await following.stop();
      const second = event(stream);
      await under.other.write({ events: [second] });
      for (const one of [here, there]) await one.until(() => one.events.length > 1);
      assert.deepEqual(here.events, [first, second]);
      assert.deepEqual(there.events, [first, second]);
      assert.deepEqual(stopped.events, [first]);
    });

    it('has nothing to say about nothing', async () => {
      const listener = new Listener();
      await under.other.follow(listener);
      await under.feed.write({});
      await under.feed.write({ events: [], answers: [], erased: [] });
      const only = event(uuidv7());
      await under.feed.write({ events: [only] });
      await listener.until(() => listener.events.length > 0);
      assert.deepEqual(listener.events, [only]);
    });

    it('brings a lot at once', async () => {
      const listener = new Listener();
      await under.other.follow(listener);
      const stream = uuidv7();
      const body = `{"text":"${'x'.repeat(4_000)}"}`;
      const events = Array.from({ length: 1_000 }, () => event(stream, { body }));
      await under.feed.write({ events });
      await listener.until(() => listener.events.length >= events.length);
      assert.deepEqual(
        listener.of(stream),
        events.map((one) => one.seq),
      );
    });

    it('brings nothing any more to readers of a feed that is closed', async (t) => {
      if (under.other === under.feed) return t.skip('one process has one feed');
      const closed = new Listener();
      const open = new Listener();
      await under.other.follow(closed);
      await under.feed.follow(open);
      await under.other.close();
      await under.feed.write({ events: [event(uuidv7())] });
      await open.until(() => open.events.length > 0);
      assert.equal(closed.events.length, 0);
    });
  });
}
