import type { Need } from '../../protocol/needs.ts';
import type { BotRights } from '../../services/accounts/bots/bots.ts';
import type { Connection } from '../connections/connections.ts';

/** Whether a bot may do what it asks: at once when that is known, else in the order in which it asked. People go through. */
export class BotGate {
  readonly #rights: Pick<BotRights, 'check'>;
  /** Only bots of which something waits. */
  readonly #waiting = new Map<Connection, Promise<void>>();

  constructor(rights: Pick<BotRights, 'check'>) {
    this.#rights = rights;
  }

  /** Calls one of the two. `need` is only asked for when it is a bot. */
  take(connection: Connection, need: () => Need, go: () => void, refuse: (error: unknown) => void): void {
    if (!connection.bot) return go();
    const ask = () => this.#rights.check(connection.actor.user, need());
    const before = this.#waiting.get(connection);
    if (before !== undefined) return this.#wait(connection, before.then(ask), go, refuse);
    let asked: void | Promise<void>;
    try {
      asked = ask();
    } catch (error) {
      return refuse(error);
    }
    if (asked instanceof Promise) this.#wait(connection, asked, go, refuse);
    else go();
  }

  #wait(
    connection: Connection,
    asked: Promise<void>,
    go: () => void,
    refuse: (error: unknown) => void,
  ): void {
    const done = asked.then(go, refuse).finally(() => {
      if (this.#waiting.get(connection) === done) this.#waiting.delete(connection);
    });
    this.#waiting.set(connection, done);
  }
}
