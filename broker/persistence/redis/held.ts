import type { Subscription } from 'aedes';
import { isAway } from '../../../platform/probe.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { AnyPacket } from '../packing.ts';

/** What is to become of a session. */
export interface Held {
  /** Everything before is over. */
  ended: boolean;
  /** Options of subscriptions as they are stored; null: none any more. */
  changes: Map<string, string | null>;
  /** Undefined: as it was; null: none. */
  will: AnyPacket | null | undefined;
}

/** Sessions of which something is held: as many as a node has connections. */
const MOST_SESSIONS = 100_000;
const MOST_CHANGES = 1_000;
const RETRY_MS = 1_000;

/** What sessions have done while Redis was away, until it is back: who connects and subscribes is not kept waiting for it. */
export class HeldChanges {
  readonly #sessions = new Map<string, Held & { version: number }>();
  readonly #write: (client: string, held: Held) => Promise<void>;
  readonly #onFailed: (error: unknown) => void;
  readonly #underWay = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;

  constructor(
    write: (client: string, held: Held) => Promise<void>,
    onFailed: (error: unknown) => void = () => {},
  ) {
    this.#write = write;
    this.#onFailed = onFailed;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Writes at once, or holds it when it cannot be written now; what is held of a session already goes first.
   * @throws {Refused} unavailable: it cannot be written, and too much is held already
   */
  change(client: string, change: Partial<Held>): Promise<void> {
    const before = this.#underWay.get(client) ?? Promise.resolve();
    // One after the other: one that fails late must not be held over a later one that did not.
    const done = before.then(() => this.#change(client, change));
    const settled = done
      .catch(() => {})
      .finally(() => {
        if (this.#underWay.get(client) === settled) this.#underWay.delete(client);
      });
    this.#underWay.set(client, settled);
    return done;
  }

  async #change(client: string, change: Partial<Held>): Promise<void> {
    if (!this.#sessions.has(client)) {
      try {
        return await this.#write(client, { ended: false, changes: new Map(), will: undefined, ...change });
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    }
    this.hold(client, change);
  }

  /** Without trying to write it now. @throws {Refused} unavailable: too much is held already */
  hold(client: string, { ended, changes, will }: Partial<Held>): void {
    let held = this.#sessions.get(client);
    if (held === undefined) {
      if (this.#sessions.size >= MOST_SESSIONS) throw new Refused('unavailable');
      held = { ended: false, changes: new Map(), will: undefined, version: 0 };
      this.#sessions.set(client, held);
    }
    held.version++;
    if (ended === true) {
      held.ended = true;
      held.changes.clear();
    }
    for (const [topic, options] of changes ?? []) held.changes.set(topic, options);
    if (will !== undefined) held.will = will;
    if (held.changes.size > MOST_CHANGES) {
      this.#sessions.delete(client);
      throw new Refused('unavailable');
    }
    this.#timer ??= setInterval(() => void this.settle().catch(() => {}), RETRY_MS).unref();
  }

  of(client: string): Held | undefined {
    return this.#sessions.get(client);
  }

  /** What a session has, with what is held of it. */
  over(client: string, stored: Subscription[]): Subscription[] {
    const held = this.#sessions.get(client);
    if (held === undefined) return stored;
    const before = held.ended ? [] : stored.filter(({ topic }) => !held.changes.has(topic));
    const added = [...held.changes].flatMap(([topic, options]) =>
      options === null ? [] : [{ topic, ...JSON.parse(options) } as Subscription],
    );
    return before.concat(added);
  }

  /** Resolves when nothing is held that was before. @throws {Refused} unavailable */
  settle(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#sessions.size === 0) this.stop();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (const [client, held] of [...this.#sessions]) {
      const { version } = held;
      try {
        await this.#write(client, { ...held, changes: new Map(held.changes) });
      } catch (error) {
        if (isAway(error)) throw error;
        this.#onFailed(error);
      }
      // More has come meanwhile: all of it is written again.
      if (held.version === version) this.#sessions.delete(client);
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
