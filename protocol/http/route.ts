import type { TObject, TSchema } from 'typebox';
import type { CommandType } from '../commands.ts';
import type { ErrorCode } from '../errors.ts';
import { type Need, needOfCommand } from '../needs.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One row of the HTTP contract. */
export interface Route {
  readonly method: Method;
  /** With `{name}` for each field of `params`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  /** `bearer`: an access token in `Authorization` (RFC 6750 §2.1). */
  readonly auth: 'none' | 'bearer';
  /** All closed: a field that is not in the contract is refused. Null: takes none. */
  readonly params: TObject | null;
  readonly query: TObject | null;
  readonly body: TObject | null;
  /** A body that is no JSON, by its media type; it is read as it comes, of any size the route says. */
  readonly stream?: Readonly<Record<string, TSchema>>;
  readonly status: number;
  /** Null: no content. */
  readonly answer: TSchema | null;
  readonly media: string;
  /** What it may be refused with, beside what every route of its kind may: see `codesOf`. */
  readonly codes: readonly ErrorCode[];
  /** What a bot needs for it; absent: as its command does, and no bot may where there is none. */
  readonly need?: Need;
  /** Routes that are commands: everything about them is made from the command. */
  readonly command: CommandBinding | null;
}

/** How a request becomes a command: its fields are those of path, query and body, and these. */
export interface CommandBinding {
  readonly type: CommandType;
  /** Fields that this path stands for. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** The field that is the asking user’s id. */
  readonly own: string | null;
  /** With `?for=me` it is this command, of the same fields. */
  readonly forMe: CommandType | null;
}

/** A route that is a command. */
export type CommandRoute = Route & { readonly command: CommandBinding };

/** What a bot needs for a route: nothing is for bots that does not say so. */
export function needOfRoute({ need, command }: Pick<Route, 'need' | 'command'>): Need {
  return need ?? (command === null ? 'never' : needOfCommand(command.type));
}

export const tags = {
  'sign-in': 'Registering, signing in and out. The device token that it answers with is the MQTT password.',
  messages: 'Sending, changing and reading messages.',
  conversations: 'What one is in, and how far everybody has read.',
  groups: 'Groups and their members.',
  people: 'Profiles, privacy, contacts, blocks, presence.',
  bots: 'Bots: accounts that programs use, with scopes and a token. A bot’s token is a bearer token too, as far as its scopes go.',
  media:
    'Files: uploaded in one request or, resumable, in many (tus 1.0); fetched by signed URLs that are good for a short time.',
  mail: 'A mail address for an account: verified, for a forgotten password, for notices. Every route answers `mail_not_configured` where the server sends none.',
  webhooks: 'Servers that post into conversations, and servers that are told of them.',
  devices: 'The devices of one’s own account.',
  server: 'The server itself: health, documents, invitations.',
} as const;
export type Tag = keyof typeof tags;

export const JSON_MEDIA = 'application/json';
export const HTML_MEDIA = 'text/html';
/** RFC 9457 §3. */
export const PROBLEM_MEDIA = 'application/problem+json';
