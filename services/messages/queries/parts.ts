import type { ConversationCache } from '../../conversations/cache.ts';
import type { ConversationStore } from '../../conversations/store.ts';
import type { PreferenceStore } from '../../preferences/store.ts';
import type { PushLedger } from '../../push/ledger.ts';
import type { Cursors } from '../cursors.ts';
import type { History } from '../history.ts';

/** What the questions about conversations and messages are answered from. */
export interface QueryParts {
  history: History;
  cursors: Cursors;
  cache: ConversationCache;
  store: ConversationStore;
  /** Which of these users are bots; absent: nobody is known to be. */
  bots?: (users: readonly string[]) => Promise<ReadonlySet<string>>;
  /** What became of messages where they were not received; absent: that is not kept. */
  ledger?: PushLedger;
  preferences: Pick<PreferenceStore, 'all' | 'get'>;
}
