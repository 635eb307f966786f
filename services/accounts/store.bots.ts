import type { Scope } from '../../protocol/scopes.ts';
import type { User } from './user.ts';

/** What a user of kind `bot` has beside what every user has. */
export interface Bot {
  /** The user that it is. */
  user: string;
  /** Who made it, and looks after it. */
  owner: string;
  /** What it may do; what is not named it may not. */
  scopes: Scope[];
  /** May others add it to groups? */
  groups: boolean;
  /** It cannot connect and nothing of it is accepted; what is sent to it waits for it. */
  paused: boolean;
  /** Commands a second; null: as the settings say for bots. */
  rate: number | null;
  createdAt: number;
  /** It is gone for good; its name stays taken, and what it wrote stays. */
  deletedAt: number | null;
}

/** What of a bot can change. */
export type BotChanges = Partial<Pick<Bot, 'scopes' | 'groups' | 'paused' | 'rate' | 'deletedAt'>>;

/** The part of the port AccountStore about bots. */
export interface BotStore {
  /**
   * Creates the user, without a password, and the bot. `most`: how many of its owner there may be that are not deleted; null: any number.
   * @throws {Refused} username_taken, too_many_bots
   */
  createBot(user: User, bot: Bot, most: number | null): Promise<void>;
  bot(user: string): Promise<Bot | null>;
  /** Those of an owner that are not deleted, oldest first. */
  botsOf(owner: string): Promise<Bot[]>;
  /** Which of these users are bots, also deleted ones. */
  botsAmong(users: readonly string[]): Promise<Set<string>>;
  /** Absent fields stay. What is deleted stays deleted, as of when it was. */
  updateBot(user: string, changes: BotChanges): Promise<void>;
}
