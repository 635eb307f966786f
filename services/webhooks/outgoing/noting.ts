import type { StreamedEvent } from '../../messages/history.ts';
import type { WebhookStore } from './store.ts';

/** The durable consumer of the event stream: writes down what has to be told, and nothing else. */
export interface Noting {
  /** @throws {Refused} as storage does; then the same events are to come again */
  handle(events: readonly StreamedEvent[]): Promise<void>;
  /** Before a webhook is added in this process. */
  expect(): void;
}

export function createNoting(parts: {
  store: Pick<WebhookStore, 'hasWebhooks' | 'listening' | 'noteEvents'>;
  clock: { now(): number };
  /** Other processes may add webhooks: whether there are any is asked each time. */
  shared: boolean;
  /** Called when there is something to tell. */
  onNoted(): void;
}): Noting {
  const { store, clock, shared, onNoted } = parts;
  /** Where nobody has a webhook, which is most often, an event costs nothing. Null: not known. */
  let any: boolean | null = null;

  return {
    expect() {
      any = true;
    },

    async handle(events) {
      if (shared) any = true;
      if (any === null) {
        const found = await store.hasWebhooks();
        // One may have been added meanwhile.
        any ??= found;
      }
      if (!any) return;
      const listening = await store.listening([...new Set(events.map(({ stream }) => stream))]);
      const entries = listening.flatMap(({ webhook, stream, events: types }) => {
        const seqs = events
          .filter((one) => one.stream === stream && types.includes(one.type))
          .map(({ seq }) => seq);
        if (seqs.length === 0) return [];
        return [{ webhook, stream, first: Math.min(...seqs), last: Math.max(...seqs) }];
      });
      if (entries.length === 0) return;
      await store.noteEvents(entries, clock.now());
      onNoted();
    },
  };
}
