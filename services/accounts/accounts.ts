import type { LoggedOf } from '../../protocol/commands.ts';
import type { Actor } from '../actor.ts';
import type { ChangeRules } from '../messages/pipeline.ts';
import type { QueryRules } from '../queries.ts';
import type { BotManagement, BotRights } from './bots/bots.ts';
import type { Device, User } from './store.ts';

/** Who holds a device token or an access token, and may they come in now? */
export interface Identity extends Actor {
  admin: boolean;
  /** A bot, which may do what {@link BotRights} say; absent: a person. */
  bot?: true;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** What the broker and the gateway need of accounts beside commands and queries. */
export interface Authentication {
  /**
   * Checks an MQTT password (device token, or access token) and that its device may sign in.
   * @throws {Refused} unauthenticated, token_expired, device_revoked, bot_paused
   */
  authenticateDevice(username: string, clientId: string, password: string): Promise<Identity>;
  /**
   * Checks an HTTP bearer token: an access token, or the token of a bot, which has no other.
   * @throws {Refused} unauthenticated, token_expired, device_revoked, bot_paused
   */
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
  /** May others add the user to a group? Absent: everybody may be added. */
  forGroups?(user: string): boolean | Promise<boolean>;
}

/** A device that has just signed in, with everything it needs; the tokens are shown once and stored nowhere in clear. */
export interface SignIn {
  user: User;
  device: Device;
  accessToken: string;
  /** Seconds that the access token is good for. */
  expiresIn: number;
  refreshToken: string;
  /** The MQTT password of the device. */
  deviceToken: string;
}

export interface Credentials {
  username: string;
  password: string;
  /** What the device is called; null: nothing. */
  device: string | null;
}

export interface Registration extends Credentials {
  /** The name that others see; null: none yet. */
  name: string | null;
  invitation: string | null;
}

/** Signing in and out. `ip` is whom failures and registrations are counted for. */
export interface SigningIn {
  /** @throws {Refused} username_taken, weak_password, registration_closed, invitation_required, invitation_invalid, rate_limited */
  register(registration: Registration, ip: string): Promise<SignIn>;
  /** @throws {Refused} bad_credentials, rate_limited, too_many_devices */
  login(credentials: Credentials, ip: string): Promise<SignIn>;
  /**
   * Exchanges a refresh token, once, for new tokens of the same device. A second use signs the device out (RFC 9700 §4.14.2).
   * @throws {Refused} unauthenticated, token_expired, token_reused, device_revoked
   */
  refresh(token: string): Promise<SignIn>;
  /** Revokes the asking device. */
  logout(actor: Actor): Promise<void>;
  /** Changes the password and signs every other device out. @throws {Refused} bad_credentials, weak_password, rate_limited */
  changePassword(actor: Actor, current: string, next: string, ip: string): Promise<void>;
  /** @throws {Refused} user_not_found */
  usernameOf(user: string): Promise<string>;
  /** For what a session alone is not enough. @throws {Refused} bad_credentials, rate_limited */
  provePassword(actor: Actor, password: string, ip: string): Promise<void>;
  /**
   * Sets the password without the former one, and signs every device out: for who can read the account’s mail.
   * @param redeem asked when everything else is well: whether the right to do so is good still, which it is once
   * @throws {Refused} weak_password, link_invalid
   */
  resetPassword(user: string, next: string, redeem: () => Promise<boolean>): Promise<void>;
}

/** Is told where devices sign in from, before anybody hears of them. Does not throw. */
export interface SignInOrigins {
  note(device: string, ip: string): Promise<void>;
}

/** Invitations and administrators. */
export interface Administration {
  /** Who may register. */
  readonly registration: 'open' | 'invitation' | 'closed';
  /** Makes an invitation and returns its code, which is stored only as a hash. `by` null: the operator. */
  invite(by: string | null, admin: boolean): Promise<{ code: string; expiresAt: number }>;
  /** On the very first start where registration is by invitation: the code that makes the first administrator; else null. */
  firstInvitation(): Promise<string | null>;
  /** @throws {Refused} user_not_found */
  grantAdmin(username: string): Promise<void>;
}

/** The service as `server.ts` makes it. */
export interface Accounts extends Authentication, SigningIn, Administration, BotManagement {
  readonly bots: BotRights;
  readonly relations: Relations;
  readonly visibility: Visibility;
  readonly changeRules: ChangeRules[];
  readonly queryRules: QueryRules[];
  /** Notes when a user's device was last connected; written behind, in batches. */
  seen(actor: Actor, at: number): void;
  /** The newest known, also what is not written yet; null: never. */
  lastSeen(user: string): Promise<number | null>;
  /** Asks the store anew for everything: what other processes changed in it may have been missed. */
  forgetKnown(): void;
  /** Writes what waits, stops sweeping. */
  stop(): Promise<void>;
}

type Fields<T extends 'profile.update' | 'bot.update' | 'group.leave'> = Partial<LoggedOf<T>> &
  Pick<LoggedOf<T>, 'type'>;
/** A change that the server makes for a user. */
export type AccountChange = Fields<'profile.update'> | Fields<'bot.update'> | Fields<'group.leave'>;

/** What else happens when devices come and go; `server.ts` wires it to delivery, pipeline and broker. */
export interface AccountHooks {
  /**
   * Before the tokens are handed out: the device's cursors begin here, or where those of the device `after` are, and the user's other devices
   * are told (`device.added`).
   */
  deviceAdded(user: string, device: Device, after: string | null): Promise<void>;
  /** Closes its connection and forgets its cursors. Called once or more, after the revocation is durable. */
  deviceRevoked(user: string, device: string): Promise<void>;
  /** Do the two share a conversation now? */
  share(a: string, b: string): Promise<boolean>;
  /** The groups that the user is in now. */
  groupsOf(user: string): Promise<string[]>;
  /** Makes a change by the pipeline, on behalf of `actor`. Resolves when it has been applied. @throws {Refused} */
  change(actor: Actor, change: AccountChange): Promise<void>;
  /**
   * Revokes by the pipeline, so that the user's other devices hear of it: what logout, reuse of a refresh token and a change of
   * the password do. Resolves when the revocation has been applied.
   */
  revoke(actor: Actor, device: string): Promise<void>;
}
