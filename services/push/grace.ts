import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { Reach } from './reach.ts';
import type { PushEvents } from './store.ts';

/**
 * Sees, a while after a message, whether the devices that were connected have acknowledged it. In memory, so that a message to people who are all
 * there writes nothing: a process that is killed forgets what it watched, at most `push.graceSeconds` of messages to devices that seemed connected.
 */
export interface Grace {
  /** Everybody who can be reached is connected now; the device of one may not be there any more. */
  watch(conversation: string, seq: number): void;
  start(): void;
  /** What is watched is looked at by whoever works next. */
  stop(): Promise<void>;
}

interface Watched {
  first: { seq: number; at: number };
  latest: { seq: number; at: number };
}

const PAGE = 500;
const LOOK_MS = 1_000;
/** Above this the oldest is looked at early. */
const MOST_WATCHED = 50_000;

export function createGrace(parts: {
  store: Pick<PushEvents, 'noteEvents'>;
  conversations: Pick<ConversationStore, 'membersAtPage'>;
  cursors: Pick<Cursors, 'receiptsOf'>;
  reach: Reach;
  clock: Clock;
  logger: Logger;
  /** 0: none. */
  graceMs: number;
  onNoted(): void;
}): Grace {
  const { store, conversations, cursors, reach, clock, logger, graceMs, onNoted } = parts;
  /** The longest watched first. */
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  /** Somebody who can be reached has not acknowledged it. */
  async function isBehind(conversation: string, seq: number): Promise<boolean> {
    for (let after = ''; ; ) {
      const page = await conversations.membersAtPage(conversation, seq, after, PAGE);
      const users = [...(await reach.among(page))];
      const receipts = await cursors.receiptsOf(conversation, users);
      if (users.some((user) => (receipts.get(user)?.delivered ?? 0) < seq)) return true;
      if (page.length < PAGE) return false;
      after = page.at(-1)!;
    }
  }

  const late = (conversation: string, { seq, at }: Watched['first']) => ({
    ...{ conversation, seq, kind: 'message' as const, time: at, late: true },
  });

  async function look(): Promise<void> {
    const now = clock.now();
    for (const [conversation, one] of watched) {
      if (stopped) return;
      if (one.first.at + graceMs > now && watched.size <= MOST_WATCHED) return;
      const { first } = one;
      // Who sent it has a cursor behind it too, until they get it themselves: that they are looked at costs one look, no notification.
      if (await isBehind(conversation, first.seq)) {
        await store.noteEvents([late(conversation, first)], now);
        onNoted();
      }
      watched.delete(conversation);
      if (one.latest.seq > first.seq) watched.set(conversation, { first: one.latest, latest: one.latest });
    }
  }

  return {
    watch(conversation, seq) {
      if (graceMs === 0) return;
      const now = { seq, at: clock.now() };
      const one = watched.get(conversation);
      if (one === undefined) watched.set(conversation, { first: now, latest: now });
      else if (seq > one.latest.seq) one.latest = now;
    },

    start() {
      let busy = false;
      timer = setInterval(() => {
        if (busy || watched.size === 0) return;
        busy = true;
        looking = look()
          .catch((error: unknown) =>
            logger.warn({ err: error }, 'who has acknowledged could not be seen: again soon'),
          )
          .finally(() => {
            busy = false;
          });
      }, LOOK_MS).unref();
    },

    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
      const rest = [...watched].flatMap(([conversation, { first, latest }]) =>
        (first.seq === latest.seq ? [first] : [first, latest]).map((one) => late(conversation, one)),
      );
      watched.clear();
      const dueAt = clock.now() + graceMs;
      await store.noteEvents(rest, dueAt).catch((error: unknown) => {
        logger.warn({ err: error, count: rest.length }, 'what was watched could not be written down');
      });
    },
  };
}
