import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { Place } from '../messages/consuming.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { Reach } from './reach.ts';
import type { PushEvents } from './store.ts';

/**
 * Sees, a while after a message, whether the devices that were connected have acknowledged it. In memory, so that a message to people who are all
 * there writes nothing. What is watched is kept in the event stream instead: when this process is killed it comes again, to whoever works next,
 * and is watched anew.
 */
export interface Grace {
  /**
   * Everybody who can be reached is connected now; the device of one may not be there any more. A later one of the conversation stands for those
   * between it and the first: what is acknowledged is a prefix.
   */
  watch(conversation: string, seq: number, place: Pick<Place, 'keep'>): void;
  start(): void;
  /** What is watched is written down for whoever works next, and need not come again. Once more for what comes after that. */
  stop(): Promise<void>;
}

interface Mark {
  seq: number;
  at: number;
  /** It need not come again. */
  release(): void;
}

interface Watched {
  first: Mark;
  /** The same as `first`: there is no later one. */
  latest: Mark;
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

  const late = (conversation: string, { seq, at }: Mark) => ({
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
      if (one.latest !== first) watched.set(conversation, { first: one.latest, latest: one.latest });
      first.release();
    }
  }

  return {
    watch(conversation, seq, place) {
      if (graceMs === 0) return;
      const mark = { seq, at: clock.now(), release: place.keep() };
      const one = watched.get(conversation);
      if (one === undefined) watched.set(conversation, { first: mark, latest: mark });
      else if (seq > one.latest.seq) {
        if (one.latest !== one.first) one.latest.release();
        one.latest = mark;
      } else keptAgain(one, mark);
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
        (first === latest ? [first] : [first, latest]).map((mark) => ({ conversation, mark })),
      );
      watched.clear();
      const dueAt = clock.now() + graceMs;
      try {
        await store.noteEvents(
          rest.map(({ conversation, mark }) => late(conversation, mark)),
          dueAt,
        );
        for (const { mark } of rest) mark.release();
      } catch (error) {
        logger.warn(
          { err: error, count: rest.length },
          'what was watched could not be written down: it comes again',
        );
      }
    },
  };
}

/**
 * An event that is not newer than what is watched: the partition was dealt anew, and what it was kept by is gone. Those between the two are told by the
 * later one, those before the first have been looked at.
 */
function keptAgain({ first, latest }: Watched, { seq, release }: Mark): void {
  const same = [latest, first].find((mark) => mark.seq === seq);
  if (same === undefined) return release();
  const before = same.release;
  same.release = () => {
    before();
    release();
  };
}
