import type { Place } from './consuming.ts';
import type { FeedHandler } from './feed.ts';
import type { StreamedEvent } from './history.ts';
import { isPassingTrouble } from './passing-trouble.ts';

export interface PassingOverOptions {
  /** How often a handler may fail for a reason of its own before what it cannot take is passed over. Default 5. */
  mostFailures?: number | undefined;
  onPassedOver(event: StreamedEvent, error: unknown): void;
}

const MOST_FAILURES = 5;

/**
 * A handler whose mistakes stop nobody: whoever calls it repeats a batch that failed, after a pause. Trouble that passes is thrown on, however
 * often. Of a batch that failed too often for another reason each event is tried by itself, and one that fails too often by itself is passed over.
 */
export function passingOver(handler: FeedHandler, options: PassingOverOptions): FeedHandler {
  const { mostFailures = MOST_FAILURES, onPassedOver } = options;
  /** What fails: an event by itself, or a batch by its first event. */
  let failing: { first: StreamedEvent; alone: boolean; count: number } | null = null;
  /** Of a batch whose events are tried one by one: those that are done with. */
  let done = new Set<StreamedEvent>();

  /** @throws {unknown} as long as it is to be tried again */
  function failed(error: unknown, first: StreamedEvent, alone: boolean): void {
    if (isPassingTrouble(error)) throw error;
    if (failing?.first !== first || failing.alone !== alone) failing = { first, alone, count: 0 };
    if (++failing.count < mostFailures) throw error;
  }

  async function oneByOne(events: readonly StreamedEvent[], place: Place): Promise<void> {
    for (const event of events) {
      if (done.has(event)) continue;
      try {
        await handler([event], place);
      } catch (error) {
        failed(error, event, true);
        onPassedOver(event, error);
      }
      done.add(event);
    }
    done = new Set();
    failing = null;
  }

  return async (events, place) => {
    const [first] = events;
    if (first === undefined) return;
    // Again, of a batch of which some have been tried already.
    if (failing?.alone || done.size > 0) return oneByOne(events, place);
    try {
      await handler(events, place);
      failing = null;
    } catch (error) {
      failed(error, first, false);
      await oneByOne(events, place);
    }
  };
}
