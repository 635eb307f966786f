import { signal } from '@preact/signals';
import { render } from 'preact';
import '../../ui/tokens.css';
import '../../ui/base.css';
import {
  ChatStore,
  type ConversationWindow,
  DunlinClient,
  type Session,
  type Sessions,
} from '../../../sdk/index.ts';
import { openIndexedDbStorage } from '../../../sdk/indexeddb.ts';
import { keysOf } from '../../../sdk/store/keys.ts';
import { ConversationPane } from '../../app/conversation/pane.tsx';
import type { LookOptions, View, Where } from '../../chat/chat.ts';
import * as fakes from '../../chat/fixtures/fake-chat.ts';

const ID = '01900000-0000-7000-8000-000000000001';
const ME = 'user-me';
const ANNA = 'user-anna';
/** Entries that are written at a time. */
const BATCH = 5_000;

/** Fills a real store in IndexedDB, and shows it: all work is in this one thread, more than an app has in its own. */
async function fill(count: number): Promise<void> {
  const storage = await openIndexedDbStorage('web-scroll');
  const keys = keysOf(ME);
  const time = (seq: number) => Date.now() - (count - seq) * 47_000;
  for (let from = 1; from <= count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from + 1) }, (_, at): [string, string] => {
      const seq = from + at;
      const entry = fakes.fakeMessage({
        key: `message-${seq}`,
        seq,
        conversation: ID,
        sender: (seq * 7) % 5 < 2 ? ME : ANNA,
        time: time(seq),
        content: { type: 'text', text: textOf(seq) },
        replyTo: seq % 17 === 0 ? seq - 3 : null,
        reactions: seq % 23 === 0 ? [{ emoji: '👍', count: 1, users: [ANNA] }] : [],
        edited: seq % 31 === 0 ? { at: time(seq) + 1_000, count: 1 } : null,
      });
      return [keys.entry(ID, seq), JSON.stringify(entry)];
    });
    await storage.write(rows);
  }
  const shown = fakes.fakeConversation(ID, { peer: ANNA, head: count, read: count, time: time(count) });
  const kept = { shown, ranges: [[1, count]], live: count, counted: count };
  await storage.write([
    [keys.conversation(ID), JSON.stringify(kept)],
    [
      keys.receipts(ID),
      JSON.stringify({ [ANNA]: { delivered: count, read: count, deliveredAt: 0, readAt: 0 } }),
    ],
  ]);
  const client = new DunlinClient({
    url: 'none:',
    session: { user: ME, device: 'device' } as Session,
    sessions: {} as Sessions,
    storage,
    transport: () => ({ session: { user: ME, device: 'device' }, open() {}, async close() {} }) as never,
  });
  const store = new ChatStore({ client, storage });
  await store.open();
  const chat = new fakes.FakeChat({ user: ME, username: 'me', device: 'device' });
  chat.status.value = 'offline';
  (chat.person(ANNA) as { value: unknown }).value = fakes.fakePerson(ANNA, 'Anna Sand');
  let view: View | null = null;
  chat.look = (async (where: Where, options: LookOptions) => {
    view = viewOf(await store.look(where, options));
    return view;
  }) as typeof chat.look;
  render(
    <ConversationPane
      chat={chat}
      where={{ conversation: ID }}
      onBack={() => {}}
      onOpen={() => {}}
      onDetails={() => {}}
    />,
    document.getElementById('app')!,
  );
  Object.assign(globalThis, { jump: (seq: number) => view!.jump(seq), latest: () => view!.latest() });
}

/** A window as a page sees it. */
function viewOf(window: ConversationWindow): View {
  const entries = signal(window.entries);
  const atStart = signal(window.atStart);
  const atEnd = signal(window.atEnd);
  const take = () => {
    entries.value = window.entries;
    atStart.value = window.atStart;
    atEnd.value = window.atEnd;
  };
  window.on('change', take);
  const then = <R,>(done: Promise<R>) => done.finally(take);
  return {
    conversation: signal(window.conversation),
    entries,
    receipts: signal({}),
    atStart,
    atEnd,
    older: () => then(window.older()),
    newer: () => then(window.newer()),
    latest: () => then(window.latest()),
    jump: (seq) => then(window.jump(seq)),
    close: () => window.close(),
  };
}

const WORDS =
  'the tide comes in and the small birds run before it along the sand looking for what it leaves'.split(' ');
function textOf(seq: number): string {
  const length = seq % 40 === 0 ? 120 : 1 + ((seq * 13) % 29);
  const words = Array.from({ length }, (_, at) => WORDS[(seq + at * at) % WORDS.length]);
  if (seq % 19 === 0) words.push('https://example.org/tides/today');
  if (seq % 11 === 0) words[0] = `*${words[0]}*`;
  return words.join(' ');
}

Object.assign(globalThis, { fill, chat: true });
