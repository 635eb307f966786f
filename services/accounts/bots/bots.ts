import type { Need } from '../../../protocol/needs.ts';
import type { Scope } from '../../../protocol/scopes.ts';
import type { Actor } from '../../actor.ts';
import type { Bot } from '../store.bots.ts';
import type { Device, User } from '../store.ts';

/** What bots may do now: asked for each thing that they do, as it may be changed while they are connected. */
export interface BotRights {
  /**
   * May this bot do what has this need? Returns at once when that is known here.
   * @throws {Refused} scope_missing, bot_paused, forbidden: nothing that bots do; also as a rejection
   */
  check(bot: string, need: Need): void | Promise<void>;
  /** As {@link check}, of anybody: people may. */
  checkAny(user: string, need: Need): void | Promise<void>;
  /** False: as far as is known here, the bot may not do it. */
  mayStill(bot: string, need: Need): boolean;
  /** Takes a token of the bot's own rate, wherever its commands come from: 0, or the milliseconds after which there will be one. */
  take(bot: string): number;
}

/** A bot as its owner sees it. */
export interface OwnedBot {
  user: User;
  bot: Bot;
  /** Those under which it connects, one for each token; oldest first. */
  devices: Device[];
}

/** A bot with the token that is shown this once. */
export interface BotSignIn extends OwnedBot {
  device: Device;
  /** The MQTT password; over HTTP a bearer token. */
  token: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface NewBot {
  username: string;
  name: string | null;
  scopes: Scope[];
  groups: boolean;
}

export interface BotUpdate {
  name?: string;
  scopes?: Scope[];
  groups?: boolean;
  paused?: boolean;
  /** Administrators only. Commands a second; null: as the settings say. */
  rate?: number | null;
}

/** Making bots and looking after them: a person for their own ones, an administrator for all. A bot may do nothing of it. */
export interface BotManagement {
  /** @throws {Refused} forbidden, username_taken, too_many_bots */
  createBot(by: string, asked: NewBot): Promise<BotSignIn>;
  /** The bots of `owner`, who is `by` unless `by` is administrator. @throws {Refused} forbidden, user_not_found */
  botsOf(by: string, owner: string): Promise<OwnedBot[]>;
  /** @throws {Refused} not_found, forbidden: a rate, asked for by no administrator */
  updateBot(by: Actor, bot: string, asked: BotUpdate): Promise<OwnedBot>;
  /**
   * A new token in place of all that there are, which stop: the connections under them are closed. What had not been delivered to the
   * newest of them is delivered under the new one. `beside`: the others stay, and what is written from now on comes to the new one too.
   * @throws {Refused} not_found, too_many_devices
   */
  rotateBotToken(by: string, bot: string, beside: boolean): Promise<BotSignIn>;
  /** It leaves its groups and is gone; what it wrote stays. @throws {Refused} not_found */
  deleteBot(by: Actor, bot: string): Promise<void>;
}
