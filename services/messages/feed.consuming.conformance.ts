import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import type { Place } from './consuming.ts';
import type { Feed } from './feed.ts';
import { sampleEvent as event } from './fixtures/sample-event.ts';
import type { StreamedEvent } from './history.ts';

export interface ConsumingUnderTest {
  feed: Feed;
  /** The same event stream as another process has it; where there is only one process, the same feed. */
  other: Feed;
  /** Whether what is written while nobody consumes under a known name is there for the next one. */
  keeps: boolean;
  /** What was passed over, by either of the two: the consumer's name and the event's id. */
  passedOver: [name: string, event: string][];
  /** Releases everything, what was written too. */
  dispose(): Promise<void>;
}

/** A handler that keeps what it gets, and can be waited for; `fails` decides before each batch. */
class Handling {
  readonly events: StreamedEvent[] = [];
  calls = 0;
  /** Resolves before the handler does what it does. */
  gate: Promise<void> = Promise.resolve();
  /** What of a batch makes it be kept. */
  keeps: (event: StreamedEvent) => boolean = () => false;
  /** Lets go of what was kept. */
  readonly releases: (() => void)[] = [];
  readonly #fails: (events: StreamedEvent[], call: number) => unknown;
  #waiting: { holds: () => boolean; resolve: () => void }[] = [];

  constructor(fails: (events: StreamedEvent[], call: number) => unknown = () => null) {
    this.#fails = fails;
  }

  readonly handle = async (events: StreamedEvent[], place: Place): Promise<void> => {
    const call = ++this.calls;
    this.#look();
    await this.gate;
    const error = this.#fails(events, call);
    if (error) throw error;
    if (events.some((event) => this.keeps(event))) this.releases.push(place.keep());
    this.events.push(...events);
    this.#look();
  };

  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }));
  }

  has(one: StreamedEvent): boolean {
    return this.events.some(({ id }) => id === one.id);
  }

  of(stream: string): number[] {
    return this.events.filter((one) => one.stream === stream).map((one) => one.seq);
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ holds, resolve }) => !holds() || resolve());
  }
}

const away = () => new Refused('unavailable', 'test');

/** So many events of one stream. */
function one(count: number): StreamedEvent[] {
  const stream = uuidv7();
  return Array.from({ length: count }, () => event(stream));
}

