import type { BotStore } from './store.bots.ts';
import type { User } from './user.ts';

export type { User } from './user.ts';

export interface Device {
  id: string;
  user: string;
  name: string | null;
  createdAt: number;
  lastSeen: number | null;
  revokedAt: number | null;
}

export interface RefreshToken {
  /** SHA-256 of the token, hex: the token itself is never stored. */
  hash: string;
  device: string;
  user: string;
  /** All tokens descended from one login. */
  family: string;
  expiresAt: number;
  usedAt: number | null;
}

export interface Invitation {
  hash: string;
  createdBy: string | null;
  admin: boolean;
  expiresAt: number;
  usedBy: string | null;
}

/**
 * Port: accounts. Times are milliseconds since the epoch. Names no database; every adapter passes `store.conformance.ts`.
 */
export interface AccountStore extends BotStore {
  /**
   * Creates user and credentials; consumes the invitation (its hash; null: none) in the same transaction.
   * @throws {Refused} username_taken, invitation_invalid: unknown, used, or expired at the user's `createdAt`
   */
  createUser(user: User, passwordHash: string, invitation: string | null): Promise<void>;
  user(id: string): Promise<User | null>;
  users(ids: string[]): Promise<Map<string, User>>;
  userByName(username: string): Promise<User | null>;
  /** All of them, which takes as long as there are many: see {@link hasUsers}. */
  countUsers(): Promise<number>;
  hasUsers(): Promise<boolean>;
  passwordHash(user: string): Promise<string | null>;
  setPassword(user: string, hash: string): Promise<void>;
  setAdmin(user: string, admin: boolean): Promise<void>;
  updateProfile(
    user: string,
    changes: Partial<
      Pick<User, 'name' | 'phone' | 'photo' | 'status' | 'lastSeenAudience' | 'presenceAudience'>
    >,
  ): Promise<void>;
  /** Written behind, in batches; of user and device, and only forward. */
  setLastSeen(entries: { user: string; device: string; at: number }[]): Promise<void>;

  /** @throws {Refused} too_many_devices */
  addDevice(device: Device, most: number): Promise<void>;
  device(id: string): Promise<Device | null>;
  /** Those that are not revoked, oldest first. */
  devices(user: string): Promise<Device[]>;
  renameDevice(user: string, device: string, name: string): Promise<void>;
  /** Revokes the device and deletes its refresh tokens. True when it was not revoked before. */
  revokeDevice(user: string, device: string, at: number): Promise<boolean>;

  addRefreshToken(token: RefreshToken): Promise<void>;
  refreshToken(hash: string): Promise<RefreshToken | null>;
  /** Marks `used` as used and adds its successor, atomically; false when it had been used already (reuse). */
  rotateRefreshToken(used: string, successor: RefreshToken, at: number): Promise<boolean>;
  deleteFamily(family: string): Promise<void>;
  /** Deletes of what has expired as much as is done quickly; how many. Nothing is left when it is 0. */
  sweepTokens(now: number): Promise<number>;

  addInvitation(invitation: Invitation): Promise<void>;
  invitation(hash: string): Promise<Invitation | null>;

  setContact(user: string, contact: string, name: string | null): Promise<void>;
  removeContact(user: string, contact: string): Promise<void>;
  contacts(user: string): Promise<{ user: string; name: string | null }[]>;
  isContact(user: string, contact: string): Promise<boolean>;
  block(user: string, blocked: string): Promise<void>;
  unblock(user: string, blocked: string): Promise<void>;
  blocks(user: string): Promise<string[]>;
  /**
   * How many contacts a user has, and how many blocks. Limits are held against it before one is added, and one owner of the user's stream adds
   * at a time: for the moment in which a former owner still writes, a limit may be passed by what both add.
   */
  countRelations(user: string): Promise<{ contacts: number; blocks: number }>;
  /** Who of `users` has blocked this one. */
  blockersAmong(blocked: string, users: readonly string[]): Promise<Set<string>>;
  /** Has either blocked the other? */
  blockedBetween(a: string, b: string): Promise<boolean>;
}
