import type { AnyEvent } from '../../protocol/events.ts';
import type { Storage } from './storage.ts';

/**
 * One order without gaps and without repeats, per stream: what comes twice is dropped, what comes too early waits until
 * the missing part has been fetched.
 */
export class Positions {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #last = new Map<string, number>();
  readonly #early = new Map<string, AnyEvent[]>();
  readonly #fetch: (stream: string, after: number, before: number) => Promise<AnyEvent[]>;
  readonly #deliver: (event: AnyEvent) => void;

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
      this.#last.set(key.slice(this.#prefix.length), Number(value));
    }
  }

  /**
   * Resolves when the event is kept, is known to be a repeat, or waits for a gap to be filled: the moment for PUBACK.
   * (What waits is not lost by a crash: the position stays before the gap, and the next event or sync finds it again.)
   * The first event ever seen of a stream begins it: what lies before is history, to be read on demand.
   */
  async take(event: AnyEvent): Promise<void> {
    const last = this.#last.get(event.conversation);
    if (last === undefined || event.seq <= last + 1) return this.#accept(event);
    const waiting = this.#early.get(event.conversation);
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    this.#early.set(event.conversation, [event]);
    // Not awaited: the answer to the fetch comes over the connection whose next packet waits for our PUBACK.
    void this.#fill(event.conversation, last, event.seq);
  }

  /** Fetches what a known stream lacks up to its head. */
  async catchUp(stream: string, head: number): Promise<void> {
    const last = this.#last.get(stream);
    if (last === undefined || head <= last || this.#early.has(stream)) return;
    this.#early.set(stream, []);
    await this.#fill(stream, last, head + 1);
  }

  async #fill(stream: string, last: number, before: number): Promise<void> {
    try {
      for (const missing of await this.#fetch(stream, last, before)) await this.#accept(missing);
    } catch {
      // Offline again: the position stays where it is, the next connection's sync fills the gap.
      this.#early.delete(stream);
      return;
    }
    const held = this.#early.get(stream) ?? [];
    this.#early.delete(stream);
    // What could not be fetched is not ours to read (between leaving and joining again): go on from here.
    for (const next of held.sort((a, b) => a.seq - b.seq)) await this.#accept(next);
  }

  async #accept(event: AnyEvent): Promise<void> {
    const last = this.#last.get(event.conversation) ?? 0;
    if (event.seq <= last) return;
    this.#last.set(event.conversation, event.seq);
    await this.#storage.write([[this.#prefix + event.conversation, String(event.seq)]]);
    this.#deliver(event);
  }
}
