import assert from 'node:assert/strict';
import { type Account, request } from './account.ts';
import type { Payload } from './device.ts';
import type { Server } from './server.ts';

/** The whole stream over HTTP, page by page from the first event on; its numbers are checked to have no gap. */
export async function history(
  server: Server,
  reader: Account,
  conversation: string,
  limit = 200,
): Promise<Payload[]> {
  const all: Payload[] = [];
  for (let after = 0; ; ) {
    const page = await readPage(server, reader, conversation, `after=${after}&limit=${limit}`);
    if (page.events.length === 0) return all;
    for (const event of page.events) {
      assert.equal(event.seq, all.length + 1, `a gap in ${conversation}`);
      all.push(event);
    }
    after = page.last;
  }
}

/** The same from the newest event back. */
export async function historyBackwards(
  server: Server,
  reader: Account,
  conversation: string,
  limit = 200,
): Promise<Payload[]> {
  const all: Payload[] = [];
  for (let before: number | null = null; ; ) {
    const at: string = before === null ? '' : `before=${before}&`;
    const page = await readPage(server, reader, conversation, `${at}limit=${limit}`);
    all.unshift(...page.events);
    if (page.events.length === 0 || page.first === 1) return all;
    before = page.first;
  }
}

async function readPage(
  server: Server,
  reader: Account,
  conversation: string,
  query: string,
): Promise<Payload> {
  const path = `/messages/${conversation}?${query}`;
  const response = await request(server, 'GET', path, undefined, reader.accessToken);
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}
