import type { StreamedEvent } from './history.ts';
import type { EventStream } from './pipeline.ts';

/** The events of the feed, for those who listen in this process. */
export class LiveStream implements EventStream {
  readonly #listeners = new Set<(events: StreamedEvent[]) => void>();

  subscribe(listener: (events: StreamedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(events: StreamedEvent[]): void {
    if (events.length === 0) return;
    for (const listener of this.#listeners) listener(events);
  }
}
