import type { Relations } from '../../accounts/accounts.ts';
import type { ConversationCache } from '../../conversations/cache.ts';
import type { ConversationStore } from '../../conversations/store.ts';
import type { MediaCarrying } from '../../media/carrying.ts';
import type { History } from '../history.ts';

/** What the rules of messages stand on. */
export interface MessageRuleParts {
  history: History;
  cache: ConversationCache;
  store: ConversationStore;
  relations: Relations;
  /** After how long content is removed whatever its sender says, milliseconds; null: never. */
  retentionMs: number | null;
  /** Absent: no message can have a file. */
  media?: MediaCarrying;
  /** How long a message can be edited, milliseconds. */
  editMs: number;
}
