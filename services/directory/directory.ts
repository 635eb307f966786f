import type { AccountStore } from '../accounts/store.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { MailStore } from '../mail/store.ts';
import type { MediaStore } from '../media/store.ts';
import type { PreferenceStore } from '../preferences/store.ts';
import type { PushStore } from '../push/store.ts';
import type { ReportStore } from '../reports/store.ts';
import type { HookStore } from '../webhooks/incoming/store.ts';
import type { WebhookStore } from '../webhooks/outgoing/store.ts';

/** Who there is, who is where, and what belongs to them: what one database holds. */
export interface DirectoryStores {
  accounts: AccountStore;
  conversations: ConversationStore;
  preferences: PreferenceStore;
  reports: ReportStore;
  media: MediaStore;
  hooks: HookStore;
  webhooks: WebhookStore;
  mail: MailStore;
  push: PushStore;
}

export interface Directory extends DirectoryStores {
  /** After everything called before. */
  close(): Promise<void>;
}

/** A directory that is a file of this process: its loss is the end of the process, and its backup ours to make. */
export interface EmbeddedDirectory extends Directory {
  /** Writes a consistent copy to `path`, which must not exist, while everything goes on. */
  backup(path: string): Promise<void>;
  /** Resolves when the database has ended: with the error, or null after {@link close}. */
  readonly ended: Promise<Error | null>;
}
