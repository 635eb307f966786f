import assert from 'node:assert/strict';
import { type Account, request } from './account.ts';
import type { Payload } from './device.ts';
import type { Reachable } from './server.ts';

/** The whole stream over HTTP, page by page from the first event on; its numbers are checked to have no gap. */
export async function history(
  server: Reachable,
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
  server: Reachable,
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
  server: Reachable,
  reader: Account,
  conversation: string,
  query: string,
): Promise<Payload> {
  const path = `/messages/${conversation}?${query}`;
  const response = await request(server, 'GET', path, undefined, reader.accessToken);
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

/** A message that the server has accepted, and who may read it. */
export interface Acknowledged {
  id: string;
  conversation: string;
  reader: Account;
}

/**
 * Which of these are not in history exactly once. What was accepted and not numbered yet is numbered after the start: so it is looked
 * for until it is there, for a while.
 */
export async function missing(server: Reachable, wanted: Acknowledged[]): Promise<string[]> {
  const readers = new Map(wanted.map(({ conversation, reader }) => [conversation, reader]));
  for (const deadline = Date.now() + 10_000; ; ) {
    const stored: string[] = [];
    for (const [conversation, reader] of readers)
      for (const { id } of await history(server, reader, conversation)) stored.push(id);
    assert.equal(new Set(stored).size, stored.length, 'a command made two events');
    const there = new Set(stored);
    const lost = wanted.filter(({ id }) => !there.has(id)).map(({ id }) => id);
    if (lost.length === 0 || Date.now() > deadline) return lost;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
