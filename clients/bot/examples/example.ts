import type { Storage } from '../../sdk/index.ts';
import type { Bot, BotCredentials, Log } from '../index.ts';

/** What an example is given. */
export interface Ground {
  /** Where the server's MQTT is. */
  url: string;
  credentials: BotCredentials;
  storage: Storage;
  /** What the example was started with, beside what all of them are started with. */
  values: Values;
  /** Environment variables, for what is not given as an option. */
  env: Readonly<Record<string, string | undefined>>;
  log: Log;
}

export type Values = Readonly<Record<string, string | string[] | boolean | undefined>>;

export interface Running {
  /** The bot is connecting now. */
  started?(): void | Promise<void>;
  /** The bot is about to be stopped. */
  stopping?(): void | Promise<void>;
}

export interface Example {
  /** In one line. */
  what: string;
  /** Options of its own, as `parseArgs` takes them, with what is said about each. */
  options: Readonly<Record<string, { type: 'string'; multiple?: boolean; hint: string }>>;
  /** Says what the bot does. @throws {UsageError} */
  setUp(bot: Bot, ground: Ground): Running | Promise<Running>;
}

/** It cannot be started like this: the message is for who started it. */
export class UsageError extends Error {}
