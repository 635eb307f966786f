import type { ReadonlySignal } from '@preact/signals';
import type {
  Account,
  AccountEmail,
  AnswerOf,
  AnyEvent,
  ChangeType,
  Content,
  Conversation,
  Cursor,
  EmailChoices,
  Entry,
  Fields,
  MediaOptions,
  MediaPlaces,
  PresencePayload,
  PushTarget,
  QueryType,
  SendOptions,
  Status,
  StoredMessage,
  UploadProgress,
} from '../../sdk/index.ts';

/** A conversation, or a user with whom there may be none yet. */
export type Where = { conversation: string } | { user: string };

/** Whose chat this is, on which device. */
export interface Me {
  user: string;
  username: string;
  device: string;
  /** May invite people to the server. */
  admin?: boolean;
}

/** What one calls somebody: a contact's name, or the profile's, or the name to sign in with. */
export interface Person {
  user: string;
  username: string;
  name: string;
  kind: 'person' | 'bot';
  photo: string | null;
  /** What they say of themselves. */
  status: string | null;
}

export interface SearchOptions {
  conversation?: string;
  limit?: number;
}

/** What one may do with a file that is on its way. */
export type UploadStep = 'pause' | 'goOn' | 'cancel';

export interface LookOptions {
  /** How many entries a page has. */
  page?: number;
  /** Most entries at a time; what is furthest from where one reads is dropped, and read again when one comes back. */
  most?: number;
}

/** The part of a conversation that somebody looks at. Close it when nobody does any more. */
export interface View {
  /** null: nothing has been said to this user yet. */
  readonly conversation: ReadonlySignal<Conversation | null>;
  /** Ascending by number; what is on its way at the end. An entry that has not changed is the same object as before. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** How far each member has it, by user id, as far as it is known. */
  readonly receipts: ReadonlySignal<Readonly<Record<string, Cursor>>>;
  /** Nothing is before what is shown. */
  readonly atStart: ReadonlySignal<boolean>;
  /** The newest is shown, and what comes next will be. */
  readonly atEnd: ReadonlySignal<boolean>;
  /** One page back. False: there is none, or not without a connection. */
  older(): Promise<boolean>;
  newer(): Promise<boolean>;
  /** Goes to the newest. */
  latest(): Promise<void>;
  /** Goes to a message, with some before and after it. @throws when it is not here and there is no connection */
  jump(seq: number): Promise<void>;
  close(): void;
}

/**
 * A signed-in person's chat, as a page sees it. What it has belongs to the host (see `host/`), which all tabs share; a page that loses
 * its host finds the next one by itself, and signals go on as they were. Promises end with `RefusedError` where the server refused.
 */
export interface Chat {
  readonly me: Me;
  readonly status: ReadonlySignal<Status>;
  /** Newest first. */
  readonly conversations: ReadonlySignal<readonly Conversation[]>;

  conversation(id: string): ReadonlySignal<Conversation | null>;
  /** Who is typing: user ids, never oneself. Followed while somebody looks at the signal. */
  typing(conversation: string): ReadonlySignal<readonly string[]>;
  /** Followed while somebody looks at the signal. null: not known, or not to be seen by us. */
  presence(user: string): ReadonlySignal<PresencePayload | null>;
  /** null: not known yet. Asked for while somebody looks at the signal, kept for when there is no connection. */
  person(user: string): ReadonlySignal<Person | null>;

  look(where: Where, options?: LookOptions): Promise<View>;
  /** Shown at once as `queued`, also without a connection. Resolves with its id. @throws {RefusedError} too_large */
  send(to: Where, content: Content | string, options?: SendOptions): Promise<string>;
  /**
   * Sends a file: shown at once as `uploading`, and sent when it is there; also without a connection, and after a restart. Resolves
   * with the id of the message. @throws {RefusedError} too_large, {StorageFullError}
   */
  sendMedia(to: Where, file: Blob, options?: MediaOptions): Promise<string>;
  /** How far the file of a message has come, by the message’s id; null: it is not on its way. */
  upload(id: string): ReadonlySignal<UploadProgress | null>;
  steerUpload(id: string, to: UploadStep): Promise<void>;
  /** A file that is not uploaded yet, by the message’s id; null: it is not here. */
  fileOf(id: string): Promise<Blob | null>;
  /** Where a file is fetched, for a while. @throws {RefusedError} not_found, or an Error when not reachable */
  mediaPlaces(media: string): Promise<MediaPlaces>;
  /** Sends again what was refused, under the same id. */
  retry(id: string): Promise<void>;
  /** Gives up what was refused. */
  discard(id: string): Promise<void>;
  /** Everything up to `seq`, or to the newest, has been read. */
  markRead(conversation: string, seq?: number): Promise<void>;
  setDraft(conversation: string, text: string): Promise<void>;
  /** One is typing: call it as often as one types. */
  compose(conversation: string): void;

  /** What is on this device, newest first. */
  searchHere(query: string, options?: SearchOptions): Promise<StoredMessage[]>;
  /** All of one's history that the server can read. @throws {RefusedError}, or an Error when offline */
  searchServer(
    query: string,
    options?: SearchOptions & { cursor?: string },
  ): Promise<{ messages: StoredMessage[]; next: string | null }>;

  /**
   * Makes a change; without a connection it waits for the next one. Resolves with the event that it made.
   * @param id of the command, where it must be known before: of a new group it is the group's
   */
  change<T extends ChangeType>(type: T, fields: Fields<T>, id?: string): Promise<AnyEvent>;
  /** Asks. @throws {RefusedError}, or an Error when offline or unanswered */
  query<T extends QueryType>(type: T, fields: Fields<T>): Promise<AnswerOf<T>>;
  /** Calls for every event of one's own account: a contact, a block, a device, the profile. Returns what ends it. */
  onAccount(listener: (event: AnyEvent) => void): () => void;

  /** Signs every other device out. @throws {RefusedError} bad_credentials, weak_password, or an Error when not reachable */
  changePassword(current: string, next: string): Promise<void>;
  /** The account and its mail address, as the server has it now. @throws {RefusedError}, or an Error when not reachable */
  account(): Promise<Account>;
  /**
   * Has a link sent to an address, or sent once more: until it is used the address is `pending`.
   * @throws {RefusedError} mail_not_configured, bad_credentials, bad_request, rate_limited, or an Error when not reachable
   */
  setEmail(email: string, password: string): Promise<AccountEmail>;
  /** What one is written of. @throws {RefusedError} mail_not_configured, not_found, or an Error when not reachable */
  updateEmail(choices: EmailChoices): Promise<AccountEmail>;
  /** Forgets the mail address. @throws {RefusedError} mail_not_configured, or an Error when not reachable */
  removeEmail(): Promise<void>;
  /**
   * Makes an invitation to the server (administrators). `expires`: milliseconds since the Unix epoch.
   * @throws {RefusedError} forbidden, or an Error when not reachable
   */
  invite(admin: boolean): Promise<{ code: string; expires: number }>;
  /**
   * How this device is notified of what comes while nothing of the app is open; none: not any more.
   * @throws {RefusedError}, or an Error when not reachable
   */
  setPush(routes: readonly PushTarget[]): Promise<void>;
  /** Sends this device a notification that says nothing else. @throws {RefusedError}, or an Error when not reachable */
  testPush(): Promise<void>;
  /** Deletes what is kept on this device, in all tabs, and asks the server for it again; what has not been sent is lost. */
  clearDevice(): Promise<void>;
  /** Revokes this device, and deletes everything of it here, in all tabs. Also without a connection. */
  signOut(): Promise<void>;
}
