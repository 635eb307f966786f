import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors } from '../../services/messages/cursors.ts';
import type { Head, History, Range } from '../../services/messages/history.ts';
import { Turns } from './turns.ts';

/** Loads at once: the others wait, so that a storm of reconnects does not starve those who are connected. */
const MOST_LOADS = 16;
/** Heads a read: each brings the newest message of its stream with it. */
const HEADS = 200;

/** A user's and a device's own streams are theirs from the first event on. */
const EVERYTHING: Range[] = [{ from: 1, to: null }];

export interface Start {
  stream: string;
  ranges: Range[];
  cursor: number;
}

/** Loads where a device stands, a bounded number of devices at once, in the order they came. */
export class Loading {
  readonly #memberships: Memberships;
  readonly #cursors: Cursors;
  readonly #history: History;
  readonly #turns = new Turns(MOST_LOADS);

  constructor(memberships: Memberships, cursors: Cursors, history: History) {
    this.#memberships = memberships;
    this.#cursors = cursors;
    this.#history = history;
  }

  /** Every stream of the device with its cursor: the own ones, and the conversations of its user. */
  starts(user: string, device: string): Promise<Start[]> {
    return this.#turns.run(async () => {
      const [delivered, cursors] = await Promise.all([
        this.#memberships.delivered(user),
        this.#cursors.ofDevice(device),
      ]);
      const own = [user, device].map((stream) => ({
        stream,
        ranges: EVERYTHING,
        cursor: cursors.get(stream) ?? 0,
      }));
      const conversations = delivered.map(({ conversation, ranges }) => ({
        stream: conversation,
        ranges: ranges.map((range) => ({ ...range })),
        // A device that was there before its user joined has no cursor: it begins where the user joined.
        cursor: cursors.get(conversation) ?? (ranges[0]?.from ?? 1) - 1,
      }));
      return [...own, ...conversations];
    });
  }

  /** Those of the streams that are not empty, a number of them at a time. */
  async heads(streams: string[], each: (head: Head) => void): Promise<void> {
    for (let at = 0; at < streams.length; at += HEADS) {
      const some = streams.slice(at, at + HEADS);
      const heads = await this.#turns.run(() => this.#history.heads(some));
      for (const head of heads.values()) each(head);
    }
  }
}
