import type { RunningDelivery } from '../broker/delivery/create.ts';
import type { FeedReader } from '../services/messages/feed.ts';
import type { StreamedEvent } from '../services/messages/history.ts';
import type { Front } from '../services/messages/index.ts';
import type { LiveStream } from '../services/messages/live-stream.ts';
import { answerPayload } from '../services/messages/pipeline/answer-payload.ts';
import type { Projection } from '../services/messages/pipeline/projection.ts';

/** What this process does with the event stream, in this order: nobody is told before what they ask then is right. */
export function createReader(parts: {
  front: Front;
  delivery: RunningDelivery;
  stream: LiveStream;
  /** Null: what caches hold is made old where it is applied, which is here. */
  projection: Projection | null;
  /** Null: there are no connections here. */
  revoked: ((events: readonly StreamedEvent[]) => void) | null;
  forgetAll(): void;
}): FeedReader {
  const { front, delivery, stream, projection, revoked, forgetAll } = parts;
  return {
    wants: (id) => delivery.wants(id) || front.wants(id),
    read(tidings) {
      const { events = [], answers = [], erased = [] } = tidings;
      if (projection !== null) for (const event of events) projection.forgetStale(event);
      for (const id of erased) delivery.erased(id);
      stream.tell(events);
      revoked?.(events);
      for (const answer of answers) delivery.toDevice(answer.to, answerPayload(answer));
      front.read(tidings);
    },
    onGap() {
      forgetAll();
      delivery.gap();
    },
  };
}
