import type { AnyEvent } from '../../protocol/events.ts';
import type { AnswerOf } from './answers.ts';
import type { Asks } from './exchange.ts';
import { RefusedError } from './session.ts';

/** Hands out what the server has of one’s conversations, page by page, newest first. */
export async function list(
  client: Asks,
  took: (page: AnswerOf<'conversations.list'>) => Promise<void>,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page: AnswerOf<'conversations.list'> = await client.query('conversations.list', {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    await took(page);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

/** The events of a stream between two sequence numbers, as far as they are one’s to read. */
export async function between(
  client: Asks,
  stream: string,
  after: number,
  before: number,
): Promise<AnyEvent[]> {
  if (stream === client.user || stream === client.device) return []; // own streams come by the inbox alone
  const events: AnyEvent[] = [];
  for (let from = after; from < before - 1; ) {
    let page: AnswerOf<'messages.list'>;
    try {
      page = await client.query('messages.list', { conversation: stream, after: from, limit: 200 });
    } catch (error) {
      // Not ours to read, and never will be.
      if (error instanceof RefusedError && !error.refusal.retry) return events;
      throw error;
    }
    events.push(...(page.events as AnyEvent[]).filter((event) => event.seq < before));
    // Hidden messages may leave a page empty without its being the end.
    if (!page.more || page.last <= from) break;
    from = page.last;
  }
  return events;
}
