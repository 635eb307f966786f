import type { AnyEvent } from '../../protocol/events.ts';
import type { Storage } from './storage.ts';

/** Most events of one stream that wait for a gap before them; more are fetched again with the gap. */
const MOST_EARLY = 1_000;

export type Keep = (
  events: readonly AnyEvent[],
  write: (beside: [key: string, value: string | null][]) => Promise<void>,
) => Promise<void>;

interface Early {
  events: AnyEvent[];
  /** The attempt that is under way. */
  filling: Promise<void> | null;
}

/**
 * One order without gaps and without repeats, per stream: what comes twice is dropped, what comes too early waits until
 * the missing part has been fetched.
 */
export class Positions {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #last = new Map<string, number>();
  readonly #early = new Map<string, Early>();
  readonly #fetch: (stream: string, after: number, before: number) => Promise<AnyEvent[]>;
  readonly #deliver: (event: AnyEvent) => void;
  /** Keeps events of one stream, ascending: `write` writes the position, and what is given to it, in one. */
  keep: Keep = (_events, write) => write([]);
  /** Handed out, but there was no room to keep them; ascending. No more than the server has on its way without our PUBACK. */
  readonly #unkept = new Map<string, AnyEvent[]>();
  /** Events are kept one after the other, in the order in which they were accepted. */
  #keeping: Promise<unknown> = Promise.resolve();

  /** `fetch` resolves with everything that may be read between two sequence numbers, ascending, both excluded. */
  constructor(
    storage: Storage,
    user: string,
    fetch: (stream: string, after: number, before: number) => Promise<AnyEvent[]>,
    deliver: (event: AnyEvent) => void,
  ) {
    this.#storage = storage;
    this.#prefix = `position/${user}/`;
    this.#fetch = fetch;
    this.#deliver = deliver;
  }

  async load(): Promise<void> {
    for (const [key, value] of await this.#storage.list(this.#prefix)) {
      const stream = key.slice(this.#prefix.length);
      this.#last.set(stream, Math.max(this.#last.get(stream) ?? 0, Number(value)));
    }
  }

  /**
   * Resolves when the event is kept, is known to be a repeat, or waits for a gap to be filled: the moment for PUBACK.
   * (What waits is not lost by a crash: the position stays before the gap, and the next event or sync finds it again.)
   * The first event ever seen of a stream begins it: what lies before is history, to be read on demand.
   */
  async take(event: AnyEvent): Promise<void> {
    const stream = event.conversation;
    const last = this.#last.get(stream);
    if (last === undefined || event.seq <= last + 1) return this.#accept(event);
    const early = this.#waitingIn(stream);
    if (early.events.length < MOST_EARLY) early.events.push(event);
    // Not awaited: the answer to the fetch comes over the connection whose next packet waits for our PUBACK.
    void this.#fill(stream, early);
  }

  /** Fetches what a known stream lacks up to its head. */
  async catchUp(stream: string, head: number): Promise<void> {
    const waiting = this.#early.get(stream);
    if (waiting !== undefined) await this.#fill(stream, waiting);
    const last = this.#last.get(stream);
    if (last === undefined || head <= last || this.#early.has(stream)) return;
    try {
      await this.#acceptAll(await this.#fetch(stream, last, head + 1));
      // The newest may be hidden, or not ours to read: it is dealt with all the same.
      if ((this.#last.get(stream) ?? 0) < head) await this.#move(stream, head);
    } catch {
      // Offline again: the next connection's sync comes here again.
    }
  }

  /** Tries again to fill what could not be fetched. */
  async resume(): Promise<void> {
    for (const [stream, early] of [...this.#early]) await this.#fill(stream, early);
  }

  #waitingIn(stream: string): Early {
    let early = this.#early.get(stream);
    if (early === undefined) {
      early = { events: [], filling: null };
      this.#early.set(stream, early);
    }
    return early;
  }

  #fill(stream: string, early: Early): Promise<void> {
    early.filling ??= this.#fillNow(stream, early).finally(() => {
      early.filling = null;
    });
    return early.filling;
  }

  async #fillNow(stream: string, early: Early): Promise<void> {
    /** Everything before this has been fetched, as far as it is ours to read. */
    let asked = 0;
    try {
      for (;;) {
        early.events.sort((a, b) => a.seq - b.seq);
        const next = early.events[0];
        if (next === undefined) break;
        const last = this.#last.get(stream) ?? 0;
        if (next.seq > last + 1 && next.seq > asked) {
          await this.#acceptAll(await this.#fetch(stream, last, next.seq));
          asked = next.seq;
          continue;
        }
        // What could not be fetched is not ours to read (between leaving and joining again): go on from here.
        early.events.shift();
        await this.#accept(next);
      }
      this.#early.delete(stream);
    } catch {
      // Offline again, or nothing can be kept: the position stays where it is, the next event or connection tries again.
    }
  }

  async #acceptAll(events: AnyEvent[]): Promise<void> {
    for (const event of [...events].sort((a, b) => a.seq - b.seq)) await this.#accept(event);
  }

  /**
   * Handed out first, then the position: what a crash takes away between the two comes again. What could not be kept is
   * tried again with the next event of its stream, or its own repeat.
   */
  #accept(event: AnyEvent): Promise<void> {
    const { conversation: stream, seq } = event;
    // A repeat is acknowledged when what it repeats is kept, and not before.
    if (seq <= (this.#last.get(stream) ?? 0)) return this.#inTurn(() => this.#keepAll(stream, []));
    this.#last.set(stream, seq);
    this.#deliver(event);
    return this.#inTurn(() => this.#keepAll(stream, [event]));
  }

  #move(stream: string, seq: number): Promise<void> {
    this.#last.set(stream, seq);
    return this.#inTurn(async () => {
      await this.#keepAll(stream, []);
      await this.#storage.write([[this.#prefix + stream, String(seq)]]);
    });
  }

  async #keepAll(stream: string, more: AnyEvent[]): Promise<void> {
    const events = [...(this.#unkept.get(stream) ?? []), ...more];
    const last = events.at(-1);
    if (last === undefined) return;
    try {
      const position: [string, string] = [this.#prefix + stream, String(last.seq)];
      await this.keep(events, (beside) => this.#storage.write([...beside, position]));
      this.#unkept.delete(stream);
    } catch (error) {
      this.#unkept.set(stream, events);
      throw error;
    }
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#keeping.then(task);
    this.#keeping = done.catch(() => {});
    return done;
  }
}
