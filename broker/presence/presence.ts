import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { VERSION } from '../../protocol/commands.ts';
import type { PresencePayload } from '../../protocol/events.ts';
import { topics } from '../../protocol/topics.ts';
import type { Visibility } from '../../services/accounts/accounts.ts';
import type { PresenceView } from '../broker.ts';
import type { Connection } from '../connections/connections.ts';
import { ephemeralPacket, sendEphemeral } from '../ephemeral.ts';

export interface PresenceParts {
  visibility: Visibility;
  /** Newest known time, ms since the epoch; null: never. */
  lastSeen(user: string): Promise<number | null>;
  /** Is any device of the user connected? */
  isConnected(user: string): boolean;
  graceSeconds: number;
  metrics: Pick<Metrics, 'users_online'>;
  logger: Logger;
}

interface Permission {
  presence: boolean;
  lastSeen: boolean;
}

interface Watch {
  /** Null: it is being asked for. */
  permission: Permission | null;
  /** Of two answers about the same permission the later question counts. */
  round: number;
}

const EVERYTHING: Permission = { presence: true, lastSeen: true };
const NOTHING: Permission = { presence: false, lastSeen: false };

/**
 * Who is online, and who is told. Nothing of it is stored: after a crash nobody is online until they are here again. Permissions
 * are asked for when a device subscribes and when a visibility has changed; one who leaves the last conversation shared with
 * somebody keeps seeing them until then, or until the next connection.
 */
export class Presence implements PresenceView {
  readonly #parts: PresenceParts;
  readonly #online = new Set<string>();
  /** Users whose last device has gone, and who count as online for a moment more. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #watches = new Map<string, Map<Connection, Watch>>();
  readonly #stopListening: () => void;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
    this.#stopListening = parts.visibility.onChange((user) => {
      for (const connection of this.#watches.get(user)?.keys() ?? [])
        void this.#judge(connection, user, false);
    });
  }

  online(user: string): boolean {
    return this.#online.has(user);
  }

  /** A device of the user is here. */
  came(user: string): void {
    clearTimeout(this.#leaving.get(user));
    this.#leaving.delete(user);
    if (this.#online.has(user)) return;
    this.#online.add(user);
    this.#parts.metrics.users_online.inc();
    this.#tell(user, null);
  }

  /** A device of the user has gone. */
  left(user: string): void {
    if (!this.#online.has(user) || this.#leaving.has(user) || this.#parts.isConnected(user)) return;
    const timer = setTimeout(() => void this.#away(user), this.#parts.graceSeconds * 1_000);
    timer.unref();
    this.#leaving.set(user, timer);
  }

  /** The device follows the user's presence; `asked`: it has subscribed just now, and is told the state as retained. */
  watch(connection: Connection, user: string, asked: boolean): void {
    let watches = this.#watches.get(user);
    if (watches === undefined) {
      watches = new Map();
      this.#watches.set(user, watches);
    }
    if (!watches.has(connection)) watches.set(connection, { permission: null, round: 0 });
    connection.watching ??= new Set();
    connection.watching.add(user);
    void this.#judge(connection, user, asked);
  }

  unwatch(connection: Connection, user: string): void {
    connection.watching?.delete(user);
    const watches = this.#watches.get(user);
    watches?.delete(connection);
    if (watches?.size === 0) this.#watches.delete(user);
  }

  /** The connection has ended. */
  forget(connection: Connection): void {
    for (const user of connection.watching ?? []) this.unwatch(connection, user);
  }

  stop(): void {
    this.#stopListening();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  async #away(user: string): Promise<void> {
    this.#leaving.delete(user);
    if (this.#parts.isConnected(user)) return;
    this.#online.delete(user);
    this.#parts.metrics.users_online.dec();
    if (!this.#watches.has(user)) return;
    const lastSeen = await this.#lastSeen(user);
    // Back meanwhile: that has been told already.
    if (!this.#online.has(user)) this.#tell(user, lastSeen);
  }

  #tell(user: string, lastSeen: number | null): void {
    const watches = this.#watches.get(user);
    if (watches === undefined) return;
    const full = packet(this.#state(user, lastSeen));
    const plain = lastSeen === null ? full : packet(this.#state(user, null));
    for (const [connection, { permission }] of watches)
      if (permission?.presence === true) sendEphemeral(connection, permission.lastSeen ? full : plain);
  }

  /** Asks what the device may see, and tells it when that is new to it. */
  async #judge(connection: Connection, user: string, asked: boolean): Promise<void> {
    const watch = this.#watches.get(user)!.get(connection)!;
    const round = ++watch.round;
    const permission = await this.#permission(connection.actor.user, user);
    const lastSeen = permission.lastSeen && !this.#online.has(user) ? await this.#lastSeen(user) : null;
    if (watch.round !== round || this.#watches.get(user)?.get(connection) !== watch) return;
    const before = watch.permission;
    watch.permission = permission;
    if (!permission.presence) {
      // Told once, so that nobody is seen online for ever by somebody who may not see it.
      if (before?.presence) sendEphemeral(connection, packet({ ...this.#state(user, null), online: false }));
      return;
    }
    const same = before?.presence === permission.presence && before.lastSeen === permission.lastSeen;
    if (asked || !same)
      sendEphemeral(connection, packet(this.#state(user, this.#online.has(user) ? null : lastSeen), asked));
  }

  async #permission(viewer: string, user: string): Promise<Permission> {
    if (viewer === user) return EVERYTHING;
    try {
      return await this.#parts.visibility.mayObserve(viewer, user);
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'a permission to see presence could not be read');
      return NOTHING;
    }
  }

  async #lastSeen(user: string): Promise<number | null> {
    try {
      return await this.#parts.lastSeen(user);
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'when a user was seen last could not be read');
      return null;
    }
  }

  #state(user: string, lastSeen: number | null): PresencePayload {
    const state: PresencePayload = { v: VERSION, type: 'presence', user, online: this.#online.has(user) };
    return lastSeen === null ? state : { ...state, last_seen: lastSeen };
  }
}

function packet(state: PresencePayload, retain = false): Buffer {
  return ephemeralPacket(topics.presence(state.user), JSON.stringify(state), retain);
}