/** What every adapter promises of durable consumers. `open` gives a stream that nobody else writes to. */
export function feedConsumingConformance(adapter: string, open: () => Promise<ConsumingUnderTest>): void {
  describe(`Feed consuming conformance: ${adapter}`, () => {
    let under: ConsumingUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.dispose());

    it('brings every event whole, once where nothing fails, in order within each stream', async () => {
      const handling = new Handling();
      const consuming = await under.other.consume('one', handling.handle);
      const streams = Array.from({ length: 4 }, () => uuidv7());
      const written = Array.from({ length: 25 }, () =>
        streams.map((stream) => event(stream, { joined: [uuidv7()], body: '{"text":"\u2028 two\\nlines"}' })),
      );
      for (const events of written) await under.feed.write({ events });
      const all = written.flat();
      await handling.until(() => handling.events.length >= all.length);
      await consuming.stop();
      assert.equal(handling.events.length, all.length);
      for (const stream of streams)
        assert.deepEqual(
          handling.events.filter((one) => one.stream === stream),
          all.filter((one) => one.stream === stream),
        );
      assert.equal(consuming.lag, 0);
    });

    it('starts with what is written from its first use on', async () => {
      const before = event(uuidv7());
      await under.feed.write({ events: [before] });
      const handling = new Handling();
      await under.other.consume('one', handling.handle);
      const after = event(before.stream);
      await under.feed.write({ events: [after] });
      await handling.until(() => handling.has(after));
      assert.deepEqual(handling.events, [after]);
    });

    it('brings the same again when the handler fails, and what is behind it after that', async () => {
      const handling = new Handling((_, call) => (call <= 2 ? away() : null));
      const consuming = await under.feed.consume('one', handling.handle);
      const stream = uuidv7();
      const events = Array.from({ length: 6 }, () => event(stream));
      const writes = events.map((one) => under.feed.write({ events: [one] }));
      await handling.until(() => events.every((one) => handling.has(one)));
      await Promise.all(writes);
      await consuming.stop();
      // Which of them a failed batch had is the adapter's; what was handled is in order all the same.
      assert.deepEqual(
        handling.of(stream),
        events.map(({ seq }) => seq),
      );
      assert.ok(handling.calls > 2);
    });

    it('brings everything to every name, whatever becomes of the others', async () => {
      const first = new Handling();
      const second = new Handling((_, call) => (call === 1 ? away() : null));
      await under.feed.consume('one', first.handle);
      await under.other.consume('two', second.handle);
      const events = Array.from({ length: 5 }, () => event(uuidv7()));
      await under.feed.write({ events });
      for (const one of [first, second]) await one.until(() => events.every((each) => one.has(each)));
      assert.equal(first.events.length, events.length);
      assert.equal(second.events.length, events.length);
    });

    it('brings each event to one of those who share a name', async () => {
      const here = new Handling();
      const there = new Handling();
      await under.feed.consume('one', here.handle);
      await under.other.consume('one', there.handle);
      const events = Array.from({ length: 40 }, () => event(uuidv7()));
      for (const one of events) await under.feed.write({ events: [one] });
      const reached = () => events.every((one) => here.has(one) || there.has(one));
      await Promise.race([here.until(reached), there.until(reached)]);
      // A share that changes hands may bring what was just handled once more, never to two at a time.
      assert.ok(here.events.length + there.events.length >= events.length);
    });

    it('has another go on when one stops, without anything left out', async () => {
      const here = new Handling();
      const there = new Handling();
      const consuming = await under.feed.consume('one', here.handle);
      await under.other.consume('one', there.handle);
      const stream = uuidv7();
      const first = event(stream);
      await under.feed.write({ events: [first] });
      await Promise.race([here.until(() => here.has(first)), there.until(() => there.has(first))]);
      await consuming.stop();
      const calls = here.calls;
      const later = Array.from({ length: 10 }, () => event(stream));
      for (const one of later) await under.feed.write({ events: [one] });
      await there.until(() => later.every((one) => there.has(one)));
      assert.equal(here.calls, calls);
      assert.deepEqual(
        there.of(stream).filter((seq) => seq !== first.seq),
        later.map(({ seq }) => seq),
      );
    });

    it('has what its handler is at handled before a stop resolves, and nothing after', async () => {
      const handling = new Handling();
      const gate = Promise.withResolvers<void>();
      handling.gate = gate.promise;
      const consuming = await under.feed.consume('one', handling.handle);
      const one = event(uuidv7());
      const written = under.feed.write({ events: [one] });
      await handling.until(() => handling.calls === 1);
      assert.ok(consuming.lag >= 1);
      let stopped = false;
      const stopping = consuming.stop().then(() => {
        stopped = true;
      });
      await new Promise(setImmediate);
      assert.equal(stopped, false);
      gate.resolve();
      await stopping;
      await written;
      assert.deepEqual(handling.events, [one]);
      await under.feed.write({ events: [event(uuidv7())] });
      assert.equal(handling.calls, 1);
    });

    it('keeps for a name what is written while nobody consumes under it', async (t) => {
      if (!under.keeps) return t.skip('nothing is written without its consumers');
      const first = new Handling();
      const consuming = await under.feed.consume('one', first.handle);
      const stream = uuidv7();
      const before = event(stream);
      await under.feed.write({ events: [before] });
      await first.until(() => first.has(before));
      await consuming.stop();
      const meanwhile = Array.from({ length: 3 }, () => event(stream));
      for (const one of meanwhile) await under.feed.write({ events: [one] });
      const second = new Handling();
      await under.other.consume('one', second.handle);
      await second.until(() => meanwhile.every((one) => second.has(one)));
      assert.deepEqual(
        second.of(stream).filter((seq) => seq > before.seq),
        meanwhile.map(({ seq }) => seq),
      );
    });

    it('brings what the handler keeps again to whoever consumes next, with what is behind it, and nothing before it', async (t) => {
      if (!under.keeps) return t.skip('nothing is written without its consumers');
      const [before, kept, behind] = one(3);
      const first = new Handling();
      first.keeps = ({ id }) => id === kept!.id;
      const consuming = await under.feed.consume('one', first.handle);
      for (const each of [before!, kept!, behind!]) {
        await under.feed.write({ events: [each] });
        await first.until(() => first.has(each));
      }
      await consuming.stop();
      assert.equal(consuming.lag, 0);
      const second = new Handling();
      await under.other.consume('one', second.handle);
      await second.until(() => second.has(behind!));
      assert.deepEqual(second.of(before!.stream), [kept!.seq, behind!.seq]);
    });

    it('brings what is not kept any more to nobody', async (t) => {
      if (!under.keeps) return t.skip('nothing is written without its consumers');
      const [kept, behind, last] = one(3);
      const first = new Handling();
      first.keeps = ({ id }) => id === kept!.id;
      const consuming = await under.feed.consume('one', first.handle);
      for (const each of [kept!, behind!]) {
        await under.feed.write({ events: [each] });
        await first.until(() => first.has(each));
      }
      for (const release of first.releases) release();
      await consuming.stop();
      await under.feed.write({ events: [last!] });
      const second = new Handling();
      await under.other.consume('one', second.handle);
      await second.until(() => second.has(last!));
      assert.deepEqual(second.events, [last]);
    });

    it('passes over the event that its handler fails on by a mistake, says so, and brings all the others', async () => {
      const events = [...one(3), ...one(2)];
      const bad = events[1]!;
      const handling = new Handling(
        (some) => some.some(({ id }) => id === bad.id) && new TypeError('x is not y'),
      );
      const others = new Handling();
      const consuming = await under.other.consume('one', handling.handle);
      await under.other.consume('two', others.handle);
      await under.feed.write({ events });
      await handling.until(() => events.every((each) => each === bad || handling.has(each)));
      await others.until(() => events.every((each) => others.has(each)));
      await consuming.stop();
      assert.deepEqual(under.passedOver, [['one', bad.id]]);
      assert.equal(handling.has(bad), false);
      assert.deepEqual(
        handling.of(bad.stream),
        [events[0]!, events[2]!].map(({ seq }) => seq),
      );
      // It is behind it for good.
      assert.equal(consuming.lag, 0);
    });

    it('passes nothing over while what it needs is away, however often it fails, alone or with others', async () => {
      const [first, last] = one(2);
      const handling = new Handling((some, call) => {
        // A mistake among the trouble does not make it one.
        if (call <= 7) return call === 3 ? new TypeError('x is not y') : new Refused('rate_limited');
        return call <= 14 && some.some(({ id }) => id === first!.id) ? away() : null;
      });
      await under.other.consume('one', handling.handle);
      await under.feed.write({ events: [first!, last!] });
      await handling.until(() => handling.has(first!) && handling.has(last!));
      assert.deepEqual(under.passedOver, []);
      assert.deepEqual(handling.of(first!.stream), [first!.seq, last!.seq]);
    });

    it('brings what was not handled to whoever consumes next', async (t) => {
      if (!under.keeps) return t.skip('nothing is written without its consumers');
      const failing = new Handling(() => away());
      const consuming = await under.feed.consume('one', failing.handle);
      const one = event(uuidv7());
      await under.feed.write({ events: [one] });
      await failing.until(() => failing.calls > 0);
      await consuming.stop();
      const second = new Handling();
      await under.other.consume('one', second.handle);
      await second.until(() => second.has(one));
    });
  });
}
