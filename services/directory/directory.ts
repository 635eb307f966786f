import type { AccountStore } from '../accounts/store.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { PreferenceStore } from '../preferences/store.ts';
import type { ReportStore } from '../reports/store.ts';
import type { HookStore } from '../webhooks/incoming/store.ts';
import type { WebhookStore } from '../webhooks/outgoing/store.ts';

/** Who there is and who is where: accounts and conversations in one database. */
export interface Directory {
  accounts: AccountStore;
  conversations: ConversationStore;
  preferences: PreferenceStore;
  reports: ReportStore;
  hooks: HookStore;
  webhooks: WebhookStore;
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
