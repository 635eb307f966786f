import type { Refusal } from '../../../protocol/errors.ts';
import type {
  Account,
  AccountEmail,
  AnyEvent,
  Content,
  Conversation,
  Cursor,
  EmailChoices,
  Entry,
  MediaOptions,
  MediaPlaces,
  PresencePayload,
  PushTarget,
  SendOptions,
  Status,
  StoredMessage,
  UploadProgress,
} from '../../sdk/index.ts';
import type { LookOptions, Me, Person, SearchOptions, UploadStep, Where } from '../chat/chat.ts';

/** What a page follows, as long as something on it shows it. */
export type Followed = { typing: string } | { presence: string } | { person: string };

/** What is different in a view since it was told last; all of it where the page had nothing. */
export interface ViewChange {
  conversation: Conversation | null;
  receipts: Readonly<Record<string, Cursor>>;
  atStart: boolean;
  atEnd: boolean;
  entries: Entry[];
  /** Keys. */
  removed: string[];
}

export type Step = { to: 'older' | 'newer' | 'latest' } | { to: 'seq'; seq: number };

/** What a page may ask of the host. Only plain data goes either way. Views are named by the page, with a number. */
export interface Methods {
  /** First of all. `tab` names a Web Lock that the page holds as long as it lives. */
  hello(tab: string | null): Welcome;
  ping(): null;
  register(username: string, password: string, more: { invitation?: string; device?: string }): Me;
  login(username: string, password: string, more: { device?: string }): Me;
  signOut(): null;
  changePassword(current: string, next: string): null;
  account(): Account;
  setEmail(email: string, password: string): AccountEmail;
  updateEmail(choices: EmailChoices): AccountEmail;
  removeEmail(): null;
  invite(admin: boolean): { code: string; expires: number };
  setPush(routes: readonly PushTarget[]): null;
  testPush(): null;
  clearDevice(): null;
  look(view: number, where: Where, options: LookOptions): ViewChange;
  step(view: number, step: Step): boolean;
  leave(view: number): null;
  follow(what: Followed): null;
  unfollow(what: Followed): null;
  send(to: Where, content: Content | string, options: SendOptions): string;
  sendMedia(to: Where, file: Blob, options: MediaOptions): string;
  steerUpload(id: string, to: UploadStep): null;
  fileOf(id: string): Blob | null;
  mediaPlaces(id: string): MediaPlaces;
  retry(id: string): null;
  discard(id: string): null;
  markRead(conversation: string, seq: number | undefined): null;
  setDraft(conversation: string, text: string): null;
  compose(conversation: string): null;
  searchHere(query: string, options: SearchOptions): StoredMessage[];
  searchServer(
    query: string,
    options: SearchOptions & { cursor?: string },
  ): { messages: StoredMessage[]; next: string | null };
  change(type: string, fields: unknown, id: string): AnyEvent;
  query(type: string, fields: unknown): unknown;
}
export type Method = keyof Methods;

export interface Welcome {
  /** Names a Web Lock that the host holds as long as it lives; null: it cannot. */
  host: string | null;
  account: AccountState | null;
}
export interface AccountState {
  me: Me;
  status: Status;
  conversations: Conversation[];
  uploads: UploadProgress[];
}

export interface Request {
  id: number;
  method: Method;
  given: unknown[];
}
export type Failure = { name: 'refused'; refusal: Refusal } | { name: 'full' | 'error'; message: string };
export type Answer = { id: number } & ({ value: unknown } | { failure: Failure });

export type SupersededBy = 'version' | 'tab';

/** What the host says of its own accord, to each page that it concerns. */
export type Push =
  | { push: 'account'; account: AccountState | null; by: 'user' | 'server' }
  | { push: 'status'; status: Status }
  | { push: 'conversations'; changed: Conversation[]; gone: string[] }
  | { push: 'view'; view: number; change: ViewChange }
  | { push: 'typing'; conversation: string; users: string[] }
  | { push: 'presence'; user: string; presence: PresencePayload | null }
  | { push: 'person'; user: string; person: Person | null }
  | { push: 'upload'; upload: UploadProgress }
  | { push: 'event'; event: AnyEvent }
  /** There is no room: what comes is shown, and not kept. */
  | { push: 'full' }
  /** Another host has taken over: this page is of an older version, or another tab took the connection of one that cannot be shared. */
  | { push: 'superseded'; by: SupersededBy };
