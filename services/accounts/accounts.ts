import type { Actor } from '../actor.ts';

/** Who holds a device token or an access token, and may they come in now? */
export interface Identity extends Actor {
  admin: boolean;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** What the broker and the gateway need of accounts beside commands and queries. */
export interface Authentication {
  /**
   * Checks an MQTT password (device token, or access token) and that its device may sign in.
   * @throws {Refused} unauthenticated, token_expired, device_revoked
   */
  authenticateDevice(username: string, clientId: string, password: string): Promise<Identity>;
  /** Checks an HTTP bearer token. @throws {Refused} unauthenticated, token_expired, device_revoked */
  authenticateBearer(token: string): Promise<Identity>;
}

/** Who may see whom. */
export interface Visibility {
  /** May `viewer` see whether `user` is online, and when last? Contacts or co-members, by `user`'s privacy and blocks. */
  mayObserve(viewer: string, user: string): Promise<{ presence: boolean; lastSeen: boolean }>;
  /** Called with users whose visibility to some viewers has changed: privacy, contacts, blocks. */
  onChange(listener: (user: string) => void): () => void;
}

/** What the rules of messages and groups ask about users, on the hot path: synchronous when cached, bounded caches. */
export interface Relations {
  exists(user: string): boolean | Promise<boolean>;
  /** Has either blocked the other? */
  blocked(a: string, b: string): boolean | Promise<boolean>;
}
