import type { StreamedEvent } from './history.ts';
import type { MessagesClient } from './sqlite/client.ts';

/** However much was stored in the time that is asked for. */
const MOST = 100_000;
const PAGE = 200;

/** What was stored in the last `ms` milliseconds in which anything was, in that order, a page at a time. @throws {Refused} as storage does */
export async function* recentEvents(client: MessagesClient, ms: number): AsyncGenerator<StreamedEvent[]> {
  const start = await client.read('recent.start', { ms, most: MOST });
  for (let n: number | null = start; ; ) {
    const page: { events: StreamedEvent[]; last: number | null } = await client.read('recent.read', {
      n,
      limit: PAGE,
    });
    if (page.last === null) return;
    n = page.last;
    yield page.events;
  }
}
