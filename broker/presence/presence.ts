import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { VERSION } from '../../protocol/commands.ts';
import type { PresencePayload } from '../../protocol/events.ts';
import { topics } from '../../protocol/topics.ts';
import type { Visibility } from '../../services/accounts/accounts.ts';
import type { PresenceView } from '../broker.ts';
import type { Connection } from '../connections/connections.ts';
import { ephemeralPacket, sendEphemeral } from '../ephemeral.ts';
import type { OnlineUsers } from './online-users.ts';

export interface PresenceParts {
  visibility: Visibility;
  /** Newest time that is known here, ms since the epoch; null: never. Another node writes down behind whom it saw. */
  lastSeen(user: string): Promise<number | null>;
  /** Who is online over all nodes. */
  online: OnlineUsers;
  /** Is any device of the user connected to this node? */
  isConnected(user: string): boolean;
  graceSeconds: number;
  clock: Clock;
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

/** A user whose presence is followed here. */
interface Watched {
  /** Null: it is being asked for. */
  online: boolean | null;
  by: Map<Connection, Watch>;
}

const EVERYTHING: Permission = { presence: true, lastSeen: true };
const NOTHING: Permission = { presence: false, lastSeen: false };

/**
 * Who is online, and who is told. A node that dies takes its users with it. Permissions
 * are asked for when a device subscribes and when a visibility has changed; one who leaves the last conversation shared with
 * somebody keeps seeing them until then, or until the next connection.
 */
export class Presence implements PresenceView {
  readonly #parts: PresenceParts;
  /** Users who are online by a device of this node. */
  readonly #here = new Set<string>();
  /** Users whose last device here has gone, and who count as online for a moment more: they may come back at another node. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #watches = new Map<string, Watched>();
  readonly #stopListening: (() => void)[];

  constructor(parts: PresenceParts) {
    this.#parts = parts;
    this.#stopListening = [
      parts.online.onChange((user, online) => void this.#changed(user, online)),
      parts.visibility.onChange((user) => {
        for (const connection of this.#watches.get(user)?.by.keys() ?? [])
          void this.#judge(connection, user, false);
      }),
    ];
  }

  online(user: string): boolean | Promise<boolean> {
    return this.#parts.online.online(user);
  }

  /** A device of the user is here. */
  came(user: string): void {
    clearTimeout(this.#leaving.get(user));
    this.#leaving.delete(user);
    if (this.#here.has(user)) return;
    this.#here.add(user);
    this.#parts.metrics.users_online.inc();
    this.#parts.online.came(user);
  }

  /** A device of the user has gone. */
  left(user: string): void {
    if (!this.#here.has(user) || this.#leaving.has(user) || this.#parts.isConnected(user)) return;
    const timer = setTimeout(() => this.#away(user), this.#parts.graceSeconds * 1_000);
    timer.unref();
    this.#leaving.set(user, timer);
  }

  /** The device follows the user's presence; `asked`: it has subscribed just now, and is told the state as retained. */
  watch(connection: Connection, user: string, asked: boolean): void {
    let watched = this.#watches.get(user);
    if (watched === undefined) {
      watched = { online: null, by: new Map() };
      this.#watches.set(user, watched);
      this.#parts.online.watch(user);
    }
    if (!watched.by.has(connection)) watched.by.set(connection, { permission: null, round: 0 });
    connection.watching ??= new Set();
    connection.watching.add(user);
    void this.#judge(connection, user, asked);
  }

  unwatch(connection: Connection, user: string): void {
    connection.watching?.delete(user);
    const watched = this.#watches.get(user);
    watched?.by.delete(connection);
    if (watched?.by.size !== 0) return;
    this.#watches.delete(user);
    this.#parts.online.unwatch(user);
  }

  /** The connection has ended. */
  forget(connection: Connection): void {
    for (const user of connection.watching ?? []) this.unwatch(connection, user);
  }

  stop(): void {
    for (const stop of this.#stopListening) stop();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  #away(user: string): void {
    this.#leaving.delete(user);
    if (this.#parts.isConnected(user)) return;
    this.#here.delete(user);
    this.#parts.metrics.users_online.dec();
    this.#parts.online.left(user);
  }

  async #changed(user: string, online: boolean): Promise<void> {
    const watched = this.#watches.get(user);
    if (watched === undefined || watched.online === online) return;
    watched.online = online;
    if (online) return this.#tell(user, watched, null);
    // Until then at the least: what another node has not written down yet is not known here.
    const until = this.#parts.clock.now() - this.#parts.graceSeconds * 1_000;
    const lastSeen = Math.max(until, (await this.#lastSeen(user)) ?? 0);
    // Back meanwhile: that has been told already.
    if (watched.online === false && this.#watches.get(user) === watched) this.#tell(user, watched, lastSeen);
  }

  #tell(user: string, { online, by }: Watched, lastSeen: number | null): void {
    const full = packet(stateOf(user, online === true, lastSeen));
    const plain = lastSeen === null ? full : packet(stateOf(user, online === true, null));
    for (const [connection, { permission }] of by)
      if (permission?.presence === true) sendEphemeral(connection, permission.lastSeen ? full : plain);
  }

  /** Asks what the device may see, and tells it when that is new to it. */
  async #judge(connection: Connection, user: string, asked: boolean): Promise<void> {
    const watched = this.#watches.get(user)!;
    const watch = watched.by.get(connection)!;
    const round = ++watch.round;
    const permission = await this.#permission(connection.actor.user, user);
    if (watched.online === null) {
      const online = await this.#parts.online.online(user);
      // What was told while it was asked for is newer.
      watched.online ??= online;
    }
    const lastSeen = permission.lastSeen && !watched.online ? await this.#lastSeen(user) : null;
    if (watch.round !== round || watched.by.get(connection) !== watch) return;
    const { online } = watched;
    const before = watch.permission;
    watch.permission = permission;
    if (!permission.presence) {
      // Told once, so that nobody is seen online for ever by somebody who may not see it.
      if (before?.presence) sendEphemeral(connection, packet(stateOf(user, false, null)));
      return;
    }
    const same = before?.presence === permission.presence && before.lastSeen === permission.lastSeen;
    if (asked || !same)
      sendEphemeral(connection, packet(stateOf(user, online, online ? null : lastSeen), asked));
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
}

function stateOf(user: string, online: boolean, lastSeen: number | null): PresencePayload {
  const state: PresencePayload = { v: VERSION, type: 'presence', user, online };
  return lastSeen === null ? state : { ...state, last_seen: lastSeen };
}

function packet(state: PresencePayload, retain = false): Buffer {
  return ephemeralPacket(topics.presence(state.user), JSON.stringify(state), retain);
}
