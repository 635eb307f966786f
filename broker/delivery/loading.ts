import type { Memberships } from '../../services/conversations/memberships.ts';
import type { Cursors } from '../../services/messages/cursors.ts';
import type { History, Range } from '../../services/messages/history.ts';

/** Starts of devices at once: the others wait, so that a storm of reconnects does not starve those who are connected. */
const MOST_STARTS = 16;

export interface Start {
  streams: { stream: string; ranges: Range[]; cursor: number }[];
}

/** Loads where a device stands, a bounded number of devices at once, in the order they came. */
export class Loading {
  readonly #memberships: Memberships;
  readonly #cursors: Cursors;
  readonly #history: History;
  readonly #waiting: (() => void)[] = [];
  #starts = 0;

  constructor(memberships: Memberships, cursors: Cursors, history: History) {
    this.#memberships = memberships;
    this.#cursors = cursors;
    this.#history = history;
  }

  /** Every stream of the device with its cursor: the own ones, and the conversations of its user. */
  async start(user: string, device: string): Promise<Start> {
    return this.#inTurn(async () => {
      const [delivered, cursors] = await Promise.all([
        this.#memberships.delivered(user),
        this.#cursors.ofDevice(device),
      ]);
      const own = [user, device].map((stream) => ({ stream, ranges: [{ from: 1, to: null }] as Range[] }));
      const streams = [
        ...own,
        ...delivered.map(({ conversation, ranges }) => ({ stream: conversation, ranges })),
      ];
      return {
        streams: streams.map(({ stream, ranges }) => ({
          stream,
          ranges: ranges.map((range) => ({ ...range })),
          // A device that was there before its user joined has no cursor: it begins where the user joined.
          cursor: cursors.get(stream) ?? (ranges[0]?.from ?? 1) - 1,
        })),
      };
    });
  }

  heads(streams: string[]): ReturnType<History['heads']> {
    return this.#inTurn(() => this.#history.heads(streams));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#starts >= MOST_STARTS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#starts++;
    try {
      return await work();
    } finally {
      this.#starts--;
      this.#waiting.shift()?.();
    }
  }
}
