import type { Replies } from '../services/replies.ts';
import type { Connection } from './connections/connections.ts';

/** Answers that may wait for a device besides those in delivery; one that asks on and takes none is closed. */
const MOST_WAITING = 1_000;

/** Answers to devices, each in its turn when the device has room. */
export class Answers {
  readonly #replies: Pick<Replies, 'toDevice' | 'room'>;
  readonly #onStuck: (connection: Connection) => void;
  readonly #waiting = new Map<Connection, string[]>();

  constructor(replies: Pick<Replies, 'toDevice' | 'room'>, onStuck: (connection: Connection) => void) {
    this.#replies = replies;
    this.#onStuck = onStuck;
  }

  send(connection: Connection, payload: string): void {
    if (connection.closed) return;
    const waiting = this.#waiting.get(connection);
    if (waiting !== undefined) {
      waiting.push(payload);
      if (waiting.length > MOST_WAITING) this.#onStuck(connection);
      return;
    }
    const room = this.#replies.room(connection.actor);
    if (room === undefined) {
      this.#replies.toDevice(connection.actor, payload);
      return;
    }
    this.#waiting.set(connection, [payload]);
    void this.#sendLater(connection, room);
  }

  /** Resolves when an answer would be sent at once, or the connection is closed. */
  async room(connection: Connection): Promise<void> {
    for (;;) {
      const room = connection.closed ? undefined : this.#replies.room(connection.actor);
      if (room === undefined) return;
      await room;
    }
  }

  async #sendLater(connection: Connection, first: Promise<void>): Promise<void> {
    await first;
    const waiting = this.#waiting.get(connection)!;
    while (waiting.length > 0) {
      await this.room(connection);
      if (connection.closed) break;
      this.#replies.toDevice(connection.actor, waiting.shift()!);
    }
    this.#waiting.delete(connection);
  }
}
