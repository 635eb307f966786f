import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors } from '../../services/messages/cursors.ts';
import type { Head, History, Range } from '../../services/messages/history.ts';
import { pauseMs } from './pauses.ts';
import { Turns, type Waiting } from './turns.ts';

/** Loads at once: the others wait, so that a storm of reconnects does not starve those who are connected. */
const MOST_LOADS = 16;
/** Devices whose cursors could not be read, that ask again at once. */
const MOST_ASKING_AGAIN = 4;
/** Heads a read: each brings the newest message of its stream with it. */
const HEADS = 200;

/** A user's and a device's own streams are theirs from the first event on. */
const EVERYTHING: Range[] = [{ from: 1, to: null }];

export interface Start {
  stream: string;
  ranges: Range[];
}

export interface LoadingParts {
  memberships: Memberships;
  cursors: Cursors;
  history: History;
  onError: (error: unknown) => void;
}

/**
 * Loads where a device stands, a bounded number of devices at once, in the order they came. What belongs to more than one read waits
 * for its turn again after each: a device in thousands of streams does not hold the others up.
 */
export class Loading {
  readonly #parts: LoadingParts;
  readonly #turns = new Turns(MOST_LOADS);
  readonly #askingAgain = new Turns(MOST_ASKING_AGAIN);
  /** The store of cursors did not answer a moment ago: who connects does not wait to see it fail once more. */
  #cursorsAway = false;
  #failures = 0;

  constructor(parts: LoadingParts) {
    this.#parts = parts;
  }

  /**
   * Every stream of the device: the own ones, and the conversations of its user; and its stored cursors, null when they cannot be
   * read now. Undefined: it is gone.
   */
  starts(
    user: string,
    device: string,
    waiting: Waiting,
  ): Promise<{ streams: Start[]; cursors: ReadonlyMap<string, number> | null } | undefined> {
    return this.#turns.runFor(waiting, async () => {
      const [delivered, cursors] = await Promise.all([
        this.#parts.memberships.delivered(user),
        this.#cursorsAway ? null : this.#cursorsOf(device).catch(() => null),
      ]);
      const own = [user, device].map((stream) => ({ stream, ranges: EVERYTHING }));
      const conversations = delivered.map(({ conversation, ranges }) => ({
        stream: conversation,
        ranges: ranges.map((range) => ({ ...range })),
      }));
      return { streams: [...own, ...conversations], cursors };
    });
  }

  /** What a start could not read. Undefined: the device is gone. */
  cursors(device: string, waiting: Waiting): Promise<ReadonlyMap<string, number> | undefined> {
    return this.#askingAgain.runFor(waiting, () => this.#cursorsOf(device));
  }

  /** As the directory has them now. Undefined: the device is gone. */
  memberships(
    user: string,
    waiting: Waiting,
  ): Promise<{ conversation: string; ranges: Range[] }[] | undefined> {
    return this.#turns.runFor(waiting, () => this.#parts.memberships.delivered(user));
  }

  /** Those of the streams that are not empty, a number of them at a time. */
  async heads(streams: string[], waiting: Waiting, each: (head: Head) => void): Promise<void> {
    for (let at = 0; at < streams.length && !waiting.closed; at += HEADS) {
      const some = streams.slice(at, at + HEADS);
      const heads = await this.#turns.runFor(waiting, () => this.#parts.history.heads(some));
      for (const head of heads?.values() ?? []) each(head);
    }
  }

  async #cursorsOf(device: string): Promise<Map<string, number>> {
    try {
      const cursors = await this.#parts.cursors.ofDevice(device);
      this.#cursorsAway = false;
      this.#failures = 0;
      return cursors;
    } catch (error) {
      this.#parts.onError(error);
      if (!this.#cursorsAway) {
        this.#cursorsAway = true;
        setTimeout(
          () => {
            this.#cursorsAway = false;
          },
          pauseMs(++this.#failures),
        ).unref();
      }
      throw error;
    }
  }
}

/** Where a device without a stored cursor begins: one that was there before its user joined, where the user joined. */
export function beginning(ranges: readonly Range[]): number {
  return (ranges[0]?.from ?? 1) - 1;
}
